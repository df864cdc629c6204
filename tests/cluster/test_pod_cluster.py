"""A stack without Airflow in a real cluster: NVIDIA's plugin on a node with GPUs, and a pod of another stack's task."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cluster import applied_plan, checks
from tests.plans import plan_of
from tests.pod_cluster_cases import GPU_POOL, POD_CLUSTER

from .api import ApiError
from .azure_view import AzureView
from .live_cluster import LiveCluster
from .waiting import wait_until

CONTEXT = {"runAsNonRoot": True, "runAsUser": 1000, "seccompProfile": {"type": "RuntimeDefault"}}
CONTAINER = {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


def pod(name: str, **container: Any) -> dict[str, Any]:
    """What KubernetesPodOperator makes of the example on the page, without the GPU, which no played node offers."""
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name, "namespace": "jobs", "labels": {"kubernetes_pod_operator": "True"}},
        "spec": {
            "securityContext": CONTEXT,
            "nodeSelector": {"airflow-aks/gpu": "true"},
            "tolerations": [{"key": "sku", "operator": "Equal", "value": "gpu", "effect": "NoSchedule"}],
            "containers": [{"name": "base", "image": "registry.example.com/train:1.0.0", **container}],
        },
    }


def test_plugin_runs_on_the_node_with_gpus_and_pods_of_tasks_beside_it(
    cluster: LiveCluster, provider: Path, count: Callable[..., None]
) -> None:
    plan = plan_of("dev", {**POD_CLUSTER, "cluster.pools": [{**GPU_POOL, "minNodes": 1}]})
    cluster.clear()
    cluster.play(AzureView.of_plan(plan, {}))
    made = applied_plan.apply(cluster, provider, plan)

    def ready() -> bool:
        status = cluster.api.get("apps/v1", "DaemonSet", "nvidia-device-plugin", "gpu-resources")["status"]
        return status.get("numberReady") == status["desiredNumberScheduled"] == 1

    wait_until(ready, 60.0)
    cluster.api.create(pod("train", securityContext=CONTAINER))
    applied_plan.wait_until_running(cluster, "jobs")
    nodes = {one["metadata"]["name"]: one["spec"]["nodeName"] for one in cluster.api.list("v1", "Pod", "jobs")}
    assert nodes["train"].startswith("aks-gpu")
    with pytest.raises(ApiError, match='violates PodSecurity "restricted'):
        cluster.api.create(pod("careless"))
    count(plans=1, pods=checks.pods(cluster.api), objects=len(made))
