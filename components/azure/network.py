"""The network of the stack, its own or that of others, and private DNS."""

from __future__ import annotations

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import privatedns

from components.output_registration import make_depend_on, register_annotated_outputs

from .endpoints import PrivateLink
from .existing_network import read_network
from .existing_zones import PURPOSES
from .own_network import OwnNetwork
from .subnet_plan import SubnetRanges
from .subnets import NetworkArgs


class Network(ComponentResource):
    """The subnets of the stack, created or read, and private DNS zones for services without a public address.

    With `network.existing`, the zones are all that is created. A subnet that the stack does not need is None then.
    With zones of others, `private_zone_ids` holds those that the stack file names: Azure Policy knows the rest.
    """

    network_id: Output[str]
    node_subnet_id: Output[str]
    database_subnet_id: Output[str] | None
    private_endpoint_subnet_id: Output[str] | None
    gateway_subnet_id: Output[str] | None
    node_security_group: Output[str] | None
    outbound_ip: Output[str | None]
    private_zone_ids: dict[str, Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Network", name, None, opts)
        self._name = name
        self._args = args
        existing = args.settings.existing
        subnets = read_network(name, existing, self) if existing else OwnNetwork(name, args, self).subnets
        self._database_network_id = subnets.database_network_id
        self._ranges = subnets.ranges

        self.network_id = subnets.network_id
        self.node_subnet_id = subnets.nodes
        self.database_subnet_id = subnets.database
        self.private_endpoint_subnet_id = subnets.private_endpoints
        self.gateway_subnet_id = subnets.gateway
        self.node_security_group = subnets.node_security_group
        self.outbound_ip = subnets.outbound_ip
        self.private_zone_ids = self._find_private_zones()
        register_annotated_outputs(self)

    @property
    def ranges(self) -> Output[SubnetRanges]:
        """The address ranges of the subnets."""
        return self._ranges

    def private_link(self, key: str) -> PrivateLink | None:
        """Return the arguments of a service's private endpoint; None for a public service, which has no zone."""
        if key not in self._args.private_zones or self.private_endpoint_subnet_id is None:
            return None
        return PrivateLink(
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            subnet_id=self.private_endpoint_subnet_id,
            zone_id=self.private_zone_ids.get(key),
            own_zone=self._args.settings.private_dns.mode == "own",
        )

    def _find_private_zones(self) -> dict[str, Output[str]]:
        """Return the ids of the zones by purpose: the program's own zones, or those of others."""
        purposes, private_dns = self._args.private_zones, self._args.settings.private_dns
        match private_dns.mode:
            case "own":
                return {purpose: self._create_private_zone(purpose, zone) for purpose, zone in purposes.items()}
            case "existing" | "policy":
                given = private_dns.zones.ids
                return {
                    purpose: Output.from_input(given[key])
                    for key, purpose in PURPOSES.items()
                    if key in given and purpose in purposes
                }

    def _create_private_zone(self, key: str, zone_name: Input[str]) -> Output[str]:
        """Create a private DNS zone and link it to the network; the returned id depends on the link.

        Pods resolve the names in the network of the nodes. Azure creates a database only if its zone is linked to the
        network of its subnet. Source: Azure Database for PostgreSQL, "Network with private access".
        """
        zone = privatedns.PrivateZone(
            f"{self._name}-{key}-zone",
            resource_group_name=self._args.resource_group_name,
            private_zone_name=zone_name,
            location="Global",
            opts=ResourceOptions(parent=self),
        )
        links = [self._link(zone, f"{self._name}-{key}-zone-link", "network", self.network_id)]
        if key == "database" and self._database_network_id is not None:
            name = f"{self._name}-{key}-zone-link-to-database"
            links.append(self._link(zone, name, "database-network", self._database_network_id))
        return make_depend_on(zone.id, *(link.id for link in links))

    def _link(
        self, zone: privatedns.PrivateZone, name: str, link_name: str, network_id: Input[str]
    ) -> privatedns.VirtualNetworkLink:
        return privatedns.VirtualNetworkLink(
            name,
            resource_group_name=self._args.resource_group_name,
            private_zone_name=zone.name,
            virtual_network_link_name=link_name,
            location="Global",
            registration_enabled=False,
            virtual_network=privatedns.SubResourceArgs(id=network_id),
            opts=ResourceOptions(parent=self),
        )
