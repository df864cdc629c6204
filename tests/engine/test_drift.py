"""What others change behind Pulumi's back."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

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


def test_foreign_change_is_shown_and_mended(living_dev: Workspace, count: Callable[..., None]) -> None:
    for title, (type_, name, change) in FOREIGN.items():
        before = living_dev.cloud.find(type_, name)["inputs"].copy()
        living_dev.cloud.change_outside(type_, name, change)
        assert living_dev.cloud.find(type_, name)["inputs"] != before
        shown = living_dev.preview("--refresh")
        assert name in shown.output, title
        assert shown.changes["to"] >= 1, title
        living_dev.up("--refresh")
        assert living_dev.cloud.find(type_, name)["inputs"] == before, title
        count(drifts=1)


def test_what_aks_changes_by_itself_is_no_drift(living_dev: Workspace, count: Callable[..., None]) -> None:
    for title, (type_, name, change) in BY_AKS.items():
        living_dev.cloud.change_outside(type_, name, change)
        living_dev.cloud.operations.clear()
        living_dev.preview("--refresh", "--expect-no-changes")
        living_dev.up("--refresh")
        assert checks.operations(living_dev, "create", "update", "delete") == [], title
        count(drifts=1)


def test_what_was_deleted_outside_is_made_again(living_dev: Workspace, count: Callable[..., None]) -> None:
    gone = [
        ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "airflow-namespace-dns"),
        ("azure-native:storage:ManagementPolicy", "log-storage-lifecycle"),
        ("azure-native:managedidentity:FederatedIdentityCredential", "airflow-identity-airflow-triggerer"),
    ]
    for type_, name in gone:
        living_dev.cloud.delete_outside(type_, name)
        assert name in living_dev.preview("--refresh").output
        living_dev.cloud.operations.clear()
        living_dev.up("--refresh")
        assert checks.operations(living_dev, "create") == [name]
        count(drifts=1)
    checks.state_and_cloud_agree(living_dev)


def test_what_others_made_is_left_alone(living_dev: Workspace, count: Callable[..., None]) -> None:
    group = living_dev.cloud.find("azure-native:resources:ResourceGroup")["inputs"]["resourceGroupName"]
    living_dev.cloud.create_outside(
        "azure-native:network:PublicIPAddress",
        "somebody-elses",
        {"resourceGroupName": group, "publicIpAddressName": "somebody-elses", "location": "canadacentral"},
    )
    assert living_dev.up("--refresh").changes.keys() == {"unchanged"}
    assert living_dev.cloud.find("azure-native:network:PublicIPAddress", "somebody-elses")
    count(drifts=1)
