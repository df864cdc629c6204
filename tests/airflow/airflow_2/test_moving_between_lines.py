"""Moving a stack from the 2.9 line to 3.3: one setting, and nothing that holds data is touched."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan, Resource
from dryrun.report import print_summary
from tests.plans import plan_of

OLD: dict[str, Any] = {"airflow.release": "2.9"}
# A random name or key of a vault secret that stays the same.
DATA = (
    "azure-native:containerregistry:Registry",
    "azure-native:dbforpostgresql:",
    "azure-native:keyvault:",
    "azure-native:storage:",
    "random:",
)
# What there is on one line only, by logical name.
ONLY_2_9 = {
    "airflow-identity-airflow-webserver",
    "airflow-namespace-airflow-webserver",
    "airflow-namespace-webserver-to-logs",
    "secret-sync-external-secrets-externalsecret-airflow-webserver-secret-key",
}
ONLY_3_3 = {
    "airflow-identity-airflow-api-server",
    "airflow-identity-airflow-dag-processor",
    "airflow-namespace-airflow-api-server",
    "airflow-namespace-api-server",
    "airflow-namespace-api-server-to-logs",
    "secret-sync-external-secrets-externalsecret-airflow-api-secret-key",
    "secret-sync-external-secrets-externalsecret-airflow-jwt-secret",
}
# What both have, with other inputs.
CHANGED = {
    "airflow-database-first-user",
    "airflow-database-migration",
    "airflow-namespace-airflow-dag-processor",
    "airflow-namespace-airflow-to-airflow",
    "airflow-namespace-airflow-to-https",
    "airflow-namespace-airflow-to-pgbouncer",
    "airflow-namespace-pgbouncer",
    "airflow-namespace-statsd",
    "airflow-namespace-task-logs",
    "airflow-namespace-triggerer-logs",
    "airflow-release",
    "images-airflow",
    "images-git-sync",
    "images-pgbouncer",
    "images-pgbouncer-exporter",
    "images-statsd",
    "secret-sync-external-secrets-externalsecret-airflow-metadata-connection",
}
each_stack = pytest.mark.parametrize("stack", ["dev", "prod"])
each_executor = pytest.mark.parametrize("executor", ["KubernetesExecutor", "LocalExecutor"])


def both(stack: str, executor: str = "KubernetesExecutor") -> tuple[dict[str, Resource], dict[str, Resource]]:
    own = {"airflow.executor": executor} if executor != "KubernetesExecutor" else {}
    return by_urn(plan_of(stack, {**own, **OLD})), by_urn(plan_of(stack, own))


def by_urn(plan: Plan) -> dict[str, Resource]:
    return {resource.urn: resource for resource in plan.resources}


@each_stack
@each_executor
def test_changing_release_changes_these_resources_and_no_other(stack: str, executor: str) -> None:
    old, new = both(stack, executor)
    assert {old[urn].name for urn in old.keys() - new.keys()} == ONLY_2_9
    assert {new[urn].name for urn in new.keys() - old.keys()} == ONLY_3_3
    assert {old[urn].name for urn in old.keys() & new.keys() if old[urn].inputs != new[urn].inputs} == CHANGED


@each_stack
@each_executor
def test_what_holds_data_is_the_same_on_both_lines(stack: str, executor: str) -> None:
    old, new = (
        {urn: (resource.inputs, resource.protect) for urn, resource in side.items() if resource.type.startswith(DATA)}
        for side in both(stack, executor)
    )
    assert len(old) > 15
    assert old == new


@each_stack
def test_fernet_key_and_database_login_survive_the_move(stack: str) -> None:
    old, new = plan_of(stack, OLD).vault, plan_of(stack).vault
    assert old == new
    assert {"airflow-fernet-key", "airflow-migration-connection", "airflow-admin-password"} <= set(old)


@each_stack
def test_the_way_back_meets_no_name_of_a_secret_that_is_taken(stack: str) -> None:
    """Secrets stay in the vault when they leave the program, so none may leave it with the line."""
    names = {secret.inputs["secretName"] for secret in plan_of(stack, OLD).all("azure-native:keyvault:Secret")}
    assert {"airflow-jwt-secret", "airflow-metadata-async-connection"} <= names


@each_stack
def test_the_older_line_has_no_jwt_secret_in_the_cluster(stack: str) -> None:
    synced = {
        resource.inputs["spec"]["target"]["name"]: [entry["secretKey"] for entry in resource.inputs["spec"]["data"]]
        for resource in plan_of(stack, OLD).all("kubernetes:external-secrets.io/v1:ExternalSecret")
    }
    assert not {"airflow-jwt-secret", "airflow-api-secret-key"} & set(synced)
    assert synced["airflow-webserver-secret-key"] == ["webserver-secret-key"]
    assert synced["airflow-metadata-connection"] == ["connection"]


@each_stack
def test_preview_and_dry_run_warn_of_the_end_of_life_and_name_the_line_to_move_to(
    stack: str, capsys: pytest.CaptureFixture[str]
) -> None:
    warning = "airflow-aks:airflow.release: the support of Airflow 2.9 ended on 2026-04-22: move to 3.3, see "
    assert any(given.startswith(warning) for given in plan_of(stack, OLD).warnings)
    print_summary(plan_of(stack, OLD), None)
    assert warning in " ".join(capsys.readouterr().out.split())


@each_stack
def test_the_ui_is_reached_by_its_service_of_the_line(stack: str) -> None:
    assert "service/airflow-webserver 8080:8080" in plan_of(stack, OLD).outputs["connectCommand"]
    assert "service/airflow-api-server 8080:8080" in plan_of(stack).outputs["connectCommand"]


def test_without_dag_processors_there_is_no_account_for_them() -> None:
    plan = plan_of("dev", {**OLD, "airflow.dagProcessors": 0})
    accounts = {account.inputs["metadata"]["name"] for account in plan.all("kubernetes:core/v1:ServiceAccount")}
    assert "airflow-dag-processor" not in accounts
    assert "airflow-webserver" in accounts


def test_a_pod_that_cannot_have_the_identity_has_no_account_that_is_trusted() -> None:
    plan = plan_of("dev", OLD)
    account = plan.one("kubernetes:core/v1:ServiceAccount", "airflow-namespace-airflow-dag-processor")
    assert account.inputs["metadata"]["annotations"] == {"pulumi.com/patchForce": "true"}
    subjects = {
        credential.inputs["subject"].rpartition(":")[2]
        for credential in plan.all("azure-native:managedidentity:FederatedIdentityCredential")
    }
    assert "airflow-dag-processor" not in subjects
    assert {"airflow-webserver", "airflow-scheduler", "airflow-triggerer", "airflow-worker"} <= subjects


def test_the_charts_and_images_are_those_of_the_guides() -> None:
    release = plan_of("dev", OLD).one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs
    imports = {
        f"{resource.inputs['sourceRegistry']}/{resource.inputs['sourceRepository']}"
        for resource in plan_of("dev", OLD).resources
        if resource.type.endswith(":ImageImport")
    }
    assert release["version"].startswith("1.15.")
    assert imports >= {
        "docker.io/apache/airflow",
        "quay.io/prometheus/statsd-exporter",
        "registry.k8s.io/git-sync/git-sync",
    }
    assert not [source for source in imports if "bitnami" in source]
