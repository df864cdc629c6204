"""How many vCPUs the node pools of a stack take: when it starts, and at most."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from components.azure.node_packing import nodes_for
from components.azure.node_pools import surge_nodes
from components.settings.model import Settings
from components.settings.today import read_today
from components.stack_file.rules.context import Context
from components.stack_file.rules.pods_and_pools import group_of, pods_of, pools_with, purpose_of

from .situation import NodePool


@dataclass(frozen=True)
class Demand:
    """vCPUs: those that `pulumi up` needs, and those at `maxNodes` while AKS upgrades every pool."""

    at_start: int = 0
    at_most: int = 0

    def plus(self, other: Demand) -> Demand:
        """Return the sum of both."""
        return Demand(self.at_start + other.at_start, self.at_most + other.at_most)


def nodes_at_start(settings: Settings, pools: Sequence[NodePool]) -> list[int]:
    """Return the nodes of each pool when no task runs: `minNodes`, or more where Airflow's own pods need them.

    The pods of a purpose with several pools may stand on any of them, and are not counted.
    """
    context = Context(settings=settings, config_keys=frozenset(), today=read_today())
    pods = [pod for pod in pods_of(context) if pod.replicas]
    nodes = [pool.settings.min_nodes for pool in pools]
    for purpose in {purpose_of(context, pod) for pod in pods}:
        sized = pools_with(purpose, context)
        if len(sized) != 1:
            continue
        groups = [group_of(pod, pod.replicas) for pod in pods if purpose_of(context, pod) == purpose]
        # The system pool is the first, before those of the stack file.
        index = sized[0].position + 1
        nodes[index] = max(nodes[index], nodes_for(groups, sized[0].room) or 0)
    return nodes


def demand_of(pool: NodePool, nodes: int, vcpus: int) -> Demand:
    """Return what a pool takes, with `nodes` nodes at the start and `vcpus` for each node."""
    surge = surge_nodes(pool.settings.max_nodes, spot=pool.spot)
    return Demand(nodes * vcpus, (pool.settings.max_nodes + surge) * vcpus)


def running_nodes(pools: Sequence[Mapping[str, object]]) -> list[tuple[str, int, bool]]:
    """Return VM size, number of nodes, and whether they are spot nodes, of the pools that exist already."""
    return [
        (str(pool.get("vmSize", "")), int(str(pool.get("count") or 0)), pool.get("scaleSetPriority") == "Spot")
        for pool in pools
    ]
