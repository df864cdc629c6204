"""What the stack's own network and an existing one have in common."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input, Output

from components.settings.network_section import NetworkSettings

from .subnet_plan import SubnetRanges


@dataclass(frozen=True, kw_only=True)
class NetworkArgs:
    """What Network needs: its settings, resource group, location, and the private DNS zones to create, by purpose."""

    settings: NetworkSettings
    resource_group_name: Input[str]
    location: Input[str]
    network_name: Input[str]
    private_zones: dict[str, Input[str]]


@dataclass(frozen=True, kw_only=True)
class Subnets:
    """The id of the nodes' virtual network, and the ids and ranges of the subnets.

    A subnet that the stack does not need may be None. `database_network_id`: the network of the database, if it is
    another one. `node_security_group`: the name of the program's own security group. `outbound_ip`: the one address
    with which nodes reach the Internet, if the program made it.
    """

    network_id: Output[str]
    nodes: Output[str]
    database: Output[str] | None
    private_endpoints: Output[str] | None
    gateway: Output[str] | None
    ranges: Output[SubnetRanges]
    database_network_id: Output[str] | None = None
    node_security_group: Output[str] | None = None
    outbound_ip: Output[str | None]
