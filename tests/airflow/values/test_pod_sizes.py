"""What each pod requests."""

from __future__ import annotations

from typing import Any, get_args

import pytest
import yaml

from components.airflow.values.chart import STATIC_VALUES
from components.airflow.values.pod_sizes import PGBOUNCER_PODS, PodSize, Pooler, pod_sizes
from components.settings.airflow_sections import AirflowSettings, DagsSettings, Executor
from components.settings.azure_sections import LogsSettings


def sizes(pooler: Pooler = "pgbouncer", **airflow: Any) -> dict[str, PodSize]:
    return {
        pod.name: pod
        for pod in pod_sizes(AirflowSettings.model_validate(airflow), DagsSettings(), LogsSettings(), pooler)
    }


@pytest.mark.parametrize("executor", get_args(Executor))
def test_every_executor_says_where_its_tasks_run(executor: str) -> None:
    pods = {pod.name for pod in sizes(executor=executor).values() if pod.runs_tasks}
    wanted = {"CeleryExecutor": "Celery worker", "KubernetesExecutor": "task"}
    assert pods == {wanted[part] for part in executor.split(",") if part in wanted}


def test_pod_requests_what_its_containers_do_together() -> None:
    pod = sizes()["DAG processor"]
    assert (pod.cpu, pod.memory) == (1000 + 250 + 50, 1536 + 256 + 64)


def test_pod_requests_the_disk_of_all_its_containers() -> None:
    assert sizes()["DAG processor"].disk == 4096 + 2048 + 512
    assert sizes(resources={"gitSync": {"disk": "6Gi"}})["DAG processor"].disk == 4096 + 6144 + 512


@pytest.mark.parametrize(("git_sync", "task"), [("2Gi", 8192), ("20Gi", 20480)])
def test_larger_disk_of_an_init_container_counts_for_a_task_pod(git_sync: str, task: int) -> None:
    assert sizes(resources={"gitSync": {"disk": git_sync}})["task"].disk == task


@pytest.mark.parametrize(
    ("airflow", "stuck_without_room"),
    [
        ({}, {"API server", "scheduler", "DAG processor", "triggerer", "PgBouncer", "StatsD"}),
        ({"schedulers": 3, "triggerers": 2}, {"API server", "scheduler", "DAG processor", "PgBouncer", "StatsD"}),
        ({"schedulers": 4, "dagProcessors": 2}, {"API server", "triggerer", "PgBouncer", "StatsD"}),
        (
            {"executor": "CeleryExecutor", "schedulers": 4, "dagProcessors": 2, "triggerers": 0},
            {"API server", "PgBouncer", "StatsD", "Celery worker"},
        ),
        (
            {"executor": "CeleryExecutor", "schedulers": 4, "dagProcessors": 2, "workers": {"min": 2}},
            {"API server", "triggerer", "PgBouncer", "StatsD"},
        ),
    ],
)
def test_update_stops_no_pod_first_where_its_share_rounds_to_none(
    airflow: dict[str, Any], stuck_without_room: set[str]
) -> None:
    assert {name for name, pod in sizes(**airflow).items() if pod.needs_surge} == stuck_without_room


@pytest.mark.parametrize(
    ("workers", "most"),
    [({}, 10), ({"max": 3}, 3), ({"scaler": "hpa", "max": 7}, 7), ({"scaler": "none", "min": 4}, 4)],
)
def test_most_workers_follow_the_scaler(workers: dict[str, Any], most: int) -> None:
    assert sizes(executor="CeleryExecutor", workers=workers)["Celery worker"].most == most


def test_override_counts() -> None:
    assert sizes(resources={"logGroomer": {"memory": "1Gi"}})["scheduler"].memory == 1536 + 1024


def test_scheduler_that_runs_tasks_has_the_dags_beside_it() -> None:
    assert sizes(executor="LocalExecutor")["scheduler"].sized_by == ("scheduler", "logGroomer", "gitSync")
    assert "gitSync" not in sizes()["scheduler"].sized_by


def test_local_executor_has_no_task_pods() -> None:
    assert not any(pod.runs_tasks for pod in sizes(executor="LocalExecutor").values())


def test_larger_init_container_counts_for_a_task_pod() -> None:
    pod = sizes(resources={"gitSync": {"memory": "3Gi"}})["task"]
    assert (pod.cpu, pod.memory) == (1000, 3072)


def test_part_that_does_not_run_requests_nothing() -> None:
    assert "triggerer" not in sizes(triggerers=0)
    assert "PgBouncer" not in sizes("server")


def test_pods_are_counted() -> None:
    found = sizes(schedulers=3, apiServers=4, dagProcessors=2, triggerers=5)
    assert {name: pod.replicas for name, pod in found.items()} == {
        "API server": 4,
        "scheduler": 3,
        "DAG processor": 2,
        "triggerer": 5,
        "PgBouncer": 2,
        "StatsD": 1,
        "migration": 0,
        "task": 0,
    }


def test_number_of_poolers_is_that_of_the_static_values() -> None:
    assert yaml.safe_load(STATIC_VALUES.read_text(encoding="utf-8"))["pgbouncer"]["replicas"] == PGBOUNCER_PODS


def delivered(dags: str = "gitSync", logs: str = "blob", **airflow: Any) -> dict[str, PodSize]:
    settings = AirflowSettings.model_validate(airflow)
    ways = DagsSettings.model_validate({"delivery": dags}), LogsSettings.model_validate({"delivery": logs})
    return {pod.name: pod for pod in pod_sizes(settings, *ways, "pgbouncer")}


@pytest.mark.parametrize("dags", ["gitBundle", "azureFiles", "image"])
def test_git_sync_counts_only_where_it_runs(dags: str) -> None:
    assert not [pod.name for pod in delivered(dags).values() if "gitSync" in pod.sized_by]


def test_log_groomer_counts_only_where_it_runs() -> None:
    assert not [pod.name for pod in delivered(logs="blobfuse").values() if "logGroomer" in pod.sized_by]
    assert "logGroomer" not in delivered(release="2.9", executor="CeleryExecutor")["Celery worker"].sized_by


def test_schedulers_that_parse_dags_have_git_sync() -> None:
    pods = delivered(release="2.9", dagProcessors=0)
    assert "gitSync" in pods["scheduler"].sized_by
    assert "DAG processor" not in pods


def test_workers_that_always_run_are_counted() -> None:
    workers = {"min": 4, "max": 9}
    assert delivered(executor="CeleryExecutor", workers=workers)["Celery worker"].replicas == 4
