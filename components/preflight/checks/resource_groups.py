"""The resource groups of the stack: free, or the stack's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.endpoints import private_zones
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed
from components.preflight.operations import GET_GROUP
from components.preflight.renaming import by_prefix
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import CLUSTER
from components.stack_file.location import LOCATION
from components.stack_file.problems import key_path

_EXISTING: Final = key_path("resourceGroup", "existingName")
_ZONE: Final = "Microsoft.Network/privateDnsZones"
_ZONES_EXIST: Final = f"{key_path('network', 'privateDns', 'mode')}: existing"
# What has a name that tells no suffix, so that another stack with the same prefix and name would have it too.
_NAMED: Final = {
    "cluster": CLUSTER,
    "network": "Microsoft.Network/virtualNetworks",
    "control_plane_identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
    "airflow_identity": "Microsoft.ManagedIdentity/userAssignedIdentities",
}


def check_resource_groups(situation: Situation) -> Iterator[Finding]:
    """No other stack or person has the two resource groups: that of the stack, and that of its nodes."""
    stack, names, settings = situation.stack, situation.names, situation.settings
    if stack.error is not None:
        raise stack.error
    if settings.resource_group.existing_name is not None:
        yield from _check_existing_group(situation)
        return
    if stack.exists and not stack.own:
        yield fail(
            f"{names.resource_group} exists, without the tags project={settings.project} and stack={settings.stack} "
            "of this stack",
            f"{by_prefix(settings.naming, 'resource_group')}, or delete the group",
        )
        return
    if stack.own and stack.location.lower() != situation.location:
        yield fail(
            f"{names.resource_group} is in {stack.location}, and the stack file says {situation.location}",
            f"set {LOCATION} back to {stack.location}, or move the stack as docs/moving-a-stack.md says",
            LOCATION,
        )
    yield from _check_group_of_nodes(situation)
    found = "was deployed before: its own names and nodes do not count as taken" if stack.own else "is free"
    yield passed(f"{names.resource_group} {found}")


def _check_existing_group(situation: Situation) -> Iterator[Finding]:
    """The group exists, and nothing of others in it has a name of the stack."""
    stack, names, settings = situation.stack, situation.names, situation.settings
    if not stack.exists:
        yield fail(
            f"{names.resource_group} does not exist in the subscription", "correct the name, or have it made", _EXISTING
        )
        return
    problems = list(_check_group_of_nodes(situation))
    for key, kind in _NAMED.items():
        name = getattr(names, key)
        if key == "network" and situation.settings.network.existing is not None:
            continue
        if (kind.lower(), name.lower()) in stack.others:
            problems.append(
                fail(f"{names.resource_group} has {kind} {name} of others", by_prefix(settings.naming, key))
            )
    own = settings.network.private_dns.mode == "own"
    zones = private_zones(settings, names.database_zone, broker=situation.parts.celery_workers) if own else {}
    for zone in zones.values():
        if (_ZONE.lower(), str(zone).lower()) in stack.others:
            problems.append(
                fail(
                    f"{names.resource_group} has a private DNS zone {zone} of others, and a group has one of a name",
                    f"use another resource group for this stack, or zones that exist: {_ZONES_EXIST}",
                    _EXISTING,
                )
            )
    yield from problems
    if not problems:
        found = "has resources of the stack already" if stack.own else "exists"
        yield passed(f"{names.resource_group} {found}; resources are in {situation.location}")


def _check_group_of_nodes(situation: Situation) -> Iterator[Finding]:
    stack, names = situation.stack, situation.names
    if not stack.has(CLUSTER, names.cluster) and _exists(situation, names.node_resource_group):
        yield fail(
            f"{names.node_resource_group} exists, and AKS makes the resource group of the nodes itself",
            f"{by_prefix(situation.settings.naming, 'node_resource_group')}, or delete the group",
        )


def _exists(situation: Situation, group: str) -> bool:
    try:
        situation.arm.get(GET_GROUP, group=group)
    except ArmError as error:
        if error.status == 404:
            return False
        raise
    return True
