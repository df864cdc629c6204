"""What changes, resource by resource, when a stack file names another executor."""

from __future__ import annotations

import pytest

from dryrun.plan import Plan, Resource
from tests.plans import plan_of

# From dev with KubernetesExecutor: logical names of what comes, goes and changes. Everything else stays as it is.
_BROKER_NAMES = {
    "broker",
    "broker-redis",
    "broker-database",
    "airflow-namespace-airflow-to-broker",
    *(
        f"airflow-secrets-{secret}-{part}"
        for secret in ("broker-url", "result-backend", "keda-connection")
        for part in ("name", "secret")
    ),
    *(
        f"secret-sync-external-secrets-externalsecret-airflow-{secret}"
        for secret in ("broker-url", "result-backend", "keda-connection")
    ),
}
_WITH_CELERY = {
    "airflow-namespace-airflow-to-pgbouncer",
    "airflow-namespace-pgbouncer",
    "airflow-release",
    "cluster-cluster",
    # The new text of pgbouncer.ini is a secret: it shows by its version.
    "secret-sync-external-secrets-externalsecret-airflow-pgbouncer-config",
}
_TOKENS = {"airflow-namespace-airflow-api-server", "airflow-namespace-airflow-scheduler"}
SWITCHES: dict[str, tuple[set[str], set[str], set[str]]] = {
    "CeleryExecutor": (_BROKER_NAMES, set(), _WITH_CELERY | _TOKENS),
    "CeleryExecutor,KubernetesExecutor": (_BROKER_NAMES, set(), _WITH_CELERY),
    "LocalExecutor": (
        set(),
        {"airflow-identity-airflow-worker", "airflow-namespace-airflow-worker"},
        {
            "airflow-release",
            "airflow-namespace-airflow-api-server",
            "airflow-namespace-api-server-to-logs",
            "airflow-namespace-task-logs",
            "airflow-namespace-tasks-to-anywhere",
        },
    ),
}


def by_name(plan: Plan) -> dict[str, Resource]:
    return {resource.name: resource for resource in plan.resources}


@pytest.mark.parametrize("executor", SWITCHES)
def test_a_switch_changes_only_what_the_executor_is_about(executor: str) -> None:
    before, after = by_name(plan_of("dev")), by_name(plan_of("dev", {"airflow.executor": executor}))
    new, gone, touched = SWITCHES[executor]
    assert set(after) - set(before) == new
    assert set(before) - set(after) == gone
    kept = set(before) & set(after)
    assert {name for name in kept if before[name].inputs != after[name].inputs} == touched


@pytest.mark.parametrize("executor", SWITCHES)
def test_a_switch_leaves_data_identity_and_network_alone(executor: str) -> None:
    before, after = by_name(plan_of("prod")), by_name(plan_of("prod", {"airflow.executor": executor}))
    for name, resource in before.items():
        if resource.protect or resource.type.startswith("azure-native:network:Subnet"):
            assert after[name].inputs == resource.inputs, name
    assert {resource.urn for resource in before.values() if resource.protect} <= {
        resource.urn for resource in after.values()
    }
