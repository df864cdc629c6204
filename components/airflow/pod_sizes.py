"""What each pod of Airflow requests: the sum of its containers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from components.kubernetes.quantities import mebibytes, millicores

from .container_values import container_resources
from .executors import executor_parts

if TYPE_CHECKING:
    from components.settings.airflow_sections import AirflowSettings, ResourceComponent

Pooler = Literal["pgbouncer", "server", "none"]
# The static values of the chart: PgBouncer has two pods.
PGBOUNCER_PODS: Final = 2


class _Kind(NamedTuple):
    name: str
    containers: tuple[ResourceComponent, ...]
    replicas: int = 0
    init_containers: tuple[ResourceComponent, ...] = ()
    runs_tasks: bool = False


class PodSize(NamedTuple):
    """A kind of pod: the millicores and MiB that one requests, and how many run as long as Airflow does.

    `sized_by` names what `airflow.resources` can change about it.
    """

    name: str
    sized_by: tuple[ResourceComponent, ...]
    cpu: int
    memory: int
    replicas: int
    runs_tasks: bool


def pod_sizes(airflow: AirflowSettings, pooler: Pooler) -> tuple[PodSize, ...]:
    """Give every kind of pod that a stack runs; Jobs and task pods, which come and go, with no replicas."""
    return tuple(_pod(airflow, kind) for kind in _kinds(airflow, pooler) if kind is not None)


def _kinds(airflow: AirflowSettings, pooler: Pooler) -> list[_Kind | None]:
    parts = executor_parts(airflow)
    # Tasks that run inside the scheduler need the DAGs there.
    dags: tuple[ResourceComponent, ...] = () if parts.worker_pods else ("gitSync",)
    task: ResourceComponent = "taskPods" if parts.celery_workers else "workers"
    return [
        _Kind("API server", ("apiServer",), airflow.api_servers),
        _Kind("scheduler", ("scheduler", "logGroomer", *dags), airflow.schedulers),
        _Kind("DAG processor", ("dagProcessor", "gitSync", "logGroomer"), airflow.dag_processors),
        _Kind("triggerer", ("triggerer", "gitSync", "logGroomer"), airflow.triggerers) if airflow.triggerers else None,
        _Kind("PgBouncer", ("pgbouncer", "pgbouncerExporter"), PGBOUNCER_PODS) if pooler == "pgbouncer" else None,
        _Kind("StatsD", ("statsd",), 1),
        _Kind("migration", ("migration",)),
        _Kind("Celery worker", ("workers", "gitSync", "logGroomer"), runs_tasks=True) if parts.celery_workers else None,
        _Kind("task", (task,), init_containers=("gitSync",), runs_tasks=True) if parts.task_pods else None,
    ]


def _pod(airflow: AirflowSettings, kind: _Kind) -> PodSize:
    """Add the containers up. Init containers run before them, one by one, so that the larger of both counts."""
    cpu, memory = _requests(airflow, kind.containers)
    for init in kind.init_containers:
        init_cpu, init_memory = _requests(airflow, (init,))
        cpu, memory = max(cpu, init_cpu), max(memory, init_memory)
    sized_by = (*kind.containers, *kind.init_containers)
    return PodSize(kind.name, sized_by, cpu, memory, kind.replicas, kind.runs_tasks)


def _requests(airflow: AirflowSettings, components: tuple[ResourceComponent, ...]) -> tuple[int, int]:
    requests = [container_resources(component, airflow)["requests"] for component in components]
    return sum(millicores(one["cpu"]) for one in requests), sum(mebibytes(one["memory"]) for one in requests)
