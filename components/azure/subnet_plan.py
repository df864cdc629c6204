"""Divides the network's address space into subnets."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass
from typing import Final

# Ranges inside the cluster. They are not routed outside the cluster, but pods cannot reach an outside network that
# overlaps them.
SERVICE_CIDR: Final = "10.0.0.0/16"
DNS_SERVICE_IP: Final = "10.0.0.10"
POD_CIDR: Final = "10.244.0.0/16"

# Azure reserves five addresses in every subnet.
RESERVED_ADDRESSES: Final = 5
# Each node takes a /24 of the pod range. Source: AKS, "Azure CNI Overlay".
PODS_OF_A_NODE_PREFIX: Final = 24
_LARGEST_NODE_PREFIX: Final = 19
_SMALL_PREFIX: Final = 24


# The number of nodes whose pods have addresses.
NODES_IN_POD_RANGE: Final = 1 << (PODS_OF_A_NODE_PREFIX - ipaddress.IPv4Network(POD_CIDR).prefixlen)
# The smallest subnet of a server. Source: Azure Database for PostgreSQL, "Network with private access".
SMALLEST_DATABASE_PREFIX: Final = 28


@dataclass(frozen=True, kw_only=True)
class SubnetRanges:
    """The subnets' address ranges in CIDR form; None for a subnet that the stack does not have."""

    nodes: str
    database: str | None = None
    private_endpoints: str | None = None
    gateway: str | None = None


@dataclass(frozen=True, kw_only=True)
class SubnetPlan(SubnetRanges):
    """The ranges of the subnets in the stack's own network, which has all of them."""

    database: str
    private_endpoints: str
    gateway: str

    @property
    def node_addresses(self) -> int:
        """The number of nodes that fit. Each node takes one address of the subnet, and a /24 of the pod range."""
        return min(ipaddress.IPv4Network(self.nodes).num_addresses - RESERVED_ADDRESSES, NODES_IN_POD_RANGE)


def plan_subnets(address_space: str) -> SubnetPlan:
    """Give nodes the first half of the space, a /19 at most, and each other subnet a /24 after it.

    The rest of the space is not used. A node needs only one address, because pods have addresses of the overlay
    network.
    """
    space = ipaddress.IPv4Network(address_space)
    nodes = next(space.subnets(new_prefix=max(space.prefixlen + 1, _LARGEST_NODE_PREFIX)))
    first = int(nodes.broadcast_address) + 1
    size = 2 ** (32 - _SMALL_PREFIX)
    small = [str(ipaddress.IPv4Network((first + index * size, _SMALL_PREFIX))) for index in range(3)]
    return SubnetPlan(nodes=str(nodes), database=small[0], private_endpoints=small[1], gateway=small[2])


def overlaps(address_space: str) -> str | None:
    """Return the range inside the cluster that an address space overlaps, or None."""
    space = ipaddress.IPv4Network(address_space)
    inside = (SERVICE_CIDR, POD_CIDR)
    return next((cidr for cidr in inside if space.overlaps(ipaddress.IPv4Network(cidr))), None)
