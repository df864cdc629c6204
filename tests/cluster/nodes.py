"""Nodes of AKS: as many as the pools say, and more when pods find no room."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any, Final

from components.azure.node_room import node_room
from components.azure.vm_sizes import vm_size

from .api import Api, ApiError, Object
from .azure_view import AzureView, Pool
from .mirror import Mirror

KINDS: Final = (("v1", "Node"), ("v1", "Pod"))
_MADE_BY: Final = "airflow-aks-tests/pool"


@dataclass
class Nodes:
    """The scale sets and the cluster autoscaler, which adds one node at a time."""

    api: Api
    mirror: Mirror
    azure: AzureView
    _next_scaling: float = 0.0
    _made: set[str] = field(default_factory=set)

    def step(self) -> None:
        """Make the nodes that are lacking, and drop those of pools that are gone."""
        pools = {pool.name: pool for pool in self.azure.pools()}
        for node in self.mirror.all("Node"):
            if node["metadata"]["labels"].get(_MADE_BY, "") not in pools:
                self._drop(node)
        for pool in pools.values():
            for number in range(pool.least):
                self._make(pool, number)
        if time.monotonic() >= self._next_scaling:
            self._scale(list(pools.values()))

    def _scale(self, pools: list[Pool]) -> None:
        for pod in self.mirror.all("Pod"):
            if not _has_no_room(pod):
                continue
            for pool in pools:
                count = sum(node["metadata"]["labels"].get(_MADE_BY) == pool.name for node in self.mirror.all("Node"))
                if count < pool.most and _fits(pod, pool):
                    self._make(pool, count)
                    self._next_scaling = time.monotonic() + 1.0
                    return

    def _make(self, pool: Pool, number: int) -> None:
        name = f"aks-{pool.name}-12345678-vmss{number:06d}"
        if name in self._made or self.mirror.one("Node", name) is not None:
            return
        self._made.add(name)
        try:
            self.api.create(_node(name, pool, number))
        except ApiError as error:
            # It was there before, which the mirror has not heard of yet.
            if error.code != 409:
                raise
        # The API server taints every new node, until the kubelet says that it is ready.
        taints = [_taint(text) for text in pool.taints]
        node = self.api.patch(_reference(name), {"spec": {"taints": taints}})
        self.mirror.put({"apiVersion": "v1", "kind": "Node", **node})

    def _drop(self, node: Object) -> None:
        name = node["metadata"]["name"]
        self._made.discard(name)
        self.api.delete(_reference(name))
        for pod in self.mirror.all("Pod"):
            if pod["spec"].get("nodeName") == name:
                self.api.delete(pod, grace=0)


def _node(name: str, pool: Pool, number: int) -> Object:
    size = vm_size(pool.vm_size)
    if size is None:
        raise LookupError(f"no such size: {pool.vm_size}")
    room = node_room(size, pool.max_pods)
    zone = f"{pool.location}-{pool.zones[number % len(pool.zones)]}" if pool.zones else "0"
    allocatable = {"cpu": f"{room.cpu}m", "memory": f"{room.memory}Mi", "pods": str(pool.max_pods)}
    allocatable["ephemeral-storage"] = "100Gi"
    return {
        "apiVersion": "v1",
        "kind": "Node",
        "metadata": {
            "name": name,
            "labels": {
                **pool.labels,
                _MADE_BY: pool.name,
                "agentpool": pool.name,
                "kubernetes.azure.com/agentpool": pool.name,
                "kubernetes.azure.com/mode": pool.mode.lower(),
                "kubernetes.io/arch": "amd64",
                "kubernetes.io/hostname": name,
                "kubernetes.io/os": "linux",
                "node.kubernetes.io/instance-type": pool.vm_size,
                "topology.kubernetes.io/region": pool.location,
                "topology.kubernetes.io/zone": zone,
            },
        },
        "spec": {"providerID": f"azure:///{name}"},
        "status": {
            "capacity": {**allocatable, "cpu": str(size.vcpus), "memory": f"{size.memory_mib}Mi"},
            "allocatable": allocatable,
            "conditions": [{"type": "Ready", "status": "True", "reason": "KubeletReady"}],
            "addresses": [{"type": "InternalIP", "address": "127.0.0.1"}, {"type": "Hostname", "address": name}],
        },
    }


def _has_no_room(pod: Object) -> bool:
    return any(
        condition["type"] == "PodScheduled" and condition.get("reason") == "Unschedulable"
        for condition in pod.get("status", {}).get("conditions", [])
    )


def _fits(pod: Object, pool: Pool) -> bool:
    """Whether a new node of the pool would take the pod, by its labels and taints."""
    labels = {**pool.labels, "kubernetes.azure.com/mode": pool.mode.lower(), "kubernetes.io/os": "linux"}
    wanted = pod["spec"].get("nodeSelector") or {}
    if any(labels.get(key) != value for key, value in wanted.items()):
        return False
    tolerations = pod["spec"].get("tolerations") or []
    return all(any(_tolerates(one, _taint(text)) for one in tolerations) for text in pool.taints)


def _tolerates(toleration: dict[str, Any], taint: dict[str, str]) -> bool:
    if toleration.get("effect") not in (None, "", taint["effect"]):
        return False
    if toleration.get("operator") == "Exists":
        return toleration.get("key") in (None, "", taint["key"])
    return (toleration.get("key"), toleration.get("value", "")) == (taint["key"], taint.get("value", ""))


def _taint(text: str) -> dict[str, str]:
    key_value, _, effect = text.rpartition(":")
    key, _, value = key_value.partition("=")
    return {"key": key, "value": value, "effect": effect}


def _reference(name: str) -> Object:
    return {"apiVersion": "v1", "kind": "Node", "metadata": {"name": name}}


__all__ = ["KINDS", "Nodes"]
