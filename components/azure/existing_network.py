"""Subnets of networks that exist already: read, and neither changed nor deleted."""

from __future__ import annotations

from typing import Final

from pulumi import InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import Provider, network

from components.settings.existing_network import ExistingSubnets

from .subnet_id import SubnetId
from .subnet_plan import SubnetRanges
from .subnets import Subnets

_GRANT_ACCESS: Final = "airflow-aks:network.existing.grantAccess"
# The fields of SubnetRanges, by the keys of the subnets in the stack file.
_RANGES: Final = {
    "nodeSubnetId": "nodes",
    "databaseSubnetId": "database",
    "privateEndpointSubnetId": "private_endpoints",
    "gatewaySubnetId": "gateway",
}


def read_network(name: str, existing: ExistingSubnets, parent: Resource) -> Subnets:
    """Read the subnets, each in its own subscription. A subnet that does not exist makes the preview fail."""
    ids = existing.ids
    places = {key: SubnetId.of(subnet_id) for key, subnet_id in ids.items()}
    subscriptions = {
        subscription: Provider(
            f"{name}-subscription-{subscription}",
            subscription_id=subscription,
            opts=ResourceOptions(parent=parent),
        )
        for subscription in dict.fromkeys(place.subscription_id for place in places.values())
    }
    ranges = {_RANGES[key]: _read_range(place, subscriptions[place.subscription_id]) for key, place in places.items()}
    nodes, database = places["nodeSubnetId"], places.get("databaseSubnetId")
    elsewhere = None if database is None or database.is_in(nodes) else database.network_id
    wires = {key: Output.from_input(subnet_id) for key, subnet_id in ids.items()}
    return Subnets(
        network_id=Output.from_input(nodes.network_id),
        nodes=wires["nodeSubnetId"],
        database=wires.get("databaseSubnetId"),
        private_endpoints=wires.get("privateEndpointSubnetId"),
        gateway=wires.get("gatewaySubnetId"),
        ranges=Output.all(**ranges).apply(lambda found: SubnetRanges(**found)),
        database_network_id=None if elsewhere is None else Output.from_input(elsewhere),
        outbound_ip=Output.from_input(None),
    )


def _read_range(place: SubnetId, provider: Provider) -> Output[str]:
    found = network.get_subnet_output(
        resource_group_name=place.resource_group_name,
        virtual_network_name=place.network_name,
        subnet_name=place.name,
        opts=InvokeOutputOptions(provider=provider),
    )
    return Output.all(found.address_prefix, found.address_prefixes).apply(lambda answers: range_of(*answers))


def range_of(address_prefix: str | None, address_prefixes: list[str] | None) -> str:
    """Return the IPv4 range of a subnet: Azure answers with one range, or with a list that may have IPv6 ranges too."""
    prefixes = [address_prefix] if address_prefix else address_prefixes or []
    return next(prefix for prefix in prefixes if ":" not in prefix)
