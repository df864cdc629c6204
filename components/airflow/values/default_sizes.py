"""The default cpu, memory and disk of every container; `airflow.resources` of a stack file overrides them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final, NamedTuple

from components.airflow.executors import executor_parts
from components.settings.airflow_sections import AirflowSettings, ResourceComponent


class Size(NamedTuple):
    """Cores, memory and local disk, as Kubernetes quantities."""

    cpu: str
    memory: str
    disk: str


# An idle Airflow process uses 200 to 330 MiB, and each command probe starts another one.
# Disk: a node keeps 5 files of 50 MB of a container's output (AKS, "Customize node configuration for AKS node pools",
# containerLogMaxSizeMB), so no container has less than 512 MiB. Airflow's own components also write log files and /tmp,
# the DAG processor clones DAG bundles, and git-sync has two copies of the repository while it changes commits.
SIZES: Final[Mapping[ResourceComponent, Size]] = {
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
    # the log groomer, two workers fit a Standard_D4ds_v5 and four a Standard_D8ds_v5, with some cpu left for pods of
    # AKS that components/azure/node_room.py does not count.
    "workers": Size("1400m", "4Gi", "16Gi"),
}
# The scheduler of LocalExecutor, inside which sixteen tasks run at once.
LOCAL_SCHEDULER: Final = Size("2", "4Gi", "16Gi")


def default_size(component: ResourceComponent, airflow: AirflowSettings) -> Size:
    """Return the default size of a component's container; a scheduler that runs tasks itself is larger."""
    if component == "scheduler" and not executor_parts(airflow).worker_pods:
        return LOCAL_SCHEDULER
    return SIZES[component]
