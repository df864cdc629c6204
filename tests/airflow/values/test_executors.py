"""What each executor puts into the chart's values, and what it leaves out."""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from tests.airflow.values.test_chart import EXECUTORS, refused, values

CELERY = ("CeleryExecutor", "CeleryExecutor,KubernetesExecutor")
SCALERS: dict[str, dict[str, Any]] = {
    "keda": {"scaler": "keda", "min": 0, "max": 20},
    "hpa": {"scaler": "hpa", "min": 2, "max": 6},
    "none": {"scaler": "none", "min": 3},
}
MODES = [
    *((executor, {}) for executor in EXECUTORS if executor not in CELERY),
    *((executor, {"workers": workers}) for executor, workers in itertools.product(CELERY, SCALERS.values())),
]
every_mode = pytest.mark.parametrize(
    ("executor", "more"), MODES, ids=[f"{mode} {more.get('workers', {}).get('scaler', '')}" for mode, more in MODES]
)
each_celery = pytest.mark.parametrize("executor", CELERY)


def celery(executor: str = "CeleryExecutor", scaler: str = "keda", **more: Any) -> Any:
    return values(executor=executor, workers=SCALERS[scaler], **more)["workers"]["celery"]


def running(executor: str) -> list[str]:
    """The value paths of the pods that an executor runs and that the stack's own code is in."""
    parts = ["apiServer", "scheduler", "dagProcessor", "triggerer"]
    return [
        *parts,
        *(["workers.celery"] if "CeleryExecutor" in executor else []),
        *(["workers.kubernetes"] if "KubernetesExecutor" in executor else []),
    ]


def at(tree: Any, path: str) -> Any:
    for part in path.split("."):
        tree = tree[part]
    return tree


@every_mode
def test_the_chart_accepts_the_values_of_every_mode(executor: str, more: dict[str, Any]) -> None:
    assert refused(values(executor=executor, **more)) == []


@every_mode
def test_every_container_of_every_mode_has_requests_and_limits(executor: str, more: dict[str, Any]) -> None:
    tree = values(executor=executor, **more)
    sidecars = [
        *(f"{part}.logGroomerSidecar" for part in running(executor) if part not in ("apiServer", "workers.kubernetes")),
        *("dags.gitSync", "pgbouncer", "pgbouncer.metricsExporterSidecar", "statsd", "cleanup", "databaseCleanup"),
    ]
    for place in (*running(executor), *sidecars):
        resources = at(tree, f"{place}.resources")
        assert set(resources["requests"]) == set(resources["limits"]) == {"cpu", "memory", "ephemeral-storage"}, place


@every_mode
def test_every_pod_of_ours_has_a_priority_class_that_exists(executor: str, more: dict[str, Any]) -> None:
    tree = values(executor=executor, **more)
    classes = {f"airflow-{entry['name']}": entry["value"] for entry in tree["priorityClasses"]}
    named = {place: at(tree, f"{place}.priorityClassName") for place in (*running(executor), "pgbouncer")}
    assert set(named.values()) == set(classes)
    assert len(classes) == (1 if executor == "LocalExecutor" else 2)


@pytest.mark.parametrize("executor", [executor for executor in EXECUTORS if executor != "LocalExecutor"])
def test_the_scheduler_outlives_the_workers(executor: str) -> None:
    tree = values(executor=executor)
    core, tasks = tree["priorityClasses"]
    assert (core["name"], tasks["name"]) == ("core", "tasks")
    assert core["value"] > tasks["value"] > 0
    assert tasks["preemptionPolicy"] == "Never"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_no_number_is_so_large_that_helm_writes_it_as_a_float(executor: str) -> None:
    assert all(entry["value"] < 1_000_000 for entry in values(executor=executor)["priorityClasses"])


@every_mode
def test_pods_are_locked_down_by_the_global_contexts(executor: str, more: dict[str, Any]) -> None:
    tree = values(executor=executor, **more)
    assert tree["securityContexts"]["pod"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert tree["securityContexts"]["containers"]["allowPrivilegeEscalation"] is False
    assert tree["securityContexts"]["containers"]["capabilities"] == {"drop": ["ALL"]}
    assert not any("securityContexts" in at(tree, place) for place in running(executor))


@every_mode
def test_long_running_parts_are_probed_and_spread(executor: str, more: dict[str, Any]) -> None:
    tree = values(executor=executor, **more)
    for place in (place for place in running(executor) if place != "workers.kubernetes"):
        assert at(tree, f"{place}.livenessProbe")["timeoutSeconds"] >= 20, place
        keys = [entry["topologyKey"] for entry in at(tree, f"{place}.topologySpreadConstraints")]
        assert keys == ["topology.kubernetes.io/zone", "kubernetes.io/hostname"], place


@every_mode
def test_no_disruption_budget_can_block_a_drain(executor: str, more: dict[str, Any]) -> None:
    tree = values(executor=executor, **more)
    for place in (*running(executor), "pgbouncer"):
        budget = at(tree, place).get("podDisruptionBudget")
        assert budget in (None, {"enabled": True, "config": {"maxUnavailable": 1}}), place


@pytest.mark.parametrize(("executor", "budget"), [("CeleryExecutor", True), (CELERY[1], False)])
def test_the_workers_budget_never_covers_task_pods_which_no_controller_counts(executor: str, budget: bool) -> None:
    assert ("podDisruptionBudget" in celery(executor)) is budget


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "LocalExecutor"])
def test_without_celery_no_budget_of_workers_is_rendered(executor: str) -> None:
    # The chart renders it with every executor, and its selector is that of task pods.
    assert "podDisruptionBudget" not in values(executor=executor)["workers"]["celery"]


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "LocalExecutor"])
def test_without_celery_nothing_of_celery_is_set_but_what_the_chart_asks_everybody(executor: str) -> None:
    tree = values(executor=executor)
    assert tree["workers"]["celery"]["persistence"] == {"enabled": False}
    assert not {"keda", "hpa", "replicas", "env", "serviceAccount", "resources"} & set(tree["workers"]["celery"])
    assert not {"celery", "celery_broker_transport_options"} & set(tree["config"])
    assert "resultBackendSecretName" not in tree["data"]


@pytest.mark.parametrize("executor", ["CeleryExecutor", "LocalExecutor"])
def test_without_task_pods_nothing_is_said_of_them(executor: str) -> None:
    tree = values(executor=executor)
    section = tree["workers"]["kubernetes"]
    assert not {"nodeSelector", "tolerations", "serviceAccount", "resources"} & set(section)
    assert tree["cleanup"]["enabled"] is False


def test_local_executor_runs_several_schedulers_without_a_disk() -> None:
    tree = values(executor="LocalExecutor", schedulers=3)
    assert tree["scheduler"]["replicas"] == 3
    assert tree["workers"]["celery"]["persistence"] == {"enabled": False}


def test_task_pods_are_launched_in_batches_and_deleted_while_broken_ones_stay() -> None:
    options = values()["config"]["kubernetes_executor"]
    assert options["worker_pods_creation_batch_size"] == "16"
    assert (options["delete_worker_pods"], options["delete_worker_pods_on_failure"]) == ("True", "False")
    assert options["task_publish_max_retries"] == "3"


def test_broken_task_pods_go_when_the_stack_says_so() -> None:
    config = {"kubernetes_executor": {"delete_worker_pods_on_failure": True, "worker_pods_creation_batch_size": 4}}
    options = values(config=config)["config"]["kubernetes_executor"]
    assert options["delete_worker_pods_on_failure"] == "True"
    assert options["worker_pods_creation_batch_size"] == "4"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_pods_are_launched_in_airflows_namespace_only(executor: str) -> None:
    tree = values(executor=executor)
    assert tree.get("multiNamespaceMode", False) is False
    assert tree["config"]["kubernetes_executor"].get("namespace", "airflow") == "airflow"


@pytest.mark.parametrize("executor", EXECUTORS)
def test_no_redis_and_no_flower_of_the_chart_runs(executor: str) -> None:
    tree = values(executor=executor)
    assert tree["redis"] == {"enabled": False}
    assert "flower" not in tree


def test_own_values_of_celery_workers_come_last() -> None:
    own = {"workers": {"celery": {"terminationGracePeriodSeconds": 60, "queue": "default,slow"}}}
    given = values(executor="CeleryExecutor", values=own)["workers"]["celery"]
    assert (given["terminationGracePeriodSeconds"], given["queue"]) == (60, "default,slow")
