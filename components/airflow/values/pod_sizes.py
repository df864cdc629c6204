"""The requests of each pod of Airflow: the sums of its containers' requests."""

from __future__ import annotations

from typing import Final, NamedTuple

from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.airflow.vault.connections import Pooler
from components.settings.airflow_sections import AirflowSettings, DagsSettings, ResourceComponent
from components.settings.azure_sections import LogsSettings
from components.settings.quantities import mebibytes, millicores

from .containers import DISK, container_resources

_Containers = tuple["ResourceComponent", ...]
# Equal to `pgbouncer.replicas` in charts/airflow/values.yaml.
PGBOUNCER_PODS: Final = 2


# The percentage of a Deployment's pods that an update may stop before new pods are ready, rounded down. It comes from
# the `strategy` in the charts' values and templates, or is Kubernetes' default of 25.
_NONE: Final = 0
_KUBERNETES_DEFAULT: Final = 25
_HALF: Final = 50


class _Kind(NamedTuple):
    name: str
    containers: tuple[ResourceComponent, ...]
    replicas: int = 0
    init_containers: tuple[ResourceComponent, ...] = ()
    runs_tasks: bool = False
    most: int = 0
    may_stop: int = _NONE


class PodSize(NamedTuple):
    """A kind of pod: the requests of one pod, in millicores and in MiB of memory and of disk, and the number of pods.

    `sized_by`: the keys of `airflow.resources` that change the requests. `replicas`: the pods that always run. `most`:
    the pods after scaling out. `needs_surge`: an update starts a new pod before it stops an old one, so it needs room
    for one more pod.
    """

    name: str
    sized_by: tuple[ResourceComponent, ...]
    cpu: int
    memory: int
    disk: int
    replicas: int
    most: int
    runs_tasks: bool
    needs_surge: bool


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
    parses, defers, workers = airflow.dag_processors, airflow.triggerers, airflow.workers
    return [
        _Kind("API server", ("apiServer",), airflow.api_servers),
        _Kind(
            "scheduler",
            ("scheduler", *groomer, *beside_scheduler),
            airflow.schedulers,
            may_stop=_KUBERNETES_DEFAULT,
        ),
        _Kind("DAG processor", ("dagProcessor", *sync, *groomer), parses, may_stop=_HALF) if parses else None,
        _Kind("triggerer", ("triggerer", *sync, *groomer), defers, may_stop=_HALF) if defers else None,
        _Kind("PgBouncer", ("pgbouncer", "pgbouncerExporter"), PGBOUNCER_PODS) if pooler == "pgbouncer" else None,
        _Kind("StatsD", ("statsd",), 1, may_stop=_KUBERNETES_DEFAULT),
        _Kind("migration", ("migration",)),
        _Kind(
            "Celery worker",
            ("workers", *beside_worker),
            workers.min,
            runs_tasks=True,
            most=workers.min if workers.scaler == "none" else workers.max,
            may_stop=_HALF,
        )
        if parts.celery_workers
        else None,
        _Kind("task", (task,), init_containers=sync, runs_tasks=True) if parts.task_pods else None,
    ]


def _pod(airflow: AirflowSettings, kind: _Kind) -> PodSize:
    """Add up the requests of the containers.

    Init containers run earlier and one at a time. An init container with a larger request than the sum sets the pod's
    request.
    """
    needed = _requests(airflow, kind.containers)
    for init in kind.init_containers:
        needed = [max(both) for both in zip(needed, _requests(airflow, (init,)), strict=True)]
    cpu, memory, disk = needed
    return PodSize(
        name=kind.name,
        sized_by=(*kind.containers, *kind.init_containers),
        cpu=cpu,
        memory=memory,
        disk=disk,
        replicas=kind.replicas,
        most=max(kind.most, kind.replicas),
        runs_tasks=kind.runs_tasks,
        needs_surge=kind.replicas > 0 and kind.replicas * kind.may_stop < 100,
    )


def _requests(airflow: AirflowSettings, components: tuple[ResourceComponent, ...]) -> list[int]:
    """Return millicores, MiB of memory and MiB of disk."""
    requests = [container_resources(component, airflow)["requests"] for component in components]
    return [
        sum(millicores(one["cpu"]) for one in requests),
        sum(mebibytes(one["memory"]) for one in requests),
        sum(mebibytes(one[DISK]) for one in requests),
    ]
