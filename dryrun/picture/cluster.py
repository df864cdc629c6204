"""The texts of the boxes in the cluster, each from its own component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dryrun.facts import NodePool, at
from dryrun.plan import Resource
from dryrun.tree import Component
from dryrun.words import counted, inventory, spoken

from .box import Box, Side, box_of, first

_DELIVERIES: Final = {"CsiSecrets": "Secrets Store CSI driver", "ExternalSecrets": "External Secrets"}
_PARTS: Final = {
    "apiServer": "API server",
    "webserver": "web server",
    "scheduler": "scheduler",
    "dagProcessor": "DAG processor",
    "triggerer": "triggerer",
}


def cluster(part: Component) -> Box:
    """The cluster: version, tier, zones."""
    inputs = first(part, "azure-native:containerservice:ManagedCluster")
    zones = at(inputs, "agentPoolProfiles", 0, "availabilityZones") or ()
    said = [inputs.get("resourceName", part.name), f"Kubernetes {inputs.get('kubernetesVersion')}"]
    said += [f"{at(inputs, 'sku', 'tier')} tier", counted(len(zones), "zone") if zones else "no zones"]
    return box_of(part, "AKS cluster", "kubernetes", ", ".join(map(str, said)))


def pool_text(pool: NodePool) -> str:
    """A node pool in a line: `tasks: 0 to 4 nodes, D4ds_v5, spot`."""
    noun = "node" if pool.nodes == "1" else "nodes"
    return f"{pool.name}: {pool.nodes} {noun}, {pool.size}" + (", spot" if pool.spot else "")


def namespace(part: Component) -> Box:
    """The namespace that Airflow runs in."""
    name = at(first(part, "kubernetes:core/v1:Namespace"), "metadata", "name") or part.name
    rest = [resource for resource in part.resources if resource.type != "kubernetes:core/v1:Namespace"]
    return box_of(part, "Namespace", "kubernetes", ", ".join([str(name), inventory(rest)]))


def secret_sync(part: Component) -> Box:
    """What brings secrets from the vault into the cluster."""
    release = first(part, "kubernetes:helm.sh/v3:Release")
    way = _DELIVERIES.get(part.nested[0].class_name, spoken(part.nested[0].class_name)) if part.nested else ""
    every = at(first(part, "kubernetes:external-secrets.io/v1:ExternalSecret"), "spec", "refreshInterval")
    keepers = at(first(part, "kubernetes:apps/v1:Deployment"), "spec", "replicas")
    version = f" {release.get('version')}" if release.get("version") else ""
    more = f"every {every}" if every else f"held by {counted(int(keepers), 'keeper pod')}" if keepers else ""
    return box_of(part, "Secret sync", "kubernetes", f"{way}{version}", more)


def kubernetes_secrets(part: Component) -> Box:
    """The Secrets that the sync keeps in the namespace."""
    provider_class = first(part, "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass")
    made = len(part.all("kubernetes:external-secrets.io/v1:ExternalSecret"))
    made += len(at(provider_class, "spec", "secretObjects") or ())
    return box_of(part, "Kubernetes Secrets", "kubernetes", f"{made}, copied from the vault")


def migration(part: Component) -> Box:
    """The jobs that prepare the database."""
    jobs = [spoken(job.name.removeprefix(f"{part.name}-")) for job in part.all("kubernetes:batch/v1:Job")]
    return box_of(part, "Database jobs", "airflow", ", ".join([*jobs[:1], *(job.lower() for job in jobs[1:])]))


def airflow(part: Component) -> Box:
    """Airflow itself: release and long-running parts."""
    release = first(part, "kubernetes:helm.sh/v3:Release")
    values = at(release, "values")
    version = f"Airflow {at(values, 'airflowVersion') or ''}".strip()
    lines = [f"{version}, chart {release.get('version')}", *str(at(values, "executor") or "").split(",")]
    for key, noun in _PARTS.items():
        replicas = at(values, key, "replicas")
        if replicas and at(values, key, "enabled") is not False:
            lines.append(counted(int(replicas), noun))
    return box_of(part, "Airflow", "airflow", *lines)


def tasks(part: Component, release: Resource, found: list[NodePool]) -> Box:
    """Where tasks run: pods of their own, Celery workers, or the scheduler."""
    values = at(release.inputs, "values")
    executor = str(at(values, "executor") or "")
    kind = "celery" if "CeleryExecutor" in executor else "kubernetes"
    # Older charts know one kind of workers.
    selector = at(values, "workers", kind, "nodeSelector") or at(values, "workers", "nodeSelector") or {}
    chosen = [pool for pool in found if selector and selector.items() <= pool.labels.items()]
    where = ", ".join(f"pool {pool.name}" + (" (spot)" if pool.spot else "") for pool in chosen)
    if kind == "celery":
        pods = "or a pod for each task" if "KubernetesExecutor" in executor else ""
        number = _workers({**at(values, "workers"), **(at(values, "workers", "celery") or {})})
        return box_of(part, "Tasks", "airflow", "Celery workers", number, pods, where)
    if executor == "LocalExecutor":
        return box_of(part, "Tasks", "airflow", "inside the scheduler")
    return box_of(part, "Tasks", "airflow", "a pod for each task", where)


def _workers(section: Mapping[str, Any]) -> str:
    """How many of Celery's workers there are: `1 to 10, by KEDA`, or `3 of them`."""
    for key, name in (("keda", "KEDA"), ("hpa", "HPA")):
        if at(section, key, "enabled"):
            least, most = at(section, key, "minReplicaCount"), at(section, key, "maxReplicaCount")
            return f"{least} to {most}, by {name}"
    return f"{at(section, 'replicas') or 1} of them"


def pooler(part: Component, release: Resource) -> Box | None:
    """The chart's connection pooler, if it runs."""
    settings = at(release.inputs, "values", "pgbouncer") or {}
    if not settings.get("enabled"):
        return None
    return box_of(part, "PgBouncer", "airflow", counted(int(settings.get("replicas") or 1), "replica"))


def other(part: Component) -> Box:
    """A component that the picture knows nothing more about."""
    side: Side = "azure" if part.group == "azure" else "airflow" if part.group == "airflow" else "kubernetes"
    return box_of(part, spoken(part.class_name), side, *(piece for piece in inventory(part.resources).split(", ")[:3]))
