"""The subnets that exist: whether the stack fits into each of them."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.airflow.service_hosts import SIGN_IN_HOST
from components.azure.endpoints import private_zones
from components.azure.existing_network import range_of
from components.azure.node_pools import surge_nodes
from components.azure.own_network import DATABASE_DELEGATION
from components.azure.subnet_id import SubnetId
from components.azure.subnet_plan import POD_CIDR, RESERVED_ADDRESSES, SERVICE_CIDR, SMALLEST_DATABASE_PREFIX
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import GET_NETWORK, GET_ROUTE_TABLE, GET_SUBNET
from components.preflight.situation import Situation
from components.stack_file.location import LOCATION
from components.stack_file.problems import key_path

_OUTBOUND: Final = key_path("network", "outbound")
_ANYWHERE: Final = "0.0.0.0/0"

Answer = Mapping[str, Any]


def check_existing_subnets(situation: Situation) -> Iterator[Finding]:
    """Each subnet exists in the region, with the required delegation and enough free addresses.

    The subnet of the nodes also has what its outbound type needs: a route table or a NAT gateway.
    """
    existing = situation.settings.network.existing
    if existing is None:
        yield passed("the network is the stack's own")
        return
    needs = _addresses(situation)
    places: dict[str, str] = {}
    for key, subnet_id in existing.ids.items():
        setting = key_path("network", "existing", key)
        places.setdefault(SubnetId.of(subnet_id).network_id, setting)
        try:
            subnet = situation.arm.get(GET_SUBNET, scope=subnet_id).get("properties") or {}
        except ArmError as error:
            if error.status == 404:
                yield fail(f"{subnet_id} does not exist", "correct the id, or have the subnet made", setting)
            else:
                yield unanswered(error, subnet_id)
            continue
        problems = [*_check_delegation(key, subnet, setting), *_check_room(situation, subnet, needs[key], setting)]
        if key == "nodeSubnetId":
            problems += _check_way_out(situation, subnet, setting)
        yield from problems
        if not problems:
            yield passed(f"{SubnetId.of(subnet_id).name} suits")
    for network_id, setting in places.items():
        yield from _check_network(situation, network_id, setting)


def _addresses(situation: Situation) -> dict[str, int]:
    """Return how many addresses the stack takes in each subnet, Azure's own not counted.

    A registry's endpoint has an address for its data too. Source: Azure Container Registry, "Set up private endpoint".
    """
    settings = situation.settings
    pools = situation.node_pools
    nodes = sum(pool.settings.max_nodes + surge_nodes(pool.settings.max_nodes, spot=pool.spot) for pool in pools)
    zones = private_zones(settings, "", broker=situation.parts.celery_workers)
    endpoints = sum(2 if purpose == "registry" else 1 for purpose in zones if purpose != "database")
    smallest = 2 ** (32 - SMALLEST_DATABASE_PREFIX) - RESERVED_ADDRESSES
    return {
        "nodeSubnetId": nodes + (1 if settings.cluster.private_api_server else 0),
        "databaseSubnetId": smallest,
        "privateEndpointSubnetId": endpoints,
        "gatewaySubnetId": 1,
    }


def _check_delegation(key: str, subnet: Answer, setting: str) -> Iterator[Finding]:
    delegated = [str(entry["properties"]["serviceName"]) for entry in subnet.get("delegations") or ()]
    if key == "databaseSubnetId":
        if [name.lower() for name in delegated] != [DATABASE_DELEGATION.lower()]:
            yield fail(
                f"the subnet is delegated to {', '.join(delegated) or 'nothing'}, and not to {DATABASE_DELEGATION}",
                f"have it delegated to {DATABASE_DELEGATION}",
                setting,
            )
    elif delegated:
        yield fail(
            f"the subnet is delegated to {', '.join(delegated)}, which alone may use it", "name another subnet", setting
        )


def _check_room(situation: Situation, subnet: Answer, needed: int, setting: str) -> Iterator[Finding]:
    """Count the addresses. What a stack has taken already is not told apart from what others have."""
    range_ = ipaddress.IPv4Network(range_of(subnet.get("addressPrefix"), subnet.get("addressPrefixes")))
    taken = 0 if situation.stack.own else len(subnet.get("ipConfigurations") or ())
    free = range_.num_addresses - RESERVED_ADDRESSES - taken
    if free < needed:
        others = f", of which others have {taken}" if taken else ""
        yield fail(
            f"{range_} has {range_.num_addresses - RESERVED_ADDRESSES} addresses{others}, and the stack takes {needed}",
            "have the subnet enlarged, or name a larger one",
            setting,
        )


def _check_way_out(situation: Situation, subnet: Answer, setting: str) -> Iterator[Finding]:
    """AKS refuses a cluster whose subnet lacks what its outbound type needs.

    Sources: AKS, "Customize cluster egress with a user-defined routing table" and "Create a managed or user-assigned
    NAT gateway".
    """
    settings, outbound = situation.settings, situation.settings.network.outbound
    has_proxy = settings.proxy is not None and settings.proxy.http is not None
    if outbound == "none" and settings.has_airflow and not has_proxy:
        yield from _check_isolated(subnet, setting)
    if outbound == "natGateway" and not subnet.get("natGateway"):
        yield fail(
            "the subnet of the nodes has no NAT gateway",
            f"have one attached, or choose another {_OUTBOUND}",
            _OUTBOUND,
        )
    if outbound != "userDefinedRouting":
        return
    table = (subnet.get("routeTable") or {}).get("id")
    if table is None:
        yield fail(
            "the subnet of the nodes has no route table", f"have one attached with a route for {_ANYWHERE}", setting
        )
        return
    try:
        routes = situation.arm.get(GET_ROUTE_TABLE, scope=str(table)).get("properties", {}).get("routes") or ()
    except ArmError as error:
        yield unanswered(error, str(table))
        return
    ways = [route["properties"] for route in routes if route["properties"].get("addressPrefix") == _ANYWHERE]
    if not any(way.get("nextHopType") != "Internet" for way in ways):
        yield fail(
            f"{table} has no route for {_ANYWHERE} to a firewall or gateway",
            "have one added, or choose another outbound",
            _OUTBOUND,
        )


def _check_isolated(subnet: Answer, setting: str) -> Iterator[Finding]:
    """Pods sign in to Entra, which has no private endpoint, and nothing of the subnet may tell how they get there.

    Source: AKS, "Outbound network and FQDN rules for Azure Kubernetes Service (AKS) clusters", workload identity.
    """
    if not subnet.get("routeTable") and not subnet.get("natGateway"):
        yield warn(
            "the subnet of the nodes has no route table and no NAT gateway: `pulumi up` waits for pods that cannot "
            f"sign in, unless a proxy or a route from elsewhere leads to {SIGN_IN_HOST}",
            "make sure that pods reach what `make egress` lists",
            setting,
        )


def _check_network(situation: Situation, network_id: str, setting: str) -> Iterator[Finding]:
    """The network is in the stack's region, and does not overlap the ranges inside the cluster."""
    name = network_id.rpartition("/")[2]
    try:
        network = situation.arm.get(GET_NETWORK, scope=network_id)
    except ArmError as error:
        yield unanswered(error, network_id)
        return
    location = str(network.get("location", "")).replace(" ", "").lower()
    if location != situation.location:
        yield fail(
            f"{name} is in {location}, and the stack in {situation.location}",
            f"name subnets of that region, or choose another {LOCATION}",
            setting,
        )
    for prefix in ((network.get("properties") or {}).get("addressSpace") or {}).get("addressPrefixes") or ():
        range_ = ipaddress.ip_network(str(prefix), strict=False)
        for inside, what in ((POD_CIDR, "pods"), (SERVICE_CIDR, "services")):
            if range_.version == 4 and range_.overlaps(ipaddress.IPv4Network(inside)):
                yield fail(
                    f"{range_} of {name} overlaps {inside}, the cluster's own range of {what}",
                    "name subnets of another network",
                    setting,
                )
