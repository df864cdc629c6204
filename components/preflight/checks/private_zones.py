"""The private DNS zones of others: whether they exist, and resolve names for the nodes."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from components.azure.existing_zones import cluster_zone, name_of
from components.azure.subnet_id import SubnetId
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import (
    GET_NETWORK,
    GET_PRIVATE_ZONE,
    GET_PROVIDER,
    GET_ZONE_RECORD,
    LIST_ZONE_LINKS,
)
from components.preflight.situation import Situation
from components.stack_file.problems import key_path

from .zone_groups import check_zone_groups

# The provider that must be registered in the zone's subscription too. Sources: AKS, "Create a private cluster"; Azure
# Database for PostgreSQL, "Network with private access".
_PROVIDERS: Final = {"cluster": "Microsoft.ContainerService", "database": "Microsoft.DBforPostgreSQL"}


@dataclass(frozen=True, kw_only=True)
class _Resolver:
    """Whom the nodes ask: Azure's DNS, which knows the zones that are linked to their network, or other servers.

    `exists`: whether the network is there, so that a zone can be linked to it.
    """

    network_id: str
    exists: bool
    servers: tuple[str, ...]


def check_private_zones(situation: Situation) -> Iterator[Finding]:
    """Each zone exists, is linked where the nodes' names are resolved, and its subscription knows the provider.

    AKS links the zone of the API server itself. Links of a hub in which other DNS servers stand cannot be told from
    those of other networks.
    """
    private_dns = situation.settings.network.private_dns
    yield from check_zone_groups(situation)
    if not private_dns.zones.ids:
        owner = "the stack's own" if private_dns.mode == "own" else "those of Azure Policy"
        yield passed(f"the zones are {owner}")
        return
    try:
        resolver = _find_resolver(situation)
    except ArmError as error:
        yield unanswered(error, "the network of the nodes")
        return
    for key, zone_id in private_dns.zones.ids.items():
        setting = key_path("network", "privateDns", "zones", key)
        try:
            situation.arm.get(GET_PRIVATE_ZONE, scope=zone_id)
            problems = [
                *_check_provider(situation, key, zone_id, setting),
                *(_check_name(situation, setting) if key == "cluster" else ()),
                *(_check_links(situation, zone_id, resolver, setting) if key != "cluster" else ()),
            ]
        except ArmError as error:
            if error.status == 404:
                yield fail(f"{zone_id} does not exist", "correct the id, or have the zone made", setting)
            else:
                yield unanswered(error, zone_id)
            continue
        yield from problems
        if not problems:
            yield passed(f"{name_of(zone_id)} suits")


def _find_resolver(situation: Situation) -> _Resolver:
    """Return whom the nodes ask. Raises ArmError."""
    network, names = situation.settings.network, situation.names
    if network.existing is not None:
        network_id = SubnetId.of(network.existing.node_subnet_id).network_id
    else:
        group = f"{situation.subscription_scope}/resourceGroups/{names.resource_group}"
        network_id = f"{group}/providers/Microsoft.Network/virtualNetworks/{names.network}"
        there = situation.stack.has("Microsoft.Network/virtualNetworks", names.network)
        if network.dns_servers or not there:
            return _Resolver(network_id=network_id, exists=there, servers=network.dns_servers)
    found = situation.arm.get(GET_NETWORK, scope=network_id).get("properties") or {}
    servers = (found.get("dhcpOptions") or {}).get("dnsServers") or ()
    return _Resolver(network_id=network_id, exists=True, servers=tuple(map(str, servers)))


def _check_links(situation: Situation, zone_id: str, resolver: _Resolver, setting: str) -> Iterator[Finding]:
    """The zone is linked to the network of the nodes, or to one in which other DNS servers ask for them."""
    linked = {
        str(((link.get("properties") or {}).get("virtualNetwork") or {}).get("id", "")).lower()
        for link in situation.arm.pages(LIST_ZONE_LINKS, scope=zone_id)
    }
    zone, network = name_of(zone_id), resolver.network_id.rpartition("/")[2]
    if resolver.servers:
        if not linked:
            yield fail(
                f"{zone} is linked to no network, so that {', '.join(resolver.servers)} cannot resolve its names",
                "have it linked to the network in which these DNS servers ask Azure",
                setting,
            )
    elif not resolver.exists:
        yield warn(
            f"{zone} can be linked to {network} only when the first update has made it",
            "have it linked then: nodes wait for the names of the stack's services",
            setting,
        )
    elif resolver.network_id.lower() not in linked:
        yield fail(
            f"{zone} is not linked to {network}, so that nodes do not resolve its names", "have it linked", setting
        )


def _check_provider(situation: Situation, key: str, zone_id: str, setting: str) -> Iterator[Finding]:
    """The provider is registered in the subscription of the zone, if that is another one."""
    namespace, subscription = _PROVIDERS.get(key), zone_id.split("/")[2]
    if namespace is None or subscription.lower() == situation.subscription.subscription_id.lower():
        return
    try:
        provider = situation.arm.get(GET_PROVIDER, other=subscription, namespace=namespace)
    except ArmError as error:
        yield unanswered(error, f"{namespace} in the subscription {subscription}")
        return
    state = str(provider.get("registrationState", ""))
    if state != "Registered":
        yield fail(
            f"{namespace} is {state} in the subscription of the zone",
            f"have `az provider register --namespace {namespace} --subscription {subscription}` run",
            setting,
        )


def _check_name(situation: Situation, setting: str) -> Iterator[Finding]:
    """No other cluster has the name in the zone of the region, where AKS appends nothing to it."""
    zone = cluster_zone(situation.settings.network, "")
    if zone is None or zone.in_subzone or situation.stack.own:
        return
    name = situation.names.dns_prefix
    try:
        situation.arm.get(GET_ZONE_RECORD, scope=zone.zone_id, name=name)
    except ArmError as error:
        if error.status != 404:
            yield unanswered(error, f"the record {name} in {name_of(zone.zone_id)}")
        return
    yield fail(
        f"{name_of(zone.zone_id)} has a record {name}, of another cluster",
        f"choose another name with {key_path('naming', 'names', 'dnsPrefix')}",
        setting,
    )
