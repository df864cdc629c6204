"""Size limits of the emptyDir volumes in the chart's values, so that no pod fills its node's disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from components.airflow.executors import executor_parts
from components.settings.airflow_sections import AirflowSettings, ResourceComponent
from components.settings.quantities import mebibytes

from .containers import DISK, container_resources
from .layers import merge

# The volume for /tmp, which the chart mounts in every Airflow container.
_TMP: Final = "tmp"
_AIRFLOW_CONTAINERS: Final[tuple[ResourceComponent, ...]] = ("apiServer", "dagProcessor", "scheduler", "triggerer")


def limit_volumes(static: Mapping[str, Any], airflow: AirflowSettings) -> dict[str, Any]:
    """Return the static values with a size limit for the volumes of /tmp, of logs and of git-sync's DAGs.

    The chart has one value for the logs and /tmp of all components, so its limit is the largest disk of any component.
    In a pod with less disk, the limit of the containers applies first: Kubernetes counts emptyDir volumes against it.
    """
    largest = max((_disk(component, airflow) for component in _writers(airflow)), key=mebibytes)
    volumes = [
        {**volume, "emptyDir": {"sizeLimit": largest}} if volume["name"] == _TMP else volume
        for volume in static["volumes"]
    ]
    return merge(
        static,
        {
            "volumes": volumes,
            "logs": {"emptyDirConfig": {"sizeLimit": largest}},
            "dags": {"gitSync": {"emptyDirConfig": {"sizeLimit": _disk("gitSync", airflow)}}},
        },
    )


def _writers(airflow: AirflowSettings) -> tuple[ResourceComponent, ...]:
    parts = executor_parts(airflow)
    workers: tuple[ResourceComponent, ...] = ("workers",) if parts.celery_workers else ()
    tasks: tuple[ResourceComponent, ...] = ("taskPods",) if parts.task_pods else ()
    return (*_AIRFLOW_CONTAINERS, *workers, *tasks)


def _disk(component: ResourceComponent, airflow: AirflowSettings) -> str:
    return container_resources(component, airflow)["limits"][DISK]
