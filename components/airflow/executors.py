"""What each executor brings along. Everything that depends on the executor asks here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from components.settings.airflow_sections import AirflowSettings, Executor
from components.settings.cluster_sections import PoolSettings

from .names import SERVICE_ACCOUNTS

# What the chart calls the pods that run tasks: both Celery's workers and the pods of KubernetesExecutor.
WORKER: Final = "worker"
SCHEDULER: Final = "scheduler"


@dataclass(frozen=True, kw_only=True)
class ExecutorParts:
    """What an executor needs around it.

    `celery_workers`: pods that stay, and with them the broker, the result backend and a way from workers to the
    database. `task_pods`: a pod for each task, and with them what removes the broken ones. `keda`: the add-on of AKS,
    and a connection that it counts tasks with. `task_components`: the chart's labels of the pods that tasks run in.
    `worker_pods` is false where tasks run inside the scheduler.
    """

    celery_workers: bool
    task_pods: bool
    keda: bool
    task_components: tuple[str, ...]

    @property
    def worker_pods(self) -> bool:
        """Whether tasks have pods of their own, of either kind, and so an account, a size and nodes."""
        return self.celery_workers or self.task_pods

    @property
    def accounts(self) -> dict[str, str]:
        """The service accounts of the components that run, by the chart's key."""
        return {part: name for part, name in SERVICE_ACCOUNTS.items() if self.worker_pods or part != "workers"}

    @property
    def kubernetes_callers(self) -> tuple[str, ...]:
        """The components that call the Kubernetes API.

        Tasks and deferred tasks do with KubernetesPodOperator; a pod for each task is launched by the scheduler, and
        its log is read by the UI.
        """
        launch = ("apiServer", "scheduler") if self.task_pods else () if self.celery_workers else ("scheduler",)
        return (*launch, "triggerer", "workers")


def executor_parts(airflow: AirflowSettings) -> ExecutorParts:
    """Decide what the executor of a stack brings."""
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
    """Whether more than one executor runs at once."""
    return "," in executor


def default_pools(pools: Sequence[PoolSettings], parts: ExecutorParts) -> tuple[PoolSettings, ...]:
    """Keep of the pools that nobody asked for those that are of use: none for workers where no worker runs."""
    return tuple(pool for pool in pools if parts.worker_pods or pool.purpose != "workers")
