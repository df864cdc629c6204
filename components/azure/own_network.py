"""The stack's own virtual network: its subnets, their security groups, the outbound address, and peerings."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from pulumi import Output, Resource, ResourceOptions
from pulumi_azure_native import network

from .endpoints import BROKER_PORT, SHARE_PORT
from .subnet_plan import SubnetPlan, plan_subnets
from .subnets import NetworkArgs, Subnets

DATABASE_DELEGATION = "Microsoft.DBforPostgreSQL/flexibleServers"


class OwnNetwork:
    """Creates one virtual network with a subnet each for nodes, the database, private endpoints and a gateway.

    Subnets are separate resources, never inline, and are created one after another, because Azure rejects concurrent
    writes to one network. Physical names are fixed, not auto-named. If an update is killed, the next one finds the
    resources that already exist.
    """

    def __init__(self, name: str, args: NetworkArgs, parent: Resource) -> None:
        self._name = name
        self._args = args
        self._parent = parent
        plan = plan_subnets(args.settings.address_space)
        self._security_groups: dict[str, network.NetworkSecurityGroup] = {}
        self._network = network.VirtualNetwork(
            f"{name}-network",
            resource_group_name=args.resource_group_name,
            location=args.location,
            virtual_network_name=args.network_name,
            address_space=network.AddressSpaceArgs(address_prefixes=[args.settings.address_space]),
            dhcp_options=network.DhcpOptionsArgs(dns_servers=list(args.settings.dns_servers))
            if args.settings.dns_servers
            else None,
            opts=ResourceOptions(parent=parent),
        )
        outbound_ip, nat_gateway_id = self._create_outbound()
        nodes = self._create_subnet("nodes", plan.nodes, [], nat_gateway_id=nat_gateway_id)
        database = self._create_database_subnet(plan, after=nodes)
        endpoints = self._create_subnet(
            "private-endpoints",
            plan.private_endpoints,
            [database],
            rules=_allow_services(broker="broker" in args.private_zones, shares="file" in args.private_zones),
        )
        gateway = self._create_subnet("gateway", plan.gateway, [endpoints], rules=_allow_web())
        self._create_peerings(after=gateway)
        self.subnets = Subnets(
            network_id=self._network.id,
            nodes=nodes.id,
            database=database.id,
            private_endpoints=endpoints.id,
            gateway=gateway.id,
            ranges=Output.from_input(plan),
            node_security_group=self._security_groups["nodes"].name,
            outbound_ip=outbound_ip,
        )

    def _create_outbound(self) -> tuple[Output[str | None], Output[str] | None]:
        """Create the NAT gateway, and return its address and id. Both are None for another way out."""
        match self._args.settings.outbound:
            case "loadBalancer" | "userDefinedRouting" | "none":
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
                    opts=ResourceOptions(parent=self._parent),
                )
                gateway = network.NatGateway(
                    f"{self._name}-nat-gateway",
                    resource_group_name=self._args.resource_group_name,
                    nat_gateway_name=f"{self._name}-nat-gateway",
                    location=self._args.location,
                    sku=network.NatGatewaySkuArgs(name="Standard"),
                    public_ip_addresses=[network.SubResourceArgs(id=address.id)],
                    idle_timeout_in_minutes=4,
                    opts=ResourceOptions(parent=self._parent),
                )
                return address.ip_address, gateway.id

    def _create_subnet(
        self,
        subnet: str,
        address_prefix: str,
        after: Sequence[Resource],
        *,
        nat_gateway_id: Output[str] | None = None,
        rules: Sequence[network.SecurityRuleArgs] | None = None,
    ) -> network.Subnet:
        """Create a subnet with its own network security group."""
        return network.Subnet(
            f"{self._name}-{subnet}",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self._network.name,
            subnet_name=subnet,
            address_prefix=address_prefix,
            default_outbound_access=False,
            nat_gateway=network.SubResourceArgs(id=nat_gateway_id) if nat_gateway_id is not None else None,
            network_security_group=self._create_security_group(subnet, rules),
            private_endpoint_network_policies="Enabled",
            opts=ResourceOptions(parent=self._parent, depends_on=after),
        )

    def _create_security_group(
        self, subnet: str, rules: Sequence[network.SecurityRuleArgs] | None
    ) -> network.NetworkSecurityGroupArgs:
        """Create the network security group of a subnet; without rules, Azure's default rules apply.

        The default rules suit nodes and the database: they allow traffic inside the network, probes of Azure's load
        balancer and all traffic out, and deny traffic from the Internet.
        Source: Azure, "Network security groups", default security rules.
        """
        group = network.NetworkSecurityGroup(
            f"{self._name}-{subnet}-security",
            resource_group_name=self._args.resource_group_name,
            network_security_group_name=f"{self._name}-{subnet}-security",
            location=self._args.location,
            security_rules=rules,
            opts=ResourceOptions(parent=self._parent),
        )
        self._security_groups[subnet] = group
        return network.NetworkSecurityGroupArgs(id=group.id)

    def _create_database_subnet(self, plan: SubnetPlan, after: Resource) -> network.Subnet:
        """Create the subnet that is delegated to PostgreSQL Flexible Server, and so can contain no other resources."""
        return network.Subnet(
            f"{self._name}-database",
            resource_group_name=self._args.resource_group_name,
            virtual_network_name=self._network.name,
            subnet_name="database",
            address_prefix=plan.database,
            service_endpoints=[network.ServiceEndpointPropertiesFormatArgs(service="Microsoft.Storage")],
            delegations=[network.DelegationArgs(name="database", service_name=DATABASE_DELEGATION)],
            network_security_group=self._create_security_group("database", rules=None),
            opts=ResourceOptions(parent=self._parent, depends_on=[after]),
        )

    def _create_peerings(self, after: Resource) -> None:
        """Peer with other networks. A hash of the id distinguishes networks with the same name."""
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
                opts=ResourceOptions(parent=self._parent, depends_on=[after]),
            )


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


def _allow_services(*, broker: bool, shares: bool) -> list[network.SecurityRuleArgs]:
    return [
        _rule("https", 100, "Allow", "VirtualNetwork", ["443"]),
        *([_rule("broker", 110, "Allow", "VirtualNetwork", [str(BROKER_PORT)])] if broker else []),
        *([_rule("shares", 120, "Allow", "VirtualNetwork", [str(SHARE_PORT)])] if shares else []),
        _rule("nothing-else", 4096, "Deny", "*", ["0-65535"]),
    ]


def _allow_web() -> list[network.SecurityRuleArgs]:
    return [
        _rule("web", 100, "Allow", "VirtualNetwork", ["80", "443"]),
        _rule("probes", 110, "Allow", "AzureLoadBalancer", ["0-65535"]),
        _rule("nothing-else", 4096, "Deny", "*", ["0-65535"]),
    ]
