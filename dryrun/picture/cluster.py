"""Describes the boxes in the cluster, each box from its component."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from dryrun.facts import NodePool, look_up
from dryrun.plan import Resource
from dryrun.tree import Component
from dryrun.words import humanize, pluralize, summarize

from .box import Box, Side, find_inputs, make_box
from .connections import uses_public_api_server

_DELIVERIES: Final = {"CsiSecrets": "Secrets Store CSI driver", "ExternalSecrets": "External Secrets"}
_PARTS: Final = {
    "apiServer": "API server",
    "webserver": "web server",
    "scheduler": "scheduler",
    "dagProcessor": "DAG processor",
    "triggerer": "triggerer",
}
# Where the charts of the release lines keep the file with the sign-in.
_SIGN_IN_FILES: Final = (("apiServer", "apiServerConfig"), ("webserver", "webserverConfig"))


def describe_cluster(part: Component) -> Box:
    """Return the frame of the cluster: name, version, tier and zones, and the endpoint of its API server."""
    inputs = find_inputs(part, "azure-native:containerservice:ManagedCluster")
    zones = look_up(inputs, "agentPoolProfiles", 0, "availabilityZones") or ()
    facts = [inputs.get("resourceName", part.name), f"Kubernetes {inputs.get('kubernetesVersion')}"]
    facts += [f"{look_up(inputs, 'sku', 'tier')} tier", pluralize(len(zones), "zone") if zones else "no zones"]
    public = uses_public_api_server(part)
    ranges = len(look_up(inputs, "apiServerAccessProfile", "authorizedIPRanges") or ())
    limit = f", limited to {pluralize(ranges, 'address range')}" if ranges else ""
    api = f"{'public' if public else 'private'} API server{limit}"
    second = ", ".join([api, *_list_security(inputs)])
    return make_box(part, "AKS cluster", "kubernetes", ", ".join(map(str, facts)), second, private=not public)


def _list_security(inputs: Mapping[str, Any]) -> list[str]:
    """Return what the security baseline adds to a cluster."""
    found = {
        "Azure Policy": look_up(inputs, "addonProfiles", "azurepolicy", "enabled"),
        "Defender": look_up(inputs, "securityProfile", "defender", "securityMonitoring", "enabled"),
        "encrypted hosts": look_up(inputs, "agentPoolProfiles", 0, "enableEncryptionAtHost"),
        "own disk key": inputs.get("diskEncryptionSetID"),
    }
    return [name for name, value in found.items() if value]


def format_pool(pool: NodePool) -> str:
    """Return a node pool as one line: `tasks: 0 to 4 nodes, D4ds_v5, spot`."""
    noun = "node" if pool.nodes == "1" else "nodes"
    return f"{pool.name}: {pool.nodes} {noun}, {pool.size}" + (", spot" if pool.spot else "")


def describe_namespace(part: Component) -> Box:
    """Return the frame of Airflow's namespace: its name and a count of its other resources."""
    name = look_up(find_inputs(part, "kubernetes:core/v1:Namespace"), "metadata", "name") or part.name
    rest = [resource for resource in part.resources if resource.type != "kubernetes:core/v1:Namespace"]
    return make_box(part, f"Namespace {name}", "kubernetes", summarize(rest))


def describe_namespace_of_sync(part: Component) -> Box | None:
    """Return the frame of the namespace in which the reader of the Key Vault runs; None if the plan names none.

    The reader is an operator or, with the add-on of AKS, the add-on's driver in `kube-system`.
    """
    delivery = part.nested[0].class_name if part.nested else ""
    name = find_inputs(part, "kubernetes:helm.sh/v3:Release").get("namespace")
    name = "kube-system" if delivery == "CsiSecrets" else name
    return make_box(part, f"Namespace {name}", "kubernetes") if name else None


def describe_secret_sync(part: Component) -> Box:
    """Return the box of the operator or driver that copies secrets from the Key Vault into the cluster."""
    release = find_inputs(part, "kubernetes:helm.sh/v3:Release")
    way = _DELIVERIES.get(part.nested[0].class_name, humanize(part.nested[0].class_name)) if part.nested else ""
    every = look_up(find_inputs(part, "kubernetes:external-secrets.io/v1:ExternalSecret"), "spec", "refreshInterval")
    keepers = look_up(find_inputs(part, "kubernetes:apps/v1:Deployment"), "spec", "replicas")
    version = f" {release.get('version')}" if release.get("version") else ""
    more = f"every {every}" if every else f"held by {pluralize(int(keepers), 'keeper pod')}" if keepers else ""
    return make_box(part, "Secret sync", "kubernetes", f"{way}{version}", more)


def describe_kubernetes_secrets(part: Component) -> Box:
    """Return the box of the Secrets that the secret sync writes into the namespace."""
    provider_class = find_inputs(part, "kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass")
    made = len(part.all("kubernetes:external-secrets.io/v1:ExternalSecret"))
    made += len(look_up(provider_class, "spec", "secretObjects") or ())
    return make_box(part, "Kubernetes Secrets", "kubernetes", f"{made}, copied from the vault")


def describe_certificates(part: Component) -> Box:
    """Return the box of the gateway's certificate: where it comes from, and how the name is checked."""
    issuers = [issuer.inputs["spec"] for issuer in part.all("kubernetes:cert-manager.io/v1:Issuer")]
    acme = next((spec["acme"] for spec in issuers if "acme" in spec), None)
    if not issuers:
        return make_box(part, "Certificate", "kubernetes", "copied from the vault")
    if acme is None:
        return make_box(part, "Certificate", "kubernetes", "cert-manager, own authority")
    staging = " (staging)" if "staging" in acme["server"] else ""
    way = "DNS record" if "dns01" in acme["solvers"][0] else "HTTP request"
    return make_box(part, "Certificate", "kubernetes", f"Let's Encrypt{staging}", f"checked by {way}")


def describe_chaos(part: Component) -> Box:
    """Return the box of chaoskube: of which component it deletes a pod, and how often."""
    containers = look_up(find_inputs(part, "kubernetes:apps/v1:Deployment"), "spec", "template", "spec", "containers")
    flags = dict(flag.partition("=")[::2] for container in containers or () for flag in container["args"])
    target = dict(label.partition("=")[::2] for label in flags.get("--labels", "").split(",")).get("component", "")
    does = "names" if "--dry-run" in flags else "deletes"
    minutes = flags.get("--interval", "").removesuffix("m")
    return make_box(part, "Chaos", "airflow", f"{does} a {target} pod", f"every {minutes} minutes")


def describe_migration(part: Component) -> Box:
    """Return the box of the jobs that migrate the database and create the first user."""
    jobs = [humanize(job.name.removeprefix(f"{part.name}-")) for job in part.all("kubernetes:batch/v1:Job")]
    names = ", ".join([*jobs[:1], *(job.lower() for job in jobs[1:])])
    return make_box(part, "Database jobs", "airflow", names, "before Airflow")


def describe_airflow(part: Component) -> Box:
    """Return the box of Airflow: versions, executors, the number of each long-running part, and Entra's sign-in."""
    release = find_inputs(part, "kubernetes:helm.sh/v3:Release")
    values = look_up(release, "values")
    version = f"Airflow {look_up(values, 'airflowVersion') or ''}".strip()
    lines = [f"{version}, chart {release.get('version')}", *str(look_up(values, "executor") or "").split(",")]
    for key, noun in _PARTS.items():
        replicas = look_up(values, key, "replicas")
        if replicas and look_up(values, key, "enabled") is not False:
            lines.append(pluralize(int(replicas), noun))
    if any(look_up(values, *place) for place in _SIGN_IN_FILES):
        lines.append("sign-in with Entra")
    return make_box(part, "Airflow", "airflow", *lines)


def describe_tasks(part: Component, release: Resource, found: list[NodePool]) -> Box:
    """Return the box of the tasks: the kind of pods that run them, the number of workers, and the node pools."""
    values = look_up(release.inputs, "values")
    executor = str(look_up(values, "executor") or "")
    kind = "celery" if "CeleryExecutor" in executor else "kubernetes"
    # The chart of Airflow 2 has one section for both kinds of workers.
    selector = look_up(values, "workers", kind, "nodeSelector") or look_up(values, "workers", "nodeSelector") or {}
    chosen = [pool for pool in found if selector and selector.items() <= pool.labels.items()]
    where = ", ".join(f"pool {pool.name}" + (" (spot)" if pool.spot else "") for pool in chosen)
    if kind == "celery":
        pods = "or a pod for each task" if "KubernetesExecutor" in executor else ""
        number = _describe_workers({**look_up(values, "workers"), **(look_up(values, "workers", "celery") or {})})
        return make_box(part, "Tasks", "airflow", "Celery workers", number, pods, where)
    if executor == "LocalExecutor":
        return make_box(part, "Tasks", "airflow", "inside the scheduler")
    return make_box(part, "Tasks", "airflow", "a pod for each task", where)


def _describe_workers(section: Mapping[str, Any]) -> str:
    """Return the number of Celery workers: `1 to 10, by KEDA`, or `3 of them`."""
    for key, name in (("keda", "KEDA"), ("hpa", "HPA")):
        if look_up(section, key, "enabled"):
            least, most = look_up(section, key, "minReplicaCount"), look_up(section, key, "maxReplicaCount")
            return f"{least} to {most}, by {name}"
    return f"{look_up(section, 'replicas') or 1} of them"


def describe_pooler(part: Component, release: Resource) -> Box | None:
    """Return the box of the chart's connection pooler; None if it is disabled."""
    settings = look_up(release.inputs, "values", "pgbouncer") or {}
    if not settings.get("enabled"):
        return None
    return make_box(part, "PgBouncer", "airflow", pluralize(int(settings.get("replicas") or 1), "replica"))


def describe_gpu_plugin(part: Component) -> Box:
    """Return the box of NVIDIA's device plugin: its image's tag, and where it runs."""
    containers = look_up(find_inputs(part, "kubernetes:apps/v1:DaemonSet"), "spec", "template", "spec", "containers")
    tag = str(look_up(containers, 0, "image")).partition("@")[0].rpartition(":")[2]
    return make_box(part, "GPU plugin", "kubernetes", "NVIDIA's device plugin", tag, "on each node with GPUs")


def describe_pod_namespaces(part: Component) -> Box:
    """Return the box of the namespaces for pods that other stacks launch."""
    namespaces = part.all("kubernetes:core/v1:Namespace")
    names = ", ".join(str(look_up(namespace.inputs, "metadata", "name")) for namespace in namespaces)
    return make_box(part, "Pods of other stacks", "kubernetes", f"in {pluralize(len(namespaces), 'namespace')}", names)


def describe_other(part: Component) -> Box:
    """Return the box of a component for which there is no function: its first three types of resources."""
    side: Side = "azure" if part.group == "azure" else "airflow" if part.group == "airflow" else "kubernetes"
    return make_box(part, humanize(part.class_name), side, *summarize(part.resources).split(", ")[:3])
