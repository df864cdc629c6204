"""The address ranges of the stack against those of the networks that it peers with."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import GET_NETWORK
from components.preflight.situation import Situation
from components.stack_file.problems import key_path

_SPACE: Final = "airflow-aks:network.addressSpace"


def check_address_ranges(situation: Situation) -> Iterator[Finding]:
    """No range overlaps: Azure refuses a peering with a network that overlaps, or whose other peers overlap.

    Peered networks that overlap the cluster's own ranges for pods and services are a warning, because the peering is
    created, but no pod reaches such an address.
    """
    settings = situation.settings.network
    if not settings.peer_with:
        yield passed("the network has no peers")
    seen = {"the stack's own network": settings.address_space}
    for index, remote in enumerate(settings.peer_with):
        setting = key_path("network", "peerWith", index)
        try:
            network = situation.arm.get(GET_NETWORK, scope=remote).get("properties") or {}
        except ArmError as error:
            if error.status == 404:
                yield fail(f"{remote} does not exist", "correct the id, or remove it", setting)
            else:
                yield unanswered(error, remote)
            continue
        problems = list(_check_network(situation, remote, network, seen, setting))
        yield from problems
        if not problems:
            yield passed(f"{remote.rpartition('/')[2]} does not overlap")
        seen |= {f"{remote.rpartition('/')[2]} (prefix {prefix})": prefix for prefix in _prefixes(network)}


def _check_network(
    situation: Situation, remote: str, network: Mapping[str, Any], seen: Mapping[str, str], setting: str
) -> Iterator[Finding]:
    name, own = remote.rpartition("/")[2], situation.settings.network.address_space
    prefixes = _prefixes(network)
    for other, taken in seen.items():
        if clash := _overlapping(taken, prefixes):
            yield fail(
                f"{taken} of {other} overlaps {clash} of {name}, so that Azure refuses the peering",
                f"choose another {_SPACE}" if taken == own else "peer with one of the two networks only",
                _SPACE if taken == own else setting,
            )
    for peer, ranges in _peers(network).items():
        if peer.lower() != _own_network(situation).lower() and (clash := _overlapping(own, ranges)):
            yield fail(
                f"{own} overlaps {clash} of {peer.rpartition('/')[2]}, which {name} is peered with already",
                f"choose another {_SPACE}: a network cannot peer with two that overlap",
                _SPACE,
            )
    for inside, what in ((POD_CIDR, "pods"), (SERVICE_CIDR, "services")):
        if clash := _overlapping(inside, prefixes):
            yield warn(
                f"{clash} of {name} overlaps {inside}, the cluster's own range of {what}: pods do not reach it",
                "keep what pods call out of that range",
                setting,
            )


def _own_network(situation: Situation) -> str:
    group = f"{situation.subscription_scope}/resourceGroups/{situation.names.resource_group}"
    return f"{group}/providers/Microsoft.Network/virtualNetworks/{situation.names.network}"


def _prefixes(network: Mapping[str, Any]) -> list[str]:
    return [str(prefix) for prefix in (network.get("addressSpace") or {}).get("addressPrefixes") or ()]


def _peers(network: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the ranges of the networks that a network is peered with already, by their ids."""
    found = {}
    for peering in network.get("virtualNetworkPeerings") or ():
        properties = peering.get("properties") or {}
        remote = str((properties.get("remoteVirtualNetwork") or {}).get("id", ""))
        space = properties.get("remoteAddressSpace") or {}
        found[remote] = [str(prefix) for prefix in space.get("addressPrefixes") or ()]
    return found


def _overlapping(own: str, prefixes: Iterable[str]) -> str | None:
    """Return the first IPv4 range that overlaps; networks may have IPv6 ranges too, and the stack has none."""
    mine = ipaddress.IPv4Network(own)
    for prefix in prefixes:
        network = ipaddress.ip_network(prefix, strict=False)
        if isinstance(network, ipaddress.IPv4Network) and network.overlaps(mine):
            return prefix
    return None
