"""The section of the stack file for the network."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .allowed_traffic import AllowedEgress, AllowedIngress, HostPattern
from .base import Cidr, EachOnce, Section
from .existing_network import ExistingSubnets
from .private_dns import MOST_DNS_SERVERS, DnsServers, PrivateDnsSettings

# The id of the virtual network to peer with. Source: Azure, "Rules for virtual networks".
VirtualNetworkId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+$"
    ),
]
# The private ranges of RFC 1918 and RFC 6598.
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
# Reserved by AKS. Source: AKS, "Configure Azure CNI networking in AKS", prerequisites.
_RESERVED = tuple(map(ipaddress.IPv4Network, ("172.30.0.0/16", "172.31.0.0/16")))
Outbound = Literal["natGateway", "loadBalancer", "userDefinedRouting", "none"]


class NetworkSettings(Section):
    """The virtual network of the stack."""

    address_space: Cidr = Field("10.40.0.0/16", description="A /20 or larger IPv4 range; subnets are planned from it.")
    existing: ExistingSubnets | None = Field(
        None,
        description="Subnets that exist already, instead of a network of its own: see docs/existing-network.md.",
    )
    outbound: Outbound = Field(
        "natGateway",
        description="How nodes reach the Internet. With `existing`, natGateway is the gateway of the nodes' subnet and "
        "userDefinedRouting its route table; none: not at all, because nodes start from the stack's registry. Changing "
        "it replaces the cluster: see docs/recovery.md.",
    )
    private: bool = Field(
        False,
        description="True: API server, registry, vault, storage, database and broker have no public address; a gateway "
        "and the way out may have one. It sets `publicAccess: false` in registry, keyVault and logs, "
        "`database.access: private`, which the broker follows, and `cluster.privateApiServer: true`.",
    )
    private_dns: PrivateDnsSettings = Field(
        PrivateDnsSettings(), description="The private DNS zones of services without a public address."
    )
    dns_servers: DnsServers = Field(
        (),
        max_length=MOST_DNS_SERVERS,
        description="Addresses of DNS servers that the network of the stack's own uses instead of Azure's. Nodes learn "
        "of another list when they restart: see docs/existing-network.md.",
    )
    peer_with: Annotated[tuple[VirtualNetworkId, ...], EachOnce] = Field(
        (), description="Ids of virtual networks to peer with. Only this side of each peering is created."
    )
    egress: Literal["open", "restricted"] = Field(
        "open",
        description="open: pods reach every address on the ports that the network policies open; restricted: they "
        "reach the hosts that Airflow needs, `allowedHosts` and `allowedEgress`, and nothing else. AKS charges for it "
        "by the node: see docs/private-network.md.",
    )
    allowed_hosts: Annotated[tuple[HostPattern, ...], EachOnce] = Field(
        (),
        description="Hosts that Airflow's pods, its tasks and the pods that tasks launch reach on port 443 with "
        "`egress: restricted`. `*` stands for any part of one label, as in `*.example.com`.",
    )
    allowed_egress: tuple[AllowedEgress, ...] = Field(
        (),
        description="Connections that Airflow's pods may open, besides those that the program opens itself.",
    )
    allowed_ingress: tuple[AllowedIngress, ...] = Field(
        (), description="Connections that Airflow's pods accept from elsewhere, such as a gateway of your own."
    )

    @property
    def grants_subnets(self) -> bool:
        """Whether the program assigns the roles that the cluster needs on its subnets."""
        return self.existing is None or self.existing.grant_access

    @property
    def isolated(self) -> bool:
        """Whether nodes have no way to the Internet: AKS's network isolated cluster."""
        return self.outbound == "none"

    @property
    def restricted(self) -> bool:
        """Whether pods reach named hosts only."""
        return self.egress == "restricted"

    @field_validator("address_space")
    @classmethod
    def _large_enough(cls, value: str) -> str:
        network = ipaddress.IPv4Network(value)
        if network.prefixlen > 20:
            raise ValueError(f"is a /{network.prefixlen}: must be a /20 or larger, for example 10.40.0.0/16")
        if network.prefixlen < 8:
            raise ValueError(f"is a /{network.prefixlen}: must be a /8 or smaller, for example 10.40.0.0/16")
        if not any(network.subnet_of(private) for private in _PRIVATE):
            raise ValueError("must be a private range, for example 10.40.0.0/16")
        for reserved in _RESERVED:
            if network.overlaps(reserved):
                raise ValueError(f"overlaps {reserved}, which AKS reserves: choose another, for example 10.40.0.0/16")
        return value
