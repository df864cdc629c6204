"""The parts of a stack that each executor needs. Only this module distinguishes executors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.settings.airflow_sections import AirflowSettings, Executor
from components.settings.cluster_sections import PoolSettings

from .names import SERVICE_ACCOUNTS

# The chart's `component` labels. Celery workers and the task pods of KubernetesExecutor have the same label.
WORKER: Final = "worker"
SCHEDULER: Final = "scheduler"


@dataclass(frozen=True, kw_only=True)
class ExecutorParts:
    """The parts of a stack that an executor needs.

    `celery_workers`: pods that keep running, with a broker, a result backend and access to the database. `task_pods`: a
    pod for each task, and a CronJob that removes failed pods. `keda`: the KEDA add-on of AKS, and a connection with
    which KEDA counts tasks. `task_components`: the chart's `component` labels of the pods that run tasks.
    """

    celery_workers: bool
    task_pods: bool
    keda: bool
    task_components: tuple[str, ...]

    @property
    def worker_pods(self) -> bool:
        """Whether tasks run in pods of their own or in Celery workers; otherwise they run in the scheduler."""
        return self.celery_workers or self.task_pods

    @property
    def accounts(self) -> dict[str, str]:
        """The service accounts of the components that run, by the component's key in the chart's values."""
        return {part: name for part, name in SERVICE_ACCOUNTS.items() if self.worker_pods or part != "workers"}

    @property
    def kubernetes_callers(self) -> tuple[str, ...]:
        """The components that call the Kubernetes API.

        Tasks and deferred tasks may use KubernetesPodOperator. The scheduler starts task pods, and the API server reads
        the logs of task pods.
        """
        launch = ("apiServer", "scheduler") if self.task_pods else () if self.celery_workers else ("scheduler",)
        return (*launch, "triggerer", "workers")


def executor_parts(airflow: AirflowSettings) -> ExecutorParts:
    """Return the parts that the executor of a stack needs."""
    keda = airflow.workers.scaler == "keda"
    match airflow.executor:
        case "KubernetesExecutor":
            return ExecutorParts(celery_workers=False, task_pods=True, keda=False, task_components=(WORKER,))
        case "CeleryExecutor":
            return ExecutorParts(celery_workers=True, task_pods=False, keda=keda, task_components=(WORKER,))
        case "CeleryExecutor,KubernetesExecutor":
            return ExecutorParts(celery_workers=True, task_pods=True, keda=keda, task_components=(WORKER,))
        case "LocalExecutor":
            return ExecutorParts(celery_workers=False, task_pods=False, keda=False, task_components=(SCHEDULER,))


def several_executors(executor: Executor) -> bool:
    """Return whether more than one executor runs at once."""
    return "," in executor


def default_pools(pools: Sequence[PoolSettings], parts: ExecutorParts) -> tuple[PoolSettings, ...]:
    """Return the default pools that the executor uses. An executor without worker pods gets no pool for workers."""
    return tuple(pool for pool in pools if parts.worker_pods or pool.purpose != "workers")
