"""A plan in a real cluster, without the engine: its objects and what Helm renders of its releases, applied strictly."""

from __future__ import annotations

import functools
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import yaml

from charts.chart_cache import chart_file
from dryrun.manifests import build_manifest, describe_chart
from dryrun.plan import Plan, Resource
from tests.cluster import add_ons, checks
from tests.packaged_charts import available

from .api import ApiError, Object
from .azure_view import AzureView
from .binaries import kubernetes_version
from .live_cluster import LiveCluster
from .waiting import wait_until

_SECONDS = 90.0
_OWNER = "airflow-aks"
# The groups of Kubernetes itself that plans use.
_OWN_GROUPS = (
    "",
    "apiextensions.k8s.io",
    "admissionregistration.k8s.io",
    "apps",
    "autoscaling",
    "batch",
    "networking.k8s.io",
    "policy",
    "rbac.authorization.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
)


class RefusedError(Exception):
    """What the API server refused of a plan, all of it."""


def rendered(provider: Path, release: Resource) -> list[Object]:
    """The objects of a release, by the Helm that the provider has inside, hooks among them."""
    chart = describe_chart(release)
    version = available(chart["name"], chart["version"])
    request = {
        "chart": str(chart_file(chart["name"], version)),
        "release": chart["releaseName"],
        "namespace": chart["namespace"] or "default",
        "kubeVersion": f"v{kubernetes_version()}",
        "values": release.inputs["values"],
    }
    try:
        documents = _render(provider, json.dumps(request, sort_keys=True))
    except ValueError as error:
        raise RefusedError(f"Helm refuses the values of {release.name}: {error}") from None
    return [_in_namespace(document, chart["namespace"]) if chart["namespace"] else document for document in documents]


@functools.cache
def _render(provider: Path, request: str) -> tuple[Object, ...]:
    """What Helm renders; once a process, because many plans have the same operators. Raises ValueError."""
    result = subprocess.run(
        [str(provider), "render"],
        input=request,
        capture_output=True,
        text=True,
        check=False,
        # It ends before a garbage collector pays.
        env={**os.environ, "GOGC": "off"},
    )
    if result.returncode:
        raise ValueError(result.stderr)
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    manifests = json.loads(result.stdout)
    return tuple(one for item in manifests for one in yaml.load_all(item["text"], Loader=loader) if one)


def apply(cluster: LiveCluster, provider: Path, plan: Plan) -> list[Object]:
    """Apply a plan in its order, and wait for each release as the engine does; the objects.

    Raises:
        RefusedError: with every refusal of the API server.

    """
    api = cluster.api
    made: list[Object] = []
    refused: list[str] = []
    definitions = set(add_ons.kinds(AzureView.of_plan(plan)))
    for resource in plan.resources:
        if not resource.type.startswith("kubernetes:"):
            continue
        if resource.name.startswith("remote-clusters-"):
            # This cluster stands for the other one too, whose owner made the namespace.
            api.apply(_namespace(resource.inputs["metadata"]["namespace"]), "owner")
        release = resource.type.endswith(":Release")
        chart = release or resource.type.endswith(":Chart")
        objects = rendered(provider, resource) if chart else [build_manifest(resource)]
        for item in sorted(objects, key=_order):
            if not _is_defined(item, definitions):
                refused.append(f"{resource.name}: nothing before it defines the kind {item['kind']}")
                continue
            try:
                made.append({**item, **_apply(cluster, _plain(item))})
            except (ApiError, LookupError) as error:
                refused.append(f"{resource.name}: {item['kind']} {item['metadata']['name']}: {error}")
        if release and not refused:
            wait_until_running(cluster, resource.inputs["namespace"])
    if refused:
        raise RefusedError("\n".join(refused))
    return made


def _apply(cluster: LiveCluster, item: Object) -> Object:
    if item["kind"] == "CustomResourceDefinition":
        cluster.define(item, _OWNER)
        return item
    return cluster.api.apply(item, _OWNER)


def _is_defined(item: Object, definitions: set[tuple[str, str]]) -> bool:
    """Whether the API server has the kind in an empty cluster, or the plan has defined it."""
    if item["kind"] == "CustomResourceDefinition":
        definitions.add((item["spec"]["group"], item["spec"]["names"]["kind"]))
    group = item["apiVersion"].rpartition("/")[0]
    return group in _OWN_GROUPS or (group, item["kind"]) in definitions


def wait_until_running(cluster: LiveCluster, namespace: str) -> None:
    """Every workload of a namespace has the pods that it wants, and they run."""
    waiting: list[str] = []

    def settled() -> bool:
        # Most looks end with the first, which costs the API server nothing.
        waiting[:] = list(_unsettled(cluster.played.list, namespace)) or list(_unsettled(cluster.api.list, namespace))
        return not waiting

    try:
        wait_until(settled, _SECONDS)
    except AssertionError as error:
        raise AssertionError(f"after {_SECONDS:.0f} s: {waiting}") from error


def _unsettled(objects: Callable[[str, str, str], list[Object]], namespace: str) -> Iterator[str]:
    for kind in ("Deployment", "StatefulSet"):
        for item in objects("apps/v1", kind, namespace):
            status, wanted = item.get("status", {}), item["spec"]["replicas"]
            if status.get("observedGeneration") != item["metadata"]["generation"]:
                yield f"{kind} {item['metadata']['name']} is not looked at"
            elif status.get("readyReplicas", 0) != wanted or status.get("updatedReplicas", 0) != wanted:
                yield f"{kind} {item['metadata']['name']}: {status.get('readyReplicas', 0)} of {wanted}"
                yield from _said(item)
    for job in objects("batch/v1", "Job", namespace):
        if not any(one["type"] == "Complete" for one in job.get("status", {}).get("conditions", [])):
            yield f"Job {job['metadata']['name']} is not complete"
    yield from (checks.why_not(pod) for pod in objects("v1", "Pod", namespace) if not checks.running(pod))


def _said(item: Object) -> Iterator[str]:
    """What the controller says against a workload, such as pods that Pod Security refuses."""
    for condition in item.get("status", {}).get("conditions", []):
        if condition["type"] == "ReplicaFailure":
            yield condition["message"]


def _namespace(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def _in_namespace(item: Object, namespace: str) -> Object:
    return {**item, "metadata": {"namespace": namespace, **item["metadata"]}}


def _order(item: Object) -> int:
    """Definitions of kinds before their objects, accounts before pods, as Helm installs them."""
    order = ("CustomResourceDefinition", "PriorityClass", "ServiceAccount", "Secret", "ConfigMap")
    return order.index(item["kind"]) if item["kind"] in order else len(order)


def _plain(item: Any) -> Any:
    """Without nulls, which a chart writes for what is not set; the API server takes them for a field that is."""
    if isinstance(item, dict):
        return {key: _plain(value) for key, value in item.items() if value is not None}
    return [_plain(one) for one in item] if isinstance(item, list | tuple) else item


__all__ = ["RefusedError", "apply", "rendered", "wait_until_running"]
