"""Chart values for the images of containers, and for their requests and limits of cpu, memory and disk."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from components.airflow.executors import executor_parts
from components.kubernetes.image_reference import split_reference
from components.settings import nested
from components.settings.airflow_sections import AirflowSettings, ResourceComponent

from .default_sizes import default_size

# Kubernetes' name for local disk: files of containers, their output, and emptyDir volumes. The kubelet evicts only
# the pod that exceeds its limit.
DISK: Final = "ephemeral-storage"
# Paths of a component's resources in the chart's values. Init containers that wait for the migration use the
# resources of their pod's component. `migration` has no path: the chart's own Job is off.
RESOURCE_PLACES: Final[Mapping[ResourceComponent, tuple[str, ...]]] = {
    "apiServer": ("apiServer.resources",),
    "dagProcessor": ("dagProcessor.resources",),
    "gitSync": ("dags.gitSync.resources",),
    "logGroomer": (
        "dagProcessor.logGroomerSidecar.resources",
        "scheduler.logGroomerSidecar.resources",
        "triggerer.logGroomerSidecar.resources",
        "workers.celery.logGroomerSidecar.resources",
    ),
    "pgbouncer": ("pgbouncer.resources",),
    "pgbouncerExporter": ("pgbouncer.metricsExporterSidecar.resources",),
    "scheduler": ("scheduler.resources",),
    "statsd": ("statsd.resources",),
    "taskPods": ("workers.kubernetes.resources",),
    "triggerer": ("triggerer.resources",),
    "workers": ("workers.celery.resources",),
}


def container_resources(component: ResourceComponent, airflow: AirflowSettings) -> dict[str, dict[str, str]]:
    """Return a component's requests and limits: from `airflow.resources`, or else from default_sizes.py.

    In `airflow.resources`, `workers` sizes the only kind of worker that an executor has: Celery workers or task pods.
    If an executor has both kinds, `workers` sizes Celery workers, and `taskPods` sizes task pods.
    """
    alone = component in ("workers", "taskPods") and not executor_parts(airflow).celery_workers
    size = default_size("taskPods" if alone else component, airflow)
    given = airflow.resources.get("workers" if alone else component)
    figures = {
        "cpu": given.cpu if given and given.cpu else size.cpu,
        "memory": given.memory if given and given.memory else size.memory,
        DISK: given.disk if given and given.disk else size.disk,
    }
    return {"requests": dict(figures), "limits": dict(figures)}


def resource_values(airflow: AirflowSettings) -> dict[str, Any]:
    """Return the chart values that size every container."""
    values: dict[str, Any] = {}
    parts = executor_parts(airflow)
    unused = {"workers.celery.": not parts.celery_workers, "workers.kubernetes.": not parts.task_pods}
    for component, places in RESOURCE_PLACES.items():
        for place in places:
            if any(place.startswith(section) for section, absent in unused.items() if absent):
                continue
            nested.put(values, place, container_resources(component, airflow))
    return values


def airflow_image(images: Mapping[str, str]) -> dict[str, str]:
    """Set Airflow's image by the `default*` keys, because task pods read no other keys."""
    image = split_reference(images["airflow"])
    return {"defaultAirflowRepository": image["repository"], "defaultAirflowTag": image["tag"]}


def sidecar_images(images: Mapping[str, str], *wanted: str) -> dict[str, Any]:
    """Set other images, by their names in the chart."""
    return {"images": {name: split_reference(images[name]) for name in wanted}}
