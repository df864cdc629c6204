"""The virtual network, its subnets, the way out, and private DNS."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_azure_native import network, privatedns

from components.settings.azure_sections import NetworkSettings

from .endpoints import BROKER_PORT
from .private_endpoint import PrivateLink
from .subnet_plan import SubnetPlan, plan_subnets

DATABASE_DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers"


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What Network needs: its settings, where to put things, and the private DNS zones that others ask for."""

    settings: NetworkSettings
    resource_group_name: Input[str]
    location: Input[str]
    network_name: Input[str]
    private_zones: dict[str, Input[str]]


class Network(ComponentResource):
    """One virtual network with a subnet for nodes, the database, private endpoints and a gateway.

    Subnets are resources of their own, never inline, and are made one after another: Azure refuses two writes to one
    network at a time. What a killed update could leave behind has a name of its own, so that the next one meets it.
    """

    network_id: Output[str]
    node_subnet_id: Output[str]
    database_subnet_id: Output[str]
    private_endpoint_subnet_id: Output[str]
    outbound_ip: Output[str | None]
    private_zone_ids: dict[str, Output[str]]

    def __init__(self, name: str, args: NetworkArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Network", name, None, opts)
        self._name = name
        self._args = args
        plan = plan_subnets(args.settings.address_space)
        self._network = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            location=args.location,
            virtual_network_name=args.network_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.settings.address_space]),
            opts=ResourceOptions(parent=self),
        )
        self.outbound_ip, nat_gateway_id = self._outbound()
        nodes = self._subnet("nodes", plan.nodes, [], nat_gateway_id=nat_gateway_id)
        database = self._database_subnet(plan, after=nodes)
        endpoints = self._subnet(
            "private-endpoints",
            plan.private_endpoints,
            [database],
            rules=_services_from_inside(broker="broker" in args.private_zones),
        )
        gateway = self._subnet("gateway", plan.gateway, [endpoints], rules=_web_from_inside())
        self._peerings(after=gateway)

        self.network_id = self._network.id
        self.node_subnet_id = nodes.id
        self.database_subnet_id = database.id
        self.private_endpoint_subnet_id = endpoints.id
        self.private_zone_ids = {key: self._private_zone(key, zone) for key, zone in args.private_zones.items()}
        self.register_outputs(
            {
                "network_id": self.network_id,
                "node_subnet_id": self.node_subnet_id,
                "database_subnet_id": self.database_subnet_id,
                "private_endpoint_subnet_id": self.private_endpoint_subnet_id,
                "outbound_ip": self.outbound_ip,
                "private_zone_ids": self.private_zone_ids,
            }
        )

    def private_link(self, key: str) -> PrivateLink | None:
        """What a service needs for its private endpoint; None when no zone was asked for, and so it stays public."""
        if key not in self.private_zone_ids:
            return None
        return PrivateLink(subnet_id=self.private_endpoint_subnet_id, zone_id=self.private_zone_ids[key])

    def _outbound(self) -> tuple[Output[str | None], Output[str] | None]:
        """The address that nodes go out with, where it is known, and the NAT gateway's id."""
        match self._args.settings.outbound:
            case "loadBalancer":
                return Output.from_input(None), None
            case "natGateway":
                address = network.PublicIPAddress(
                    f"{self._name}-outbound-ip",
                    resource_group_name=self._args.resource_group_name,
                    public_ip_address_name=f"{self._name}-outbound-ip",
                    location=self._args.location,
                    sku=network.PublicIPAddressSkuArgs(name="Standard", tier="Regional"),
                    public_ip_allocation_method="Static",
                    public_ip_address_version="IPv4",
                    # Azure fills these in, and policies add to them.
                    opts=ResourceOptions(parent=self, ignore_changes=["ipTags", "ddosSettings", "zones"]),
                )
                gateway = network.NatGateway(
                    f"{self._name}-nat-gateway",
                    resource_group_name=self._args.resource_group_name,
                    nat_gateway_name=f"{self._name}-nat-gateway",
                    location=self._args.location,
                    sku=network.NatGatewaySkuArgs(name="Standard"),
                    public_ip_addresses=[network.SubResourceArgs(id=address.id)],
                    idle_timeout_in_minutes=4,
                    opts=ResourceOptions(parent=self),
                )
                return address.ip_address, gateway.id

    def _subnet(
        self,
        subnet: str,
        address_prefix: str,
        after: Sequence[Resource],
        *,
        nat_gateway_id: Output[str] | None = None,
        rules: Sequence[network.SecurityRuleArgs] | None = None,
    ) -> network.Subnet:
        """A subnet; with rules, it is ours alone and gets a network security group."""
        group = None
        if rules is not None:
            group = network.NetworkSecurityGroup(
                f"{self._name}-{subnet}-security",
                resource_group_name=self._args.resource_group_name,
                network_security_group_name=f"{self._name}-{subnet}-security",
                location=self._args.location,
                security_rules=rules,
                opts=ResourceOptions(parent=self),
            )
        return network.Subnet(
            f"{self._name}-{subnet}",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self._network.name,
            subnet_name=subnet,
            address_prefix=address_prefix,
            default_outbound_access=False,
            nat_gateway=network.SubResourceArgs(id=nat_gateway_id) if nat_gateway_id is not None else None,
            network_security_group=network.NetworkSecurityGroupArgs(id=group.id) if group is not None else None,
            private_endpoint_network_policies="Enabled",
            opts=ResourceOptions(parent=self, depends_on=after),
        )

    def _database_subnet(self, plan: SubnetPlan, after: Resource) -> network.Subnet:
        """The subnet that PostgreSQL Flexible Server takes over; nothing else may stand in it."""
        return network.Subnet(
            f"{self._name}-database",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self._network.name,
            subnet_name="database",
            address_prefix=plan.database,
            service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service="Microsoft.Storage")],
            delegations=[network.DelegationArgs(name="database", service_name=DATABASE_DELEGATION)],
            # Azure adds the locations of a service endpoint by itself.
            opts=ResourceOptions(parent=self, depends_on=[after], ignore_changes=["serviceEndpoints[0].locations"]),
        )

    def _peerings(self, after: Resource) -> None:
        for remote in self._args.settings.peer_with:
            digest = hashlib.sha256(remote.lower().encode()).hexdigest()[:6]
            peering = f"{remote.rpartition('/')[2].lower()}-{digest}"
            after = network.VirtualNetworkPeering(
                f"{self._name}-peering-{peering}",
                resource_group_name=self._args.resource_group_name,
                virtual_network_name=self._network.name,
                virtual_network_peering_name=peering,
                remote_virtual_network=network.SubResourceArgs(id=remote),
                allow_virtual_network_access=True,
                allow_forwarded_traffic=True,
                allow_gateway_transit=False,
                use_remote_gateways=False,
                opts=ResourceOptions(parent=self, depends_on=[after]),
            )

    def _private_zone(self, key: str, zone_name: Input[str]) -> Output[str]:
        """A private DNS zone linked to the network; its id is known once the link exists."""
        zone = privatedns.PrivateZone(
            f"{self._name}-{key}-zone",
            resource_group_name=self._args.resource_group_name,
            private_zone_name=zone_name,
            location="Global",
            opts=ResourceOptions(parent=self),
        )
        link = privatedns.VirtualNetworkLink(
            f"{self._name}-{key}-zone-link",
            resource_group_name=self._args.resource_group_name,
            private_zone_name=zone.name,
            virtual_network_link_name="network",
            location="Global",
            registration_enabled=False,
            virtual_network=privatedns.SubResourceArgs(id=self._network.id),
            opts=ResourceOptions(parent=self),
        )
        return Output.all(zone.id, link.id).apply(lambda ids: str(ids[0]))


def _rule(name: str, priority: int, access: str, source: str, to: Sequence[str]) -> network.SecurityRuleArgs:
    return network.SecurityRuleArgs(
        name=name,
        priority=priority,
        direction="Inbound",
        access=access,
        protocol="Tcp" if access == "Allow" else "*",
        source_address_prefix=source,
        source_port_range="*",
        destination_address_prefix="*",
        destination_port_ranges=list(to),
    )


def _services_from_inside(*, broker: bool) -> list[network.SecurityRuleArgs]:
    return [
        _rule("https", 100, "Allow", "VirtualNetwork", ["443"]),
        *([_rule("broker", 110, "Allow", "VirtualNetwork", [str(BROKER_PORT)])] if broker else []),
        _rule("nothing-else", 4096, "Deny", "*", ["0-65535"]),
    ]


def _web_from_inside() -> list[network.SecurityRuleArgs]:
    return [
        _rule("web", 100, "Allow", "VirtualNetwork", ["80", "443"]),
        _rule("probes", 110, "Allow", "AzureLoadBalancer", ["0-65535"]),
        _rule("nothing-else", 4096, "Deny", "*", ["0-65535"]),
    ]
