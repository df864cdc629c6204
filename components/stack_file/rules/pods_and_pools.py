"""The pods of a stack and the node pools that they may run on, for the rules on sizes and capacity."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, NamedTuple

from components.airflow.pods_beside_airflow import pods_beside_airflow
from components.airflow.values.pod_sizes import PodSize, pod_sizes
from components.azure.node_packing import Pods
from components.azure.node_pools import AIRFLOW_PURPOSE, worker_purpose
from components.azure.node_room import NodeRoom, node_room
from components.azure.vm_sizes import vm_size
from components.settings.cluster_sections import PoolSettings
from components.stack_file.problems import key_path

from .context import Context

MAX_NODES: Final = "maxNodes"


class SizedPool(NamedTuple):
    """A pool, its index in the stack file, and the room of each of its nodes for Airflow.

    `insights`: whether the agent of Container insights takes a part of each node.
    """

    position: int
    settings: PoolSettings
    room: NodeRoom
    insights: bool

    def path(self, key: str) -> str:
        """Return the path of one of the pool's settings."""
        return key_path("cluster", "pools", self.position, key)


def pods_of(context: Context) -> tuple[PodSize, ...]:
    """Return every kind of pod of the stack."""
    settings = context.settings
    own = pod_sizes(settings.airflow, settings.dags, settings.logs, settings.database.pooler)
    return (*own, *pods_beside_airflow(settings))


def purpose_of(context: Context, pod: PodSize) -> str:
    """Return the purpose of the pools that a pod may run on."""
    return worker_purpose(context.settings.cluster.pools) if pod.runs_tasks else AIRFLOW_PURPOSE


def pools_with(purpose: str, context: Context) -> list[SizedPool]:
    """Return the pools of a purpose; an empty list if a VM size is unknown, so that nothing is compared."""
    found = []
    for index, pool in enumerate(context.settings.cluster.pools):
        # No pod of the program tolerates the taint of a GPU pool.
        if pool.purpose != purpose or pool.gpu:
            continue
        size = vm_size(pool.vm_size)
        if size is None:
            return []
        insights = context.settings.monitored
        room = node_room(size, pool.max_pods, pool.os_disk_size_gb, insights=insights)
        found.append(SizedPool(index, pool, room, insights))
    return found


def all_nodes(pools: Sequence[SizedPool]) -> list[NodeRoom]:
    """Return the room of each node of the pools at `maxNodes`."""
    return [pool.room for pool in pools for _ in range(pool.settings.max_nodes)]


def request_of(pod: PodSize) -> NodeRoom:
    """Return the request of a pod."""
    return NodeRoom(pod.cpu, pod.memory, pod.disk)


def group_of(pod: PodSize, number: int) -> Pods:
    """Return `number` pods of a kind."""
    return Pods(pod.name, request_of(pod), number)
