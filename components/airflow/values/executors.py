"""The chart values that the executor decides, and the scaling of Celery's workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from components.airflow import names
from components.airflow.executors import ExecutorParts, executor_parts
from components.settings.airflow_sections import AirflowSettings, WorkersSettings

# Tasks at once inside a LocalExecutor's scheduler.
LOCAL_PARALLELISM: Final = 16
# What Airflow lets each scheduler and executor run at once unless told otherwise.
_AIRFLOW_PARALLELISM: Final = 32
# Seconds that a scheduler waits for the tasks which run inside it; the chart's own figure for workers.
_LOCAL_GRACE_SECONDS: Final = 600
_SAFE_TO_EVICT: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"
# Seconds until Redis hands a message that nobody answered for to another worker. A task that runs for longer would run
# twice at once, so this is a day, Airflow's own figure.
VISIBILITY_TIMEOUT_SECONDS: Final = 86400
# The chart puts the release's name before a class's. Below a million: Helm would write larger numbers as floats.
_CORE_CLASS: Final = {"name": "core", "value": 100000}
# Tasks wait for room, and push nobody out.
_TASKS_CLASS: Final = {"name": "tasks", "value": 1000, "preemptionPolicy": "Never"}
# The chart's ScaledObject reads this variable of the worker's container, and knows no other name for it.
_KEDA_VARIABLE: Final = "AIRFLOW_CONN_AIRFLOW_DB"


def executor_layers(airflow: AirflowSettings, namespace: str, worker_nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Give the layers of values by which the executor runs tasks: beside the scheduler, or inside it."""
    parts = executor_parts(airflow)
    yield {
        "executor": airflow.executor,
        "priorityClasses": [_CORE_CLASS, *([_TASKS_CLASS] if parts.worker_pods else [])],
        "cleanup": {"enabled": parts.task_pods},
    }
    if parts.celery_workers:
        yield _celery(airflow, parts, worker_nodes)
    if parts.task_pods:
        yield {
            "workers": {"kubernetes": worker_nodes},
            "config": {"kubernetes_executor": {"namespace": namespace}},
        }
    if not parts.worker_pods:
        yield _inside_the_scheduler()


def _celery(airflow: AirflowSettings, parts: ExecutorParts, worker_nodes: dict[str, Any]) -> dict[str, Any]:
    workers = airflow.workers
    section = {**worker_nodes, **_scaling(workers)}
    if not parts.task_pods:
        # The chart's budget would cover task pods too, which no controller counts: Kubernetes then lets none go.
        section["podDisruptionBudget"] = {"enabled": True, "config": {"maxUnavailable": 1}}
    if parts.keda:
        source = {"name": names.KEDA_SECRET, "key": names.CONNECTION_KEY}
        section["env"] = [{"name": _KEDA_VARIABLE, "valueFrom": {"secretKeyRef": source}}]
    return {
        "data": {
            "brokerUrlSecretName": names.BROKER_SECRET,
            "resultBackendSecretName": names.RESULT_BACKEND_SECRET,
        },
        "workers": {"celery": section},
        "config": {
            "core": {"parallelism": str(_parallelism(airflow))},
            "celery": {
                "worker_concurrency": str(workers.concurrency),
                # Seconds to hand a task over; the default of one is short for a new connection with TLS.
                "operation_timeout": "5.0",
            },
            "celery_broker_transport_options": {
                "visibility_timeout": str(VISIBILITY_TIMEOUT_SECONDS),
                # Azure drops idle connections without a word.
                "socket_keepalive": "True",
                "retry_on_timeout": "True",
            },
        },
    }


def _scaling(workers: WorkersSettings) -> dict[str, Any]:
    """How many workers run. The chart lets KEDA win where both scalers are on, so that the other is said to be off."""
    bounds = {"minReplicaCount": workers.min, "maxReplicaCount": workers.max}
    off = {"enabled": False}
    match workers.scaler:
        case "keda":
            # Through the pooler: otherwise the chart gives every container, task pods too, a variable of its own.
            keda = {"enabled": True, **bounds, "pollingInterval": 10, "cooldownPeriod": 300, "usePgbouncer": True}
            return {"keda": keda, "hpa": off}
        case "hpa":
            return {"keda": off, "hpa": {"enabled": True, **bounds}}
        case "none":
            return {"keda": off, "hpa": off, "replicas": workers.min}


def _parallelism(airflow: AirflowSettings) -> int:
    """How many tasks each scheduler may have in flight: enough that together they can fill every worker."""
    workers = airflow.workers
    most = workers.min if workers.scaler == "none" else workers.max
    return max(_AIRFLOW_PARALLELISM, -(-most * workers.concurrency // airflow.schedulers))


def _inside_the_scheduler() -> dict[str, Any]:
    return {
        "scheduler": {
            "terminationGracePeriodSeconds": _LOCAL_GRACE_SECONDS,
            "safeToEvict": False,
            "podAnnotations": {_SAFE_TO_EVICT: "false"},
        },
        "config": {"core": {"parallelism": str(LOCAL_PARALLELISM)}},
    }
