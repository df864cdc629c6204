"""The chart values that depend on the executor, and the scaling of Celery workers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from components.airflow import names
from components.airflow.executors import ExecutorParts, executor_parts
from components.settings.airflow_sections import AirflowSettings, WorkersSettings

# The number of tasks that a scheduler with LocalExecutor runs at once.
LOCAL_PARALLELISM: Final = 16
# Airflow's default for the tasks that each scheduler and executor may run at once.
_AIRFLOW_PARALLELISM: Final = 32
# Seconds that a scheduler with LocalExecutor waits for its tasks on shutdown. Workers wait as long by the chart's
# default.
_LOCAL_GRACE_SECONDS: Final = 600
_SAFE_TO_EVICT: Final = "cluster-autoscaler.kubernetes.io/safe-to-evict"
# Seconds after which the broker gives an unacknowledged message to another worker. A task that runs longer would run
# twice at once, so this is a day, Airflow's default.
VISIBILITY_TIMEOUT_SECONDS: Final = 86400
# The chart puts the release's name before the name of a priority class. Values are below a million: Helm writes larger
# ones as floats.
_CORE_CLASS: Final = {"name": "core", "value": 100000}
# Task pods wait for room and preempt no other pod.
_TASKS_CLASS: Final = {"name": "tasks", "value": 1000, "preemptionPolicy": "Never"}
# The chart's ScaledObject reads KEDA's connection from this variable of the worker's container; the name is fixed.
_KEDA_VARIABLE: Final = "AIRFLOW_CONN_AIRFLOW_DB"


def executor_layers(airflow: AirflowSettings, namespace: str, worker_nodes: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the layers of values for an executor that runs tasks in worker pods, in task pods, or in the scheduler."""
    parts = executor_parts(airflow)
    yield {
        "executor": airflow.executor,
        "priorityClasses": [_CORE_CLASS, *([_TASKS_CLASS] if parts.worker_pods else [])],
        "cleanup": {"enabled": parts.task_pods},
    }
    if parts.celery_workers:
        yield _celery(airflow, parts, worker_nodes)
    if parts.task_pods:
        yield {"workers": {"kubernetes": worker_nodes}, "config": {"kubernetes_executor": {"namespace": namespace}}}
    if not parts.worker_pods:
        yield _inside_the_scheduler()


def _celery(airflow: AirflowSettings, parts: ExecutorParts, worker_nodes: dict[str, Any]) -> dict[str, Any]:
    workers = airflow.workers
    section = {**worker_nodes, **_scaling(workers)}
    if not parts.task_pods:
        # No budget if there are task pods, because the chart's budget would select them too. No controller owns task
        # pods, so Kubernetes could not compute the budget and would evict no pod.
        section["podDisruptionBudget"] = {"enabled": True, "config": {"maxUnavailable": 1}}
    if parts.keda:
        source = {"name": names.KEDA_SECRET, "key": names.CONNECTION_KEY}
        section["env"] = [{"name": _KEDA_VARIABLE, "valueFrom": {"secretKeyRef": source}}]
    return {
        "data": {"brokerUrlSecretName": names.BROKER_SECRET, "resultBackendSecretName": names.RESULT_BACKEND_SECRET},
        "workers": {"celery": section},
        "config": {
            "core": {"parallelism": str(_parallelism(airflow))},
            "celery": {
                "worker_concurrency": str(workers.concurrency),
                # Seconds to send a task to the broker. The default of 1 is too short for a new TLS connection.
                "operation_timeout": "5.0",
            },
            "celery_broker_transport_options": {
                "visibility_timeout": str(VISIBILITY_TIMEOUT_SECONDS),
                # Azure drops idle connections silently.
                "socket_keepalive": "True",
                "retry_on_timeout": "True",
            },
        },
    }


def _scaling(workers: WorkersSettings) -> dict[str, Any]:
    """Set the number of workers. Both scalers are set explicitly, because the chart prefers KEDA if both are on."""
    bounds = {"minReplicaCount": workers.min, "maxReplicaCount": workers.max}
    off = {"enabled": False}
    match workers.scaler:
        case "keda":
            # Without usePgbouncer, the chart adds a variable for KEDA to every container, also in task pods.
            keda = {"enabled": True, **bounds, "pollingInterval": 10, "cooldownPeriod": 300, "usePgbouncer": True}
            return {"keda": keda, "hpa": off}
        case "hpa":
            return {"keda": off, "hpa": {"enabled": True, **bounds}}
        case "none":
            return {"keda": off, "hpa": off, "replicas": workers.min}


def _parallelism(airflow: AirflowSettings) -> int:
    """Return how many tasks each scheduler may run at once, so that all schedulers together can fill all workers."""
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
