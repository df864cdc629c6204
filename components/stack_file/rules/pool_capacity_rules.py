"""Rules that pack the pods of a stack on the nodes that their pools have at `maxNodes`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from components.airflow.values.pod_sizes import PodSize
from components.azure.node_packing import Pods, count, fits, nodes_for, pack
from components.azure.node_pools import AIRFLOW_PURPOSE
from components.azure.node_room import NodeRoom
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .pods_and_pools import MAX_NODES, SizedPool, all_nodes, group_of, pods_of, pools_with, purpose_of, request_of


class _Shared(NamedTuple):
    """The pods that share the pools of one purpose, and these pools."""

    purpose: str
    pods: tuple[PodSize, ...]
    pools: list[SizedPool]

    @property
    def nodes(self) -> list[NodeRoom]:
        return all_nodes(self.pools)

    @property
    def always(self) -> list[Pods]:
        """The pods that always run."""
        return [group_of(pod, pod.replicas) for pod in self.pods if pod.replicas]

    @property
    def largest(self) -> SizedPool:
        """The pool whose nodes have the most room. Messages propose to enlarge this pool."""
        return max(self.pools, key=lambda pool: pool.room)


def pods_that_always_run_have_room(context: Context) -> Iterator[Problem]:
    """All pods that always run fit on the maximum number of nodes: Airflow's own, and the minimum of Celery workers."""
    for shared in _shared_pools(context):
        left_over = pack(shared.nodes, shared.always)
        if not left_over:
            continue
        workers = any(pod.runs_tasks and pod.replicas for pod in shared.pods)
        less = f", or lower {key_path('airflow', 'workers', 'min')}" if workers else ""
        whole = {pod.name: pod.replicas for pod in shared.pods}
        missing = _listed(f"{group.number} of {whole[group.name]} {_each(group)}" for group in left_over)
        yield Problem(
            path=shared.largest.path(MAX_NODES),
            message=f"is {shared.largest.settings.max_nodes}, and {missing} find no room on {_nodes(shared)}; "
            f"raise it{_enough(shared, left_over)}, or use a larger vmSize{less}",
        )


def most_workers_have_room(context: Context) -> Iterator[Problem]:
    """`workers.max` Celery workers fit on the maximum number of nodes, beside the pods that always run."""
    for shared in _shared_pools(context):
        for pod in shared.pods:
            more = group_of(pod, pod.most - pod.replicas)
            if more.number <= 0 or pack(shared.nodes, shared.always):
                continue
            if left_over := pack(shared.nodes, shared.always, [more]):
                most = pod.most - count(left_over)
                yield Problem(
                    path=key_path("airflow", "workers", "max"),
                    message=f"is {pod.most}, and only {most} {_each(more)} find room on {_nodes(shared)}: the others "
                    f"stay pending; lower it{f' to {most}' if most else ''}, "
                    f"or raise {shared.largest.path(MAX_NODES)}{_enough(shared, left_over)}",
                )


def updates_have_room(context: Context) -> Iterator[Problem]:
    """The nodes have room for the pods that an update starts before it stops the old ones.

    Two cases are checked: one such pod at a time, and all of them at once. The Job that migrates the database runs
    before the update, so it needs room only beside the pods that always run.
    """
    for shared in _shared_pools(context):
        surge = [group_of(pod, 1) for pod in shared.pods if pod.needs_surge]
        jobs = [group_of(pod, 1) for pod in shared.pods if not pod.most and not pod.runs_tasks]
        if pack(shared.nodes, shared.always):
            continue
        if stuck := [one for one in (*surge, *jobs) if pack(shared.nodes, shared.always, [one])]:
            each = _listed(f"a further {_one(group)}" for group in stuck)
            outcome = f"for {each}: an update needs it while the old pods run, and waits for it until it times out"
        elif pack(shared.nodes, shared.always, surge):
            names = _listed(group.name for group in surge)
            outcome = f"for one more pod of each of {names}, which an update starts at once: it goes one pod at a time"
        else:
            continue
        left_over = pack(shared.nodes, shared.always, surge) or stuck
        yield Problem(
            path=shared.largest.path(MAX_NODES),
            message=f"is {shared.largest.settings.max_nodes}, and beside the pods that always run, there is no room "
            f"on {_nodes(shared)} {outcome}; raise it{_enough(shared, left_over)}",
        )


def _shared_pools(context: Context) -> Iterator[_Shared]:
    """Yield the pods and pools of each purpose, unless a VM size is unknown or a pod fits on no node at all."""
    pods = pods_of(context)
    purposes = dict.fromkeys((AIRFLOW_PURPOSE, *(purpose_of(context, pod) for pod in pods)))
    for purpose in purposes:
        those = tuple(pod for pod in pods if purpose_of(context, pod) == purpose)
        pools = pools_with(purpose, context)
        if pools and all(any(fits(request_of(pod), pool.room) for pool in pools) for pod in those):
            yield _Shared(purpose, those, pools)


def _enough(shared: _Shared, left_over: Sequence[Pods]) -> str:
    """Return the sufficient number of nodes as the end of `raise it`; empty if no number for this one pool suffices."""
    more = nodes_for(left_over, shared.largest.room)
    return f" to {shared.largest.settings.max_nodes + more}" if more else ""


def _nodes(shared: _Shared) -> str:
    pools = _listed(
        f"{pool.settings.max_nodes} {pool.settings.vm_size} ({_amount(pool.room)} each)" for pool in shared.pools
    )
    return f"the nodes with purpose {shared.purpose}, {pools}"


def _each(group: Pods) -> str:
    return f"{group.name} pods ({_amount(group.request)} each)"


def _one(group: Pods) -> str:
    return f"{group.name} pod ({_amount(group.request)})"


def _amount(amount: NodeRoom) -> str:
    return f"{amount.cpu}m of cpu, {amount.memory}Mi of memory, {amount.disk}Mi of disk"


def _listed(parts: Iterator[str]) -> str:
    *first, last = parts
    return f"{', '.join(first)} and {last}" if first else last


POOL_CAPACITY_ERRORS: tuple[Rule, ...] = (pods_that_always_run_have_room,)
POOL_CAPACITY_WARNINGS: tuple[Rule, ...] = (most_workers_have_room, updates_have_room)
