"""The resource groups of the stack: free, or the stack's own."""

from __future__ import annotations

from collections.abc import Iterator

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed
from components.preflight.operations import GET_GROUP
from components.preflight.renaming import by_prefix
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import CLUSTER
from components.stack_file.location import LOCATION


def check_resource_groups(situation: Situation) -> Iterator[Finding]:
    """No other stack or person has the two resource groups: that of the stack, and that of its nodes."""
    stack, names, settings = situation.stack, situation.names, situation.settings
    if stack.error is not None:
        raise stack.error
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
    if not stack.has(CLUSTER, names.cluster) and _exists(situation, names.node_resource_group):
        yield fail(
            f"{names.node_resource_group} exists, and AKS makes the resource group of the nodes itself",
            f"{by_prefix(settings.naming, 'node_resource_group')}, or delete the group",
        )
    found = "was deployed before: its own names and nodes do not count as taken" if stack.own else "is free"
    yield passed(f"{names.resource_group} {found}")


def _exists(situation: Situation, group: str) -> bool:
    try:
        situation.arm.get(GET_GROUP, group=group)
    except ArmError as error:
        if error.status == 404:
            return False
        raise
    return True
