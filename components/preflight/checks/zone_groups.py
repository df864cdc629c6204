"""The DNS zone groups of private endpoints that exist: the program's own, or those of Azure Policy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.endpoints import ZONE_GROUPS
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, unanswered, warn
from components.preflight.operations import LIST_ZONE_GROUPS
from components.preflight.situation import Situation
from components.stack_file.problems import key_path

_ENDPOINT: Final = "microsoft.network/privateendpoints"
_MODE: Final = key_path("network", "privateDns", "mode")


def check_zone_groups(situation: Situation) -> Iterator[Finding]:
    """No endpoint of the stack has a group of Azure Policy where the program makes one, and none lacks it otherwise.

    Azure allows one group for an endpoint. Source: pulumi/pulumi-azure-native issue 2179.
    """
    by_policy = situation.settings.network.private_dns.mode == "policy"
    names = sorted(name for kind, name in situation.stack.resources if kind == _ENDPOINT)
    for name in names:
        endpoint = f"{situation.stack_scope}/providers/Microsoft.Network/privateEndpoints/{name}"
        try:
            groups = [str(entry.get("name", "")) for entry in situation.arm.pages(LIST_ZONE_GROUPS, scope=endpoint)]
        except ArmError as error:
            yield unanswered(error, f"the DNS zone groups of {name}")
            continue
        others = [group for group in groups if group not in ZONE_GROUPS.values()]
        if by_policy and not groups:
            yield warn(
                f"{name} has no DNS zone group, so that its service has no private name",
                "start a remediation task of the policy that attaches it",
                _MODE,
            )
        elif not by_policy and others:
            yield fail(
                f"{name} has the DNS zone group {', '.join(others)}, and Azure allows one",
                f"set {_MODE} to policy, or exempt the endpoint from the policy and delete the group",
                _MODE,
            )
