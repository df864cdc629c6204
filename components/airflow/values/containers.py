"""Chart values for the images of containers, and for the cpu, memory and disk that they request and are limited to."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from components.airflow.executors import executor_parts
from components.settings import nested
from components.settings.airflow_sections import AirflowSettings, ResourceComponent


class Size(NamedTuple):
    """Cores, memory and local disk, as Kubernetes quantities."""

    cpu: str
    memory: str
    disk: str


# Kubernetes' name for local disk: files of containers, their output, and emptyDir volumes. The kubelet evicts a pod
# that exceeds its limit, and no other pod.
DISK: Final = "ephemeral-storage"
# Paths of a component's resources in the chart's values. Init containers that wait for the migration use those of their
# pod. `migration` has no path: the chart's own Job is off.
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

# An idle Airflow process uses 200 to 330 MiB, and each command probe starts another one.
# Disk: a node keeps 5 files of 50 MB of a container's output (AKS, "Customize node configuration for AKS node pools",
# containerLogMaxSizeMB), so no container has less than 512 MiB. Airflow's own components also write log files and /tmp,
# the DAG processor clones DAG bundles, and git-sync has two copies of the repository while it changes commits.
_SIZES: Final[Mapping[ResourceComponent, Size]] = {
    "apiServer": Size("1", "1536Mi", "2Gi"),
    "dagProcessor": Size("1", "1536Mi", "4Gi"),
    "gitSync": Size("250m", "256Mi", "2Gi"),
    "logGroomer": Size("50m", "64Mi", "512Mi"),
    "migration": Size("1", "1Gi", "1Gi"),
    "pgbouncer": Size("250m", "128Mi", "512Mi"),
    "pgbouncerExporter": Size("50m", "64Mi", "512Mi"),
    "scheduler": Size("1", "1536Mi", "4Gi"),
    "statsd": Size("100m", "256Mi", "512Mi"),
    "taskPods": Size("1", "1Gi", "8Gi"),
    "triggerer": Size("500m", "1Gi", "4Gi"),
    # Sixteen tasks at once, each a process of 100 to 200 MiB that mostly waits, with 1 GiB of disk. With git-sync and
    # the log groomer, two workers fit a Standard_D4ds_v5 and four a Standard_D8ds_v5, with some cpu left for more pods
    # of AKS than we know of.
    "workers": Size("1400m", "4Gi", "16Gi"),
}
# Sixteen tasks run inside this scheduler at once.
_LOCAL_SCHEDULER: Final = Size("2", "4Gi", "16Gi")


def container_resources(component: ResourceComponent, airflow: AirflowSettings) -> dict[str, dict[str, str]]:
    """Return a component's requests and limits: those of `airflow.resources`, or our defaults.

    In `airflow.resources`, `workers` sizes Celery workers, or the task pods of an executor without them. If an executor
    has both, `taskPods` sizes the task pods.
    """
    alone = component in ("workers", "taskPods") and not executor_parts(airflow).celery_workers
    size = _default_size("taskPods" if alone else component, airflow)
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
    """Set Airflow's image by the `default*` keys: task pods read no other keys."""
    image = _split_reference(images["airflow"])
    return {"defaultAirflowRepository": image["repository"], "defaultAirflowTag": image["tag"]}


def sidecar_images(images: Mapping[str, str], *wanted: str) -> dict[str, Any]:
    """Set other images, by their names in the chart."""
    return {"images": {name: _split_reference(images[name]) for name in wanted}}


def _default_size(component: ResourceComponent, airflow: AirflowSettings) -> Size:
    if component == "scheduler" and not executor_parts(airflow).worker_pods:
        return _LOCAL_SCHEDULER
    return _SIZES[component]


def _split_reference(reference: str) -> dict[str, str]:
    """Split `registry/name:tag@sha256:...` as the chart expects: the digest stays with the tag."""
    named, at, digest = reference.partition("@")
    repository, colon, tag = named.rpartition(":")
    if not colon or "/" in tag:
        raise ValueError(f"image {reference} has no tag")
    return {"repository": repository, "tag": f"{tag}{at}{digest}"}
