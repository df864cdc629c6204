"""What others change behind Pulumi's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import checks

from .workspace import Workspace

Living = Callable[[str], Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])

REGISTRY = "azure-native:containerregistry:Registry"
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"


def setting(key: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(inputs: dict[str, Any]) -> None:
        inputs[key] = value

    return change


def _scaled(inputs: dict[str, Any]) -> None:
    inputs["agentPoolProfiles"][0]["count"] = 3


def _upgraded(inputs: dict[str, Any]) -> None:
    inputs["kubernetesVersion"] = "1.36"
    inputs["agentPoolProfiles"][0]["orchestratorVersion"] = "1.36"


FOREIGN = {
    "an admin user on the registry": (REGISTRY, "registry-registry", setting("adminUserEnabled", True)),
    "keys on the log storage": (
        "azure-native:storage:StorageAccount",
        "log-storage-account",
        setting("allowSharedKeyAccess", True),
    ),
    "an open network policy": (
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "airflow-namespace-default-deny",
        setting("spec", {"podSelector": {}}),
    ),
}
# A private database has no firewall.
FOREIGN_DEV = {
    "a wider firewall": (
        "azure-native:dbforpostgresql:FirewallRule",
        "database-azure-services",
        setting("endIpAddress", "255.255.255.255"),
    ),
}
DELETED = [
    ("azure-native:managedidentity:FederatedIdentityCredential", "airflow-identity-airflow-triggerer"),
    ("azure-native:storage:ManagementPolicy", "log-storage-lifecycle"),
    ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "airflow-namespace-dns"),
]
BY_AKS = {
    "nodes scaled": (CLUSTER, "cluster-cluster", _scaled),
    "cluster upgraded": (CLUSTER, "cluster-cluster", _upgraded),
    "pool scaled": (POOL, "cluster-pool-airflow", setting("count", 2)),
    "pool upgraded": (POOL, "cluster-pool-airflow", setting("orchestratorVersion", "1.36")),
}


def changed(output: str) -> str:
    """The lines of a preview that show a difference."""
    return "\n".join(line for line in output.splitlines() if "[diff: " in line or " create" in line)


@both
def test_foreign_changes_are_shown_and_mended(stack: str, living: Living, count: Callable[..., None]) -> None:
    workspace = living(stack)
    foreign = {**FOREIGN, **(FOREIGN_DEV if stack == "dev" else {})}
    before = {}
    for title, (type_, name, change) in foreign.items():
        before[title] = workspace.cloud.find(type_, name).inputs.copy()
        workspace.cloud.change_outside(type_, name, change)
        assert workspace.cloud.find(type_, name).inputs != before[title]
    shown = changed(workspace.preview("--refresh").output)
    assert [name for _, name, _ in foreign.values() if name not in shown] == []
    workspace.up("--refresh")
    assert {title: workspace.cloud.find(*foreign[title][:2]).inputs for title in foreign} == before
    count(drifts=len(foreign))


@both
def test_what_aks_changes_by_itself_is_no_drift(stack: str, living: Living, count: Callable[..., None]) -> None:
    workspace = living(stack)
    for type_, name, change in BY_AKS.values():
        workspace.cloud.change_outside(type_, name, change)
        workspace.cloud.operations.clear()
    workspace.preview("--refresh", "--expect-no-changes")
    workspace.up("--refresh")
    assert checks.operations(workspace, "create", "update", "delete") == []
    count(drifts=len(BY_AKS))


@both
def test_what_was_deleted_outside_is_made_again(stack: str, living: Living, count: Callable[..., None]) -> None:
    workspace = living(stack)
    for type_, name in DELETED:
        workspace.cloud.delete_outside(type_, name)
    shown = changed(workspace.preview("--refresh").output)
    assert [name for _, name in DELETED if name not in shown] == []
    workspace.cloud.operations.clear()
    workspace.up("--refresh")
    assert checks.operations(workspace, "create") == sorted(name for _, name in DELETED)
    checks.state_and_cloud_agree(workspace)
    count(drifts=len(DELETED))


def test_what_others_made_is_left_alone(living_dev: Workspace, count: Callable[..., None]) -> None:
    group = living_dev.cloud.find("azure-native:resources:ResourceGroup").inputs["resourceGroupName"]
    living_dev.cloud.create_outside(
        "azure-native:network:PublicIPAddress",
        "somebody-elses",
        {"resourceGroupName": group, "publicIpAddressName": "somebody-elses", "location": "canadacentral"},
    )
    assert living_dev.up("--refresh").changes.keys() == {"unchanged"}
    assert living_dev.cloud.find("azure-native:network:PublicIPAddress", "somebody-elses")
    count(drifts=1)
