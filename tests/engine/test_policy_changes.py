"""What policies of a tenant do to a living stack: tags, add-ons, Defender, hardening, and settings of their own.

The changes are those of Azure's built-in policies with the effects `modify` and `deployIfNotExists`.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from tests.case_values import WORKSPACE
from tests.engine import checks

from .existing_objects import CloudObject
from .test_foreign_changes import ACCOUNT, CLUSTER, REGISTRY, SERVER, VAULT, Change, configure, put
from .workspace import Workspace

Living = Callable[[str], Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])
TAGS = {"CostCenter": "4711", "Created By": "policy", "data.class": "internal"}
SETTING = "azure-native:monitor:DiagnosticSetting"
LOG_WORKSPACE = "azure-native:operationalinsights:Workspace"
GROUP = "azure-native:resources:ResourceGroup"
# Of the resources on which a policy logs: the category of its setting.
LOGGED = {
    VAULT: "AuditEvent",
    CLUSTER: "kube-audit",
    REGISTRY: "ContainerRegistryLoginEvents",
    SERVER: "PostgreSQLLogs",
}
# Built-in policy, as far as it has a short name: type and change.
POLICIES: dict[str, tuple[str, Change]] = {
    "Deploy Azure Policy Add-on": (CLUSTER, put("addonProfiles.azurepolicy", {"enabled": True})),
    "Enable Defender profile": (
        CLUSTER,
        put(
            "securityProfile.defender",
            {"logAnalyticsWorkspaceResourceId": WORKSPACE, "securityMonitoring": {"enabled": True}},
        ),
    ),
    "Disable Command Invoke": (CLUSTER, put("apiServerAccessProfile.disableRunCommand", True)),
    "Restrict network access of storage accounts": (ACCOUNT, put("networkRuleSet", {"bypass": "AzureServices"})),
    "Encrypt storage accounts twice": (ACCOUNT, put("encryption", {"requireInfrastructureEncryption": True})),
    "Expire shared access signatures": (ACCOUNT, put("sasPolicy", {"sasExpirationPeriod": "1.00:00:00"})),
    "Restrict sign-in to the registry": (
        REGISTRY,
        put("policies.azureADAuthenticationAsArmPolicy", {"status": "disabled"}),
    ),
    "Address ranges of the vault": (VAULT, put("properties.networkAcls.ipRules", [{"value": "203.0.113.1"}])),
}
# The stack's own workspace, which only `monitoring` makes.
CLOSED_WORKSPACE = put("publicNetworkAccessForQuery", "Disabled")


def tagged(workspace: Workspace) -> list[tuple[str, str]]:
    """Type and logical name of every Azure resource with tags."""
    return [
        (item.type, item.name)
        for item in workspace.cloud.objects.values()
        if item.type.startswith("azure-native:") and "tags" in item.inputs
    ]


def apply_policies(workspace: Workspace) -> None:
    for type_, name in tagged(workspace):
        workspace.cloud.change_outside(type_, name, lambda inputs: inputs["tags"].update(TAGS))
    for type_, change in POLICIES.values():
        workspace.cloud.change_outside(type_, workspace.cloud.find(type_).name, change)
    for type_, category in LOGGED.items():
        found = workspace.cloud.find(type_)
        inputs = {
            "resourceUri": found.id,
            "name": "setByPolicy",
            "workspaceId": WORKSPACE,
            "logs": [{"category": category, "enabled": True}],
        }
        workspace.cloud.create_outside(SETTING, f"policy-{found.name}", inputs)
    workspace.cloud.operations.clear()


def everything(workspace: Workspace) -> dict[str, dict[str, Any]]:
    return {key: copy.deepcopy(item.inputs) for key, item in workspace.cloud.objects.items()}


def of_policies(workspace: Workspace) -> list[str]:
    """The diagnostic settings of policies."""
    return [key for key in workspace.cloud.objects if key.endswith("/diagnosticSettings/setByPolicy")]


@both
def test_a_refresh_after_every_policy_finds_no_change(stack: str, living: Living, count: Callable[..., None]) -> None:
    workspace = living(stack)
    configure(workspace, "ignoredTags", list(TAGS))
    assert len(tagged(workspace)) > 20
    apply_policies(workspace)
    before = everything(workspace)
    workspace.preview("--refresh", "--expect-no-changes")
    workspace.up("--refresh")
    assert checks.operations(workspace, "create", "update", "delete") == []
    assert everything(workspace) == before
    assert len(of_policies(workspace)) == len(LOGGED)
    count(drifts=len(tagged(workspace)) + len(POLICIES) + len(LOGGED))


def test_a_policy_that_closes_the_workspace_is_no_drift(living_dev: Workspace) -> None:
    living_dev.change("monitoring", alertEmails=[])
    living_dev.up()
    living_dev.cloud.change_outside(LOG_WORKSPACE, "log-workspace-workspace", CLOSED_WORKSPACE)
    living_dev.cloud.operations.clear()
    living_dev.up("--refresh")
    assert checks.operations(living_dev, "create", "update", "delete") == []
    assert living_dev.cloud.find(LOG_WORKSPACE).inputs["publicNetworkAccessForQuery"] == "Disabled"


def test_the_stack_still_changes_and_what_policies_did_stays(living_prod: Workspace) -> None:
    configure(living_prod, "ignoredTags", list(TAGS))
    apply_policies(living_prod)
    living_prod.cloud.objects[WORKSPACE] = CloudObject(LOG_WORKSPACE, "lent-log-all", {}, {}, WORKSPACE)
    settings = of_policies(living_prod)
    living_prod.change("cluster", tier="Premium")
    living_prod.up("--refresh")
    found = living_prod.cloud.find(CLUSTER).inputs
    assert found["sku"]["tier"] == "Premium"
    assert found["addonProfiles"]["azurepolicy"] == {"enabled": True}
    assert found["securityProfile"]["defender"]["securityMonitoring"] == {"enabled": True}
    assert found["apiServerAccessProfile"]["disableRunCommand"] is True
    assert TAGS.items() <= found["tags"].items()
    assert of_policies(living_prod) == settings


def test_the_stack_file_takes_over_what_a_policy_turned_on(living_dev: Workspace) -> None:
    configure(living_dev, "ignoredTags", list(TAGS))
    apply_policies(living_dev)
    living_dev.change("cluster", azurePolicy=True)
    living_dev.preview("--refresh", "--expect-no-changes")


def test_what_the_stack_file_says_is_brought_back_after_a_policy(living_dev: Workspace) -> None:
    before = copy.deepcopy(living_dev.cloud.find(ACCOUNT).inputs)
    living_dev.cloud.change_outside(ACCOUNT, "log-storage-account", put("publicNetworkAccess", "Disabled"))
    living_dev.up("--refresh")
    assert living_dev.cloud.find(ACCOUNT).inputs == before


@both
def test_a_destroy_leaves_the_settings_of_policies_and_nothing_else(stack: str, living: Living) -> None:
    workspace = living(stack)
    configure(workspace, "ignoredTags", list(TAGS))
    apply_policies(workspace)
    settings = of_policies(workspace)
    workspace.up("--refresh")
    workspace.unprotect()
    workspace.destroy()
    # Azure keeps the diagnostic settings of a resource that is deleted, and deletes the resource all the same.
    assert sorted(workspace.cloud.objects) == sorted(settings)
