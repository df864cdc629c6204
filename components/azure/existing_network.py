"""Subnets of networks that exist already: read, and neither changed nor deleted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from pulumi import InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import Provider, network

from components.settings.existing_network import ExistingSubnets

from .roles import NETWORK_CONTRIBUTOR
from .subnet_id import SubnetId
from .subnet_plan import SubnetRanges
from .subnets import Subnets

# The field of each subnet in the settings, and that of its range.
_RANGES: Final = {
    "node_subnet_id": "nodes",
    "database_subnet_id": "database",
    "private_endpoint_subnet_id": "private_endpoints",
    "gateway_subnet_id": "gateway",
}


def read_network(name: str, existing: ExistingSubnets, parent: Resource) -> Subnets:
    """Read the subnets, each in its own subscription. A subnet that does not exist makes the preview fail."""
    ids = {field: text for field in _RANGES if (text := getattr(existing, field)) is not None}
    places = {field: SubnetId.of(text) for field, text in ids.items()}
    subscriptions = {
        subscription: Provider(
            f"{name}-subscription-{subscription}",
            subscription_id=subscription,
            opts=ResourceOptions(parent=parent),
        )
        for subscription in dict.fromkeys(place.subscription_id for place in places.values())
    }
    ranges = {
        _RANGES[field]: _read_range(place, subscriptions[place.subscription_id]) for field, place in places.items()
    }
    known = Output.all(**ranges).apply(lambda found: SubnetRanges(**found))
    nodes, database = places["node_subnet_id"], places.get("database_subnet_id")

    def wire(field: str) -> Output[str] | None:
        return Output.from_input(ids[field]) if field in ids else None

    return Subnets(
        network_id=Output.from_input(nodes.network_id),
        nodes=Output.from_input(existing.node_subnet_id),
        database=wire("database_subnet_id"),
        private_endpoints=wire("private_endpoint_subnet_id"),
        gateway=wire("gateway_subnet_id"),
        ranges=known,
        database_network_id=None
        if database is None or database.is_in(nodes)
        else Output.from_input(database.network_id),
        outbound_ip=Output.from_input(None),
    )


def list_grants(existing: ExistingSubnets, principal_id: Output[str]) -> Mapping[str, Output[str]]:
    """Return, by the setting of each subnet, the command that gives the cluster's identity its role on the subnet."""
    scopes = {"nodeSubnetId": existing.node_subnet_id, "gatewaySubnetId": existing.gateway_subnet_id}
    return {
        setting: Output.format(
            "az role assignment create --assignee-object-id {0} --assignee-principal-type ServicePrincipal "
            "--role {1} --scope {2}",
            principal_id,
            NETWORK_CONTRIBUTOR,
            scope,
        )
        for setting, scope in scopes.items()
        if scope is not None
    }


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
