"""Converts the settings of node pools to AKS agent pools."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final

from components.settings.cluster_sections import PoolSettings

from .node_images import os_sku

# The node label that the node selectors of the pods name.
PURPOSE_LABEL: Final = "airflow-aks/purpose"
# AKS adds this label and taint to spot nodes, and rejects a later update of the pool that omits either.
SPOT_LABEL: Final = "kubernetes.azure.com/scalesetpriority"
SPOT_TAINT: Final = f"{SPOT_LABEL}=spot:NoSchedule"
GPU_LABEL: Final = "airflow-aks/gpu"
GPU_TAINT: Final = "sku=gpu:NoSchedule"
SYSTEM_TAINT: Final = "CriticalAddonsOnly=true:NoSchedule"
AIRFLOW_PURPOSE: Final = "airflow"
WORKERS_PURPOSE: Final = "workers"
# The share of nodes that an upgrade adds to a pool while it runs. AKS rounds up.
MAX_SURGE: Final = "33%"
# Names of Linux pools have at most 12 characters.
_NAME_LIMIT: Final = 12


def pool_zones(pool: PoolSettings, cluster_zones: Sequence[str]) -> list[str]:
    """Return the availability zones of a pool."""
    return list(cluster_zones if pool.zones is None else pool.zones)


def pool_name(pool: PoolSettings, cluster_zones: Sequence[str]) -> str:
    """Return the pool's name in Azure: its name, and a hash of the properties that Azure cannot change later.

    A change of such a property therefore creates a pool of another name, before the old pool is deleted.
    """
    fixed = {
        "name": pool.name,
        "vmSize": pool.vm_size,
        "zones": pool_zones(pool, cluster_zones),
        "spot": pool.spot,
        "gpu": pool.gpu,
        "osDiskSizeGb": pool.os_disk_size_gb,
        "maxPods": pool.max_pods,
    }
    digest = hashlib.sha256(json.dumps(fixed, sort_keys=True).encode()).hexdigest()[:4]
    return f"{pool.name[: _NAME_LIMIT - len(digest)]}{digest}"


def node_labels(pool: PoolSettings) -> dict[str, str]:
    """Return the labels of the pool's nodes; the program's labels override those of the stack file."""
    labels = {**pool.labels, PURPOSE_LABEL: pool.purpose}
    if pool.spot:
        labels[SPOT_LABEL] = "spot"
    if pool.gpu:
        labels[GPU_LABEL] = "true"
    return labels


def node_taints(pool: PoolSettings) -> list[str]:
    """Return the taints of the pool's nodes."""
    return [*([SPOT_TAINT] if pool.spot else []), *([GPU_TAINT] if pool.gpu else []), *pool.taints]


def airflow_node_selector() -> dict[str, str]:
    """Return the node selector of Airflow's own pods."""
    return {PURPOSE_LABEL: AIRFLOW_PURPOSE}


def worker_node_selector(pools: Sequence[PoolSettings]) -> dict[str, str]:
    """Return the node selector of tasks, which selects the pools for workers, or Airflow's pools if there are none."""
    return {PURPOSE_LABEL: worker_purpose(pools)}


def worker_purpose(pools: Sequence[PoolSettings]) -> str:
    """Return the purpose of the pools that tasks run on."""
    return WORKERS_PURPOSE if any(pool.purpose == WORKERS_PURPOSE for pool in pools) else AIRFLOW_PURPOSE


def worker_tolerations(pools: Sequence[PoolSettings]) -> list[dict[str, str]]:
    """Return the tolerations of tasks, for the pools for workers without GPUs. A task must ask for a GPU itself."""
    taints = {
        taint for pool in pools if pool.purpose == WORKERS_PURPOSE and not pool.gpu for taint in node_taints(pool)
    }
    return [_toleration(taint) for taint in sorted(taints)]


def surge_nodes(max_nodes: int, *, spot: bool) -> int:
    """Return how many nodes an upgrade can add to a pool; AKS adds none to a spot pool."""
    return 0 if spot else -(-max_nodes * int(MAX_SURGE.removesuffix("%")) // 100)


def agent_pool(pool: PoolSettings, cluster_zones: Sequence[str]) -> dict[str, Any]:
    """Return the arguments of the pool's AgentPool."""
    arguments: dict[str, Any] = {
        "agent_pool_name": pool_name(pool, cluster_zones),
        "mode": "User",
        "type": "VirtualMachineScaleSets",
        "vm_size": pool.vm_size,
        "os_type": "Linux",
        "os_sku": os_sku(gpu=pool.gpu),
        "enable_auto_scaling": True,
        "count": pool.min_nodes,
        "min_count": pool.min_nodes,
        "max_count": pool.max_nodes,
        "max_pods": pool.max_pods,
        "node_labels": node_labels(pool),
        "node_taints": node_taints(pool),
    }
    if zones := pool_zones(pool, cluster_zones):
        arguments["availability_zones"] = zones
    if pool.os_disk_size_gb is not None:
        arguments["os_disk_size_gb"] = pool.os_disk_size_gb
    if pool.spot:
        arguments |= {"scale_set_priority": "Spot", "scale_set_eviction_policy": "Delete", "spot_max_price": -1}
    return arguments


def _toleration(taint: str) -> dict[str, str]:
    key_value, _, effect = taint.rpartition(":")
    key, equals, value = key_value.partition("=")
    if equals:
        return {"key": key, "operator": "Equal", "value": value, "effect": effect}
    return {"key": key, "operator": "Exists", "effect": effect}
