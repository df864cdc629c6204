"""The address ranges of the stack against those of the networks that it peers with."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, warn
from components.preflight.operations import GET_NETWORK
from components.preflight.situation import Situation
from components.stack_file.problems import key_path

_SPACE: Final = "airflow-aks:network.addressSpace"


class Range(NamedTuple):
    """An address range, and the name of the network that has it."""

    owner: str
    network: ipaddress.IPv4Network


def check_address_ranges(situation: Situation) -> Iterator[Finding]:
    """No range overlaps: Azure refuses a peering with a network that overlaps, or whose other peers overlap.

    Peered networks that overlap the cluster's own ranges for pods and services are a warning, because the peering is
    created, but no pod reaches such an address.
    """
    settings = situation.settings.network
    if settings.existing is not None:
        yield passed("the network is another's: see the check of existing subnets")
        return
    if not settings.peer_with:
        yield passed("the network has no peers")
    taken = [Range("the stack's own network", ipaddress.IPv4Network(settings.address_space))]
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
        ranges = [Range(remote.rpartition("/")[2], range_) for range_ in _ipv4(network.get("addressSpace"))]
        problems = [
            *_check_taken(taken, ranges, setting),
            *_check_peers(taken[0].network, remote, network, _own_network(situation)),
            *_check_inside(ranges, setting),
        ]
        yield from problems
        if not problems:
            yield passed(f"{remote.rpartition('/')[2]} does not overlap")
        taken += ranges


def _check_taken(taken: list[Range], ranges: list[Range], setting: str) -> Iterator[Finding]:
    """Compare with the stack's own network, and with the peers that stand before."""
    for number, other in enumerate(taken):
        for range_ in ranges:
            if range_.network.overlaps(other.network):
                yield fail(
                    f"{other.network} of {other.owner} overlaps {range_.network} of {range_.owner}, so that Azure "
                    "refuses the peering",
                    "peer with one of the two networks only" if number else "choose another address space",
                    setting if number else _SPACE,
                )


def _check_peers(own: ipaddress.IPv4Network, remote: str, network: Mapping[str, Any], own_id: str) -> Iterator[Finding]:
    """Compare with the networks that the other network is peered with already."""
    for peering in network.get("virtualNetworkPeerings") or ():
        properties = peering.get("properties") or {}
        peer = str((properties.get("remoteVirtualNetwork") or {}).get("id", ""))
        for range_ in _ipv4(properties.get("remoteAddressSpace")):
            if peer.lower() != own_id.lower() and range_.overlaps(own):
                yield fail(
                    f"{own} overlaps {range_} of {peer.rpartition('/')[2]}, which {remote.rpartition('/')[2]} is "
                    "peered with already",
                    "choose another address space: a network cannot peer with two that overlap",
                    _SPACE,
                )


def _check_inside(ranges: list[Range], setting: str) -> Iterator[Finding]:
    """Compare with the ranges inside the cluster."""
    for inside, what in ((POD_CIDR, "pods"), (SERVICE_CIDR, "services")):
        for range_ in ranges:
            if range_.network.overlaps(ipaddress.IPv4Network(inside)):
                yield warn(
                    f"{range_.network} of {range_.owner} overlaps {inside}, the cluster's own range of {what}: pods do "
                    "not reach it",
                    "keep what pods call out of that range",
                    setting,
                )


def _own_network(situation: Situation) -> str:
    group = f"{situation.subscription_scope}/resourceGroups/{situation.names.resource_group}"
    return f"{group}/providers/Microsoft.Network/virtualNetworks/{situation.names.network}"


def _ipv4(space: Mapping[str, Any] | None) -> list[ipaddress.IPv4Network]:
    """Return the IPv4 ranges of an address space. The stack has no IPv6 addresses."""
    ranges = [ipaddress.ip_network(str(prefix), strict=False) for prefix in (space or {}).get("addressPrefixes") or ()]
    return [range_ for range_ in ranges if isinstance(range_, ipaddress.IPv4Network)]
