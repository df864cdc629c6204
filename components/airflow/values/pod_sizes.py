"""What each pod of Airflow requests: the sum of its containers."""

from __future__ import annotations

from typing import Final, NamedTuple

from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.airflow.vault.connections import Pooler
from components.settings.airflow_sections import AirflowSettings, DagsSettings, ResourceComponent
from components.settings.azure_sections import LogsSettings
from components.settings.quantities import mebibytes, millicores

from .containers import container_resources

_Containers = tuple["ResourceComponent", ...]
# The static values of the chart: PgBouncer has two pods.
PGBOUNCER_PODS: Final = 2


class _Kind(NamedTuple):
    name: str
    containers: tuple[ResourceComponent, ...]
    replicas: int = 0
    init_containers: tuple[ResourceComponent, ...] = ()
    runs_tasks: bool = False


class PodSize(NamedTuple):
    """A kind of pod: the millicores and MiB that each requests, and how many always run.

    `sized_by` holds the keys of `airflow.resources` that change what it requests.
    """

    name: str
    sized_by: tuple[ResourceComponent, ...]
    cpu: int
    memory: int
    replicas: int
    runs_tasks: bool


def pod_sizes(airflow: AirflowSettings, dags: DagsSettings, logs: LogsSettings, pooler: Pooler) -> tuple[PodSize, ...]:
    """Return every kind of pod of a stack. Jobs and task pods do not always run, so they have no replicas."""
    return tuple(_pod(airflow, kind) for kind in _kinds(airflow, dags, logs, pooler) if kind is not None)


def _kinds(airflow: AirflowSettings, dags: DagsSettings, logs: LogsSettings, pooler: Pooler) -> list[_Kind | None]:
    parts, line = executor_parts(airflow), family_of(airflow.release)
    sync: _Containers = ("gitSync",) if dags.delivery == "gitSync" else ()
    groomer: _Containers = () if logs.delivery == "blobfuse" else ("logGroomer",)
    # A scheduler that runs tasks or parses DAGs needs the DAGs.
    beside_scheduler = sync if not parts.worker_pods or airflow.dag_processors == 0 else ()
    beside_worker = (*sync, *(groomer if line.grooms_worker_logs else ()))
    task: ResourceComponent = "taskPods" if parts.celery_workers else "workers"
    parses, defers = airflow.dag_processors, airflow.triggerers
    return [
        _Kind("API server", ("apiServer",), airflow.api_servers),
        _Kind("scheduler", ("scheduler", *groomer, *beside_scheduler), airflow.schedulers),
        _Kind("DAG processor", ("dagProcessor", *sync, *groomer), parses) if parses else None,
        _Kind("triggerer", ("triggerer", *sync, *groomer), defers) if defers else None,
        _Kind("PgBouncer", ("pgbouncer", "pgbouncerExporter"), PGBOUNCER_PODS) if pooler == "pgbouncer" else None,
        _Kind("StatsD", ("statsd",), 1),
        _Kind("migration", ("migration",)),
        _Kind("Celery worker", ("workers", *beside_worker), airflow.workers.min, runs_tasks=True)
        if parts.celery_workers
        else None,
        _Kind("task", (task,), init_containers=sync, runs_tasks=True) if parts.task_pods else None,
    ]


def _pod(airflow: AirflowSettings, kind: _Kind) -> PodSize:
    """Add up the containers. Init containers run before them, one at a time, so the larger of both counts."""
    cpu, memory = _requests(airflow, kind.containers)
    for init in kind.init_containers:
        init_cpu, init_memory = _requests(airflow, (init,))
        cpu, memory = max(cpu, init_cpu), max(memory, init_memory)
    sized_by = (*kind.containers, *kind.init_containers)
    return PodSize(kind.name, sized_by, cpu, memory, kind.replicas, kind.runs_tasks)


def _requests(airflow: AirflowSettings, components: tuple[ResourceComponent, ...]) -> tuple[int, int]:
    requests = [container_resources(component, airflow)["requests"] for component in components]
    return sum(millicores(one["cpu"]) for one in requests), sum(mebibytes(one["memory"]) for one in requests)
