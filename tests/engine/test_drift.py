"""What others change behind Pulumi's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from . import checks
from .workspace import Workspace

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
    "a wider firewall": (
        "azure-native:dbforpostgresql:FirewallRule",
        "database-azure-services",
        setting("endIpAddress", "255.255.255.255"),
    ),
    "an open network policy": (
        "kubernetes:networking.k8s.io/v1:NetworkPolicy",
        "airflow-namespace-default-deny",
        setting("spec", {"podSelector": {}}),
    ),
}
BY_AKS = {
    "nodes scaled": (CLUSTER, "cluster-cluster", _scaled),
    "cluster upgraded": (CLUSTER, "cluster-cluster", _upgraded),
    "pool scaled": (POOL, "cluster-pool-airflow", setting("count", 2)),
    "pool upgraded": (POOL, "cluster-pool-airflow", setting("orchestratorVersion", "1.36")),
}


@pytest.fixture
def living(dev: Workspace) -> Workspace:
    dev.up()
    return dev


def test_foreign_change_is_shown_and_mended(living: Workspace, count: Callable[..., None]) -> None:
    for title, (type_, name, change) in FOREIGN.items():
        before = living.cloud.find(type_, name)["inputs"].copy()
        living.cloud.change_outside(type_, name, change)
        assert living.cloud.find(type_, name)["inputs"] != before
        shown = living.preview("--refresh")
        assert name in shown.output, title
        assert shown.changes["to"] >= 1, title
        living.up("--refresh")
        assert living.cloud.find(type_, name)["inputs"] == before, title
        count(drifts=1)


def test_what_aks_changes_by_itself_is_no_drift(living: Workspace, count: Callable[..., None]) -> None:
    for title, (type_, name, change) in BY_AKS.items():
        living.cloud.change_outside(type_, name, change)
        living.cloud.operations.clear()
        living.preview("--refresh", "--expect-no-changes")
        living.up("--refresh")
        assert checks.operations(living, "create", "update", "delete") == [], title
        count(drifts=1)


def test_what_was_deleted_outside_is_made_again(living: Workspace, count: Callable[..., None]) -> None:
    gone = [
        ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "airflow-namespace-dns"),
        ("azure-native:storage:ManagementPolicy", "log-storage-lifecycle"),
        ("azure-native:managedidentity:FederatedIdentityCredential", "airflow-identity-airflow-triggerer"),
    ]
    for type_, name in gone:
        living.cloud.delete_outside(type_, name)
        assert name in living.preview("--refresh").output
        living.cloud.operations.clear()
        living.up("--refresh")
        assert checks.operations(living, "create") == [name]
        count(drifts=1)
    checks.state_and_cloud_agree(living)


def test_what_others_made_is_left_alone(living: Workspace, count: Callable[..., None]) -> None:
    group = living.cloud.find("azure-native:resources:ResourceGroup")["inputs"]["resourceGroupName"]
    living.cloud.create_outside(
        "azure-native:network:PublicIPAddress",
        "somebody-elses",
        {"resourceGroupName": group, "publicIpAddressName": "somebody-elses", "location": "canadacentral"},
    )
    assert living.up("--refresh").changes.keys() == {"unchanged"}
    assert living.cloud.find("azure-native:network:PublicIPAddress", "somebody-elses")
    count(drifts=1)
