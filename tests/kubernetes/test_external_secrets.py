"""Secrets through the External Secrets operator."""

from __future__ import annotations

import json

import pytest

from components.kubernetes.external_secrets import external_secrets_values
from dryrun.plan import Plan
from tests.packaged_charts import pinned_chart, values_schema
from tests.plans import plan_of

EXTERNAL_SECRET = "kubernetes:external-secrets.io/v1:ExternalSecret"


@pytest.fixture
def plan() -> Plan:
    return plan_of("prod")


def test_image_is_split_into_repository_and_tag() -> None:
    values = external_secrets_values("registry.example.com:5000/a/b:v1@sha256:00", "airflow")
    assert values["image"] == {"repository": "registry.example.com:5000/a/b", "tag": "v1@sha256:00"}


def test_the_chart_accepts_the_values() -> None:
    """Helm refuses neither unknown keys nor wrong switches here, so that the keys are compared too."""
    schema = values_schema(pinned_chart())
    values = external_secrets_values("registry.example.com/a/b:v1@sha256:00", "airflow")
    assert [error.message for error in schema.iter_errors(values)] == []
    assert set(values) <= set(schema.schema["properties"])


def test_nothing_of_the_operator_may_read_secrets_of_other_namespaces() -> None:
    values = external_secrets_values("r/a:1", "airflow")
    assert values["webhook"] == {"create": False}
    assert values["certController"] == {"create": False}


def test_operator_works_in_one_namespace() -> None:
    values = external_secrets_values("r/a:1", "airflow")
    assert (values["scopedNamespace"], values["scopedRBAC"]) == ("airflow", True)


def test_operator_creates_tokens_for_one_account_only(plan: Plan) -> None:
    (rule,) = plan.one("kubernetes:rbac.authorization.k8s.io/v1:Role").inputs["rules"]
    assert rule["resourceNames"] == ["airflow-secret-sync"]
    assert external_secrets_values("r/a:1", "airflow")["rbac"]["serviceAccountTokenCreate"] is False


def test_store_reads_the_vault_by_workload_identity(plan: Plan) -> None:
    provider = plan.one("kubernetes:external-secrets.io/v1:SecretStore").inputs["spec"]["provider"]["azurekv"]
    assert provider["authType"] == "WorkloadIdentity"
    assert provider["serviceAccountRef"] == {"name": "airflow-secret-sync"}
    assert provider["vaultUrl"] == plan.outputs["keyVaultUri"]


def test_every_key_is_copied_from_a_secret_of_the_vault(plan: Plan) -> None:
    asked = {entry["remoteRef"]["key"] for s in plan.all(EXTERNAL_SECRET) for entry in s.inputs["spec"]["data"]}
    assert asked == set(plan.vault)


def test_update_waits_until_secrets_are_there_and_the_objects_are_those_of_the_update(plan: Plan) -> None:
    for resource in (*plan.all(EXTERNAL_SECRET), plan.one("kubernetes:external-secrets.io/v1:SecretStore")):
        annotations = dict(resource.inputs["metadata"]["annotations"])
        ready, *rest = json.loads(annotations.pop("pulumi.com/waitFor"))
        assert ready == "condition=Ready"
        assert sorted(rest) == sorted(
            f"jsonpath={{.metadata.annotations['{key}']}}={value}" for key, value in annotations.items()
        )


def test_custom_resources_depend_on_the_operator(plan: Plan) -> None:
    operator = plan.one("kubernetes:helm.sh/v3:Release", "secret-sync-external-secrets-operator")
    for secret in plan.all(EXTERNAL_SECRET):
        assert operator.urn in secret.dependencies


def test_every_secret_carries_its_version_so_that_a_new_one_is_read_at_once(plan: Plan) -> None:
    for secret in plan.all(EXTERNAL_SECRET):
        assert len(secret.inputs["metadata"]["annotations"]["airflow-aks/secret-versions"]) == 10


def test_refresh_is_as_often_as_the_stack_file_says() -> None:
    plan = plan_of("dev", {"secrets.refreshMinutes": 5})
    assert {secret.inputs["spec"]["refreshInterval"] for secret in plan.all(EXTERNAL_SECRET)} == {"5m"}
