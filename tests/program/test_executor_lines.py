"""Dev with each executor, scaler and release line: what it has, and what it must not have."""

from __future__ import annotations

import itertools
import re
from typing import Any, Final

import pytest

from components.stack_file.checker import check
from dryrun.plan import Plan
from tests.packaged_charts import pinned_chart, values_schema
from tests.plans import PROJECT, changed, plan_of, shipped

pytestmark = pytest.mark.usefixtures("untraced")

LINES: Final = ("3.3", "2.9")
KUBERNETES, CELERY, LOCAL = "KubernetesExecutor", "CeleryExecutor", "LocalExecutor"
BOTH: Final = f"{CELERY},{KUBERNETES}"
SCALERS: Final = {"keda": {"min": 0}, "hpa": {}, "none": {}}
RELEASE: Final = ("kubernetes:helm.sh/v3:Release", "airflow-release")
VALID: Final = [
    *((line, executor, None) for line in LINES for executor in (KUBERNETES, LOCAL)),
    *itertools.product(LINES, (CELERY,), SCALERS),
    *itertools.product(("3.3",), (BOTH,), SCALERS),
]
every = pytest.mark.parametrize(("line", "executor", "scaler"), VALID)


def changes(line: str, executor: str, scaler: str | None) -> dict[str, Any]:
    workers = {} if scaler is None else {"airflow.workers": {"scaler": scaler, **SCALERS[scaler]}}
    return {"airflow.release": line, "airflow.executor": executor, **workers}


def planned(line: str, executor: str, scaler: str | None) -> Plan:
    return plan_of("dev", changes(line, executor, scaler))


def values(plan: Plan) -> Any:
    return plan.one(*RELEASE).inputs["values"]


@every
def test_dry_run_says_what_was_chosen(line: str, executor: str, scaler: str | None) -> None:
    outputs = planned(line, executor, scaler).outputs
    assert outputs["airflowExecutor"] == executor
    assert outputs["airflowVersion"].startswith(f"{line}.")


@every
def test_vault_holds_what_the_choice_needs_and_no_more(line: str, executor: str, scaler: str | None) -> None:
    found = {re.sub(r"-[0-9a-f]{8}$", "", name) for name in planned(line, executor, scaler).vault}
    always = {"admin-password", "api-secret-key", "fernet-key", "jwt-secret", "metadata-async-connection"}
    always |= {"metadata-connection", "migration-connection", "pgbouncer-ini", "pgbouncer-stats", "pgbouncer-users"}
    celery = {"broker-url", "result-backend"} if CELERY in executor else set()
    keda = {"keda-connection"} if scaler == "keda" else set()
    assert found == {f"airflow-{name}" for name in always | celery | keda}


@every
def test_broker_and_keda_are_there_for_celery_only(line: str, executor: str, scaler: str | None) -> None:
    plan = planned(line, executor, scaler)
    redis = {resource.type for resource in plan.resources if "redis" in resource.type}
    broker = {f"azure-native:redisenterprise:{kind}" for kind in ("Database", "RedisEnterprise")}
    assert redis == (broker if CELERY in executor else set())
    assert ("airflow-namespace-airflow-to-broker" in names(plan)) is (CELERY in executor)
    cluster = plan.one("azure-native:containerservice:ManagedCluster").inputs
    assert cluster["workloadAutoScalerProfile"]["keda"]["enabled"] is (scaler == "keda")


def names(plan: Plan) -> set[str]:
    return {resource.name for resource in plan.resources}


@every
def test_accounts_are_those_of_the_parts_that_run(line: str, executor: str, scaler: str | None) -> None:
    plan = planned(line, executor, scaler)
    found = {item.inputs["metadata"]["name"] for item in plan.all("kubernetes:core/v1:ServiceAccount")}
    parts = {"airflow-dag-processor", "airflow-migration", "airflow-scheduler", "airflow-triggerer"}
    parts |= {"airflow-api-server" if line == "3.3" else "airflow-webserver"}
    parts |= set() if executor == LOCAL else {"airflow-worker"}
    assert {name for name in found if "secret" not in name} == parts


@every
def test_values_hold_the_scaler_and_no_other(line: str, executor: str, scaler: str | None) -> None:
    workers = values(planned(line, executor, scaler)).get("workers", {})
    celery = workers.get("celery", {}) if line == "3.3" else workers
    found = {name for name in ("keda", "hpa") if celery.get(name, {}).get("enabled")}
    assert found == ({scaler} & {"keda", "hpa"})
    assert ("replicas" in celery) is (scaler == "none")


@every
def test_the_lines_own_chart_accepts_the_values(line: str, executor: str, scaler: str | None) -> None:
    plan, chart = planned(line, executor, scaler), pinned_chart(line)
    assert plan.one(*RELEASE).inputs["version"] == chart.version
    assert [error.message for error in values_schema(chart).iter_errors(values(plan))] == []


INVALID: Final = [
    *(
        (line, executor, scaler, "airflow.workers")
        for line in LINES
        for executor in (KUBERNETES, LOCAL)
        for scaler in SCALERS
    ),
    *(("2.9", BOTH, scaler, "airflow.executor") for scaler in (None, *SCALERS)),
]


@pytest.mark.parametrize(("line", "executor", "scaler", "path"), INVALID)
def test_pair_that_does_not_go_is_one_clear_error(line: str, executor: str, scaler: str | None, path: str) -> None:
    config = changed(shipped("dev"), changes(line, executor, scaler))
    _, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert [problem.path for problem in errors] == [f"airflow-aks:{path}"]
