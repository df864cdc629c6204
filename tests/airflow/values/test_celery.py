"""What Celery puts into the chart's values: workers, their scaling, and what they read."""

from __future__ import annotations

from typing import Any

import pytest

from tests.airflow.values.test_chart import EXECUTORS, values
from tests.airflow.values.test_executors import celery, each_celery


@each_celery
def test_celery_reads_broker_and_results_from_secrets_by_name(executor: str) -> None:
    data = values(executor=executor)["data"]
    assert data["brokerUrlSecretName"] == "airflow-broker-url"
    assert data["resultBackendSecretName"] == "airflow-result-backend"


@each_celery
def test_celery_workers_take_the_account_that_the_charts_role_binding_names(executor: str) -> None:
    assert celery(executor)["serviceAccount"] == {"create": False, "name": "airflow-worker"}
    assert celery(executor)["labels"] == {"azure.workload.identity/use": "true"}


@each_celery
def test_celery_workers_run_on_the_nodes_for_tasks(executor: str) -> None:
    assert celery(executor)["nodeSelector"] == {"purpose": "workers"}
    assert celery(executor)["tolerations"] == [{"key": "spot", "operator": "Exists", "effect": "NoSchedule"}]


@each_celery
def test_celery_workers_have_no_disk_of_100_gib(executor: str) -> None:
    assert celery(executor)["persistence"] == {"enabled": False}


@each_celery
def test_log_groomer_runs_without_a_disk(executor: str) -> None:
    assert celery(executor)["logGroomerSidecar"]["requirePersistence"] is False


@each_celery
def test_a_running_task_ends_before_its_worker_does_and_before_aks_gives_the_drain_up(executor: str) -> None:
    section = celery(executor)
    assert 600 < section["terminationGracePeriodSeconds"] < 30 * 60
    assert section["safeToEvict"] is False
    # A hook or a command of our own could keep the signal from Celery.
    assert not {"containerLifecycleHooks", "command", "args"} & set(section)


def test_keda_scales_from_none() -> None:
    section = celery(scaler="keda")
    assert (section["keda"]["minReplicaCount"], section["keda"]["maxReplicaCount"]) == (0, 20)
    assert (section["keda"]["enabled"], section["hpa"]["enabled"]) == (True, False)


def test_hpa_scales_between_its_bounds() -> None:
    section = celery(scaler="hpa")
    assert section["hpa"] == {"enabled": True, "minReplicaCount": 2, "maxReplicaCount": 6}
    assert section["keda"] == {"enabled": False}


def test_without_a_scaler_as_many_workers_run_as_the_stack_says() -> None:
    section = celery(scaler="none")
    assert (section["replicas"], section["keda"], section["hpa"]) == (3, {"enabled": False}, {"enabled": False})


@pytest.mark.parametrize("scaler", ["keda", "hpa"])
def test_a_scaler_is_not_undone_by_a_number_of_replicas(scaler: str) -> None:
    assert "replicas" not in celery(scaler=scaler)


def test_kedas_connection_stands_in_the_workers_container_under_the_name_that_the_chart_reads() -> None:
    source = {"secretKeyRef": {"name": "airflow-keda-connection", "key": "connection"}}
    assert celery(scaler="keda")["env"] == [{"name": "AIRFLOW_CONN_AIRFLOW_DB", "valueFrom": source}]


@pytest.mark.parametrize("scaler", ["hpa", "none"])
def test_without_keda_no_worker_has_its_connection(scaler: str) -> None:
    assert "env" not in celery(scaler=scaler)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_keda_puts_no_variable_of_its_own_on_every_container(executor: str) -> None:
    tree = values(executor=executor)
    # With usePgbouncer false the chart would ask every pod, task pods too, for a key that is not there.
    assert tree["workers"]["celery"].get("keda", {"usePgbouncer": True})["usePgbouncer"] is True
    assert "keda" not in tree["triggerer"]


@each_celery
def test_visibility_timeout_outlasts_the_longest_task(executor: str) -> None:
    options = values(executor=executor)["config"]["celery_broker_transport_options"]
    assert options == {"visibility_timeout": "86400", "socket_keepalive": "True", "retry_on_timeout": "True"}


def test_visibility_timeout_can_be_raised() -> None:
    longer = {"celery_broker_transport_options": {"visibility_timeout": 1_209_600}}
    options = values(executor="CeleryExecutor", config=longer)["config"]["celery_broker_transport_options"]
    assert options["visibility_timeout"] == "1209600"
    assert options["socket_keepalive"] == "True"


def test_concurrency_stands_where_worker_and_kedas_query_read_it() -> None:
    tree = values(executor="CeleryExecutor", workers={"concurrency": 8})
    assert tree["config"]["celery"]["worker_concurrency"] == "8"


@pytest.mark.parametrize(
    ("workers", "schedulers", "parallelism"),
    [
        ({"max": 10, "concurrency": 16}, 1, "160"),
        ({"max": 10, "concurrency": 16}, 3, "54"),
        ({"max": 1, "concurrency": 16}, 2, "32"),
        ({"scaler": "none", "min": 5, "concurrency": 16}, 2, "40"),
    ],
)
def test_parallelism_of_the_schedulers_fills_every_worker(
    workers: dict[str, Any], schedulers: int, parallelism: str
) -> None:
    tree = values(executor="CeleryExecutor", workers=workers, schedulers=schedulers)
    assert tree["config"]["core"]["parallelism"] == parallelism


def test_parallelism_can_be_set() -> None:
    tree = values(executor="CeleryExecutor", config={"core": {"parallelism": 12}})
    assert tree["config"]["core"]["parallelism"] == "12"
