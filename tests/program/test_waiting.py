"""Nothing waits that need not: the plan's dependencies, read as a graph."""

from __future__ import annotations

import pytest

from dryrun.plan import Plan
from tests.plans import plan_of


def ancestors(plan: Plan, urn: str) -> set[str]:
    """Everything that a resource waits for, by logical name."""
    found: set[str] = set()
    todo = list(plan.by_urn(urn).dependencies)
    while todo:
        current = todo.pop()
        if current not in found:
            found.add(current)
            todo += plan.by_urn(current).dependencies
    return {plan.by_urn(name).name for name in found}


def waits_for(plan: Plan, type_: str, name: str | None = None) -> set[str]:
    return ancestors(plan, plan.one(type_, name).urn)


def test_cluster_waits_for_its_network_and_rights_only() -> None:
    assert waits_for(plan_of("prod"), "azure-native:containerservice:ManagedCluster") == {
        "cluster-control-plane-identity",
        "cluster-control-plane-kubelet",
        "cluster-control-plane-network",
        "cluster-kubelet-identity",
        "network-nat-gateway",
        "network-network",
        "network-nodes",
        "network-nodes-security",
        "network-outbound-ip",
        "resource-group",
        "stack-record-made-with",
    }


@pytest.mark.parametrize(
    ("type_", "name"),
    [
        ("azure-native:dbforpostgresql:Server", None),
        ("azure-native:containerregistry:Registry", None),
        ("azure-native:keyvault:Vault", None),
        ("azure-native:storage:StorageAccount", None),
        ("pulumi-python:dynamic/airflow-aks:ImageImport", "images-airflow"),
    ],
)
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_data_and_images_do_not_wait_for_the_cluster(stack: str, type_: str, name: str | None) -> None:
    assert not waits_for(plan_of(stack), type_, name) & {"cluster-cluster", "cluster-pool-airflow"}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_operator_waits_for_its_own_image_only(stack: str) -> None:
    waited = waits_for(plan_of(stack), "kubernetes:helm.sh/v3:Release", "secret-sync-external-secrets-operator")
    assert {name for name in waited if name.startswith("images-")} == {"images-external-secrets"}
    assert "database-server" not in waited
    assert "cluster-pool-airflow" not in waited


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_migration_waits_for_airflows_image_and_pool_only(stack: str) -> None:
    waited = waits_for(plan_of(stack), "kubernetes:batch/v1:Job", "airflow-database-migration")
    assert {name for name in waited if name.startswith("images-")} == {"images-airflow", "images-external-secrets"}
    assert {name for name in waited if name.startswith("cluster-pool-")} == {"cluster-pool-airflow"}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_with_csi_nothing_waits_for_an_image_but_airflows_own(stack: str) -> None:
    waited = waits_for(
        plan_of(stack, {"secrets.delivery": "csi"}), "kubernetes:batch/v1:Job", "airflow-database-migration"
    )
    assert {name for name in waited if name.startswith("images-")} == {"images-airflow"}


@pytest.mark.parametrize(
    ("type_", "name"),
    [("kubernetes:batch/v1:Job", "airflow-database-migration"), ("kubernetes:helm.sh/v3:Release", "airflow-release")],
)
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_with_csi_airflow_waits_for_the_keeper_that_makes_the_secrets(stack: str, type_: str, name: str) -> None:
    waited = waits_for(plan_of(stack, {"secrets.delivery": "csi"}), type_, name)
    assert {"secret-sync-csi-keeper", "secret-sync-csi-provider-class"} <= waited


def test_private_vault_can_be_reached_before_the_keeper_mounts_it() -> None:
    waited = waits_for(
        plan_of("prod", {"secrets.delivery": "csi"}), "kubernetes:apps/v1:Deployment", "secret-sync-csi-keeper"
    )
    assert {"key-vault-private-endpoint", "secret-sync-identity-reads-secrets"} <= waited


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_airflow_waits_for_the_migration_and_not_for_the_first_user(stack: str) -> None:
    waited = waits_for(plan_of(stack), "kubernetes:helm.sh/v3:Release", "airflow-release")
    assert "airflow-database-migration" in waited
    assert "airflow-database-first-user" not in waited


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_airflow_waits_for_all_that_its_pods_need(stack: str) -> None:
    waited = waits_for(plan_of(stack), "kubernetes:helm.sh/v3:Release", "airflow-release")
    assert {
        "airflow-identity-airflow-worker",
        "airflow-identity-writes-logs",
        "airflow-namespace-default-deny",
        "cluster-pool-airflow",
        "images-git-sync",
        "images-statsd",
        "log-storage-container",
        "registry-kubelet-pull",
        "secret-sync-external-secrets-externalsecret-airflow-jwt-secret",
    } <= waited


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_pools_and_credentials_are_made_one_after_another(stack: str) -> None:
    plan = plan_of(stack)
    assert "cluster-pool-airflow" in waits_for(plan, "azure-native:containerservice:AgentPool", "cluster-pool-tasks")
    assert "airflow-identity-airflow-api-server" in waits_for(
        plan, "azure-native:managedidentity:FederatedIdentityCredential", "airflow-identity-airflow-worker"
    )
