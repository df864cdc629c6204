"""Rules that compare what pods request with what the nodes of their pools can allocate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from components.airflow.values.pod_sizes import PodSize, pod_sizes
from components.azure.node_pools import AIRFLOW_PURPOSE, worker_purpose
from components.azure.node_room import NodeRoom, node_room
from components.azure.vm_sizes import vm_size
from components.settings.cluster_sections import PoolSettings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# VM sizes that messages propose, the smallest first.
_PROPOSED: Final = tuple(f"Standard_{family}{vcpus}ds_v5" for vcpus in (2, 4, 8, 16, 32, 48) for family in ("D", "E"))


class _Pool(NamedTuple):
    position: int
    settings: PoolSettings
    room: NodeRoom


def pods_fit_their_pools(context: Context) -> Iterator[Problem]:
    """Each pod fits on a node of at least one of its pools; otherwise it stays pending."""
    settings = context.settings
    for pod in _pods(context):
        pools = _pools_of(context, pod)
        if not pools or any(_fits(pod, pool.room) for pool in pools):
            continue
        pool = max(pools, key=lambda pool: pool.room)
        sized = next((component for component in pod.sized_by if component in settings.airflow.resources), None)
        vm_path = key_path("cluster", "pools", pool.position, "vmSize")
        resources_path = key_path("airflow", "resources", sized or pod.sized_by[0])
        yield Problem(
            path=resources_path if sized else vm_path,
            message=f"the {pod.name} pod requests {_text(pod.cpu, pod.memory)}, and a node of pool "
            f"{pool.settings.name} ({pool.settings.vm_size}) has {_text(*pool.room)} for it; {_proposal(pod, pool)}, "
            f"or {'request less' if sized else f'lower {resources_path}'}",
        )


def airflow_fits_its_pools(context: Context) -> Iterator[Problem]:
    """All pods that always run fit on the maximum number of nodes: Airflow's own pods, and Celery workers."""
    tasks = worker_purpose(context.settings.cluster.pools)
    for purpose in dict.fromkeys((AIRFLOW_PURPOSE, tasks)):
        pods = [pod for pod in _pods(context) if purpose == (tasks if pod.runs_tasks else AIRFLOW_PURPOSE)]
        yield from _compare_totals(purpose, [pod for pod in pods if pod.replicas], _pools_with(purpose, context))


def _compare_totals(purpose: str, pods: list[PodSize], pools: list[_Pool]) -> Iterator[Problem]:
    if not pools or not all(any(_fits(pod, pool.room) for pool in pools) for pod in pods):
        return
    cpu = sum(pod.replicas * pod.cpu for pod in pods)
    memory = sum(pod.replicas * pod.memory for pod in pods)
    most_cpu = sum(pool.settings.max_nodes * pool.room.cpu for pool in pools)
    most_memory = sum(pool.settings.max_nodes * pool.room.memory for pool in pools)
    if cpu > most_cpu or memory > most_memory:
        workers = any(pod.runs_tasks for pod in pods)
        whose = "Celery workers" if purpose != AIRFLOW_PURPOSE else "Airflow's own pods"
        less = f", or lower {key_path('airflow', 'workers', 'min')}" if workers else ""
        yield Problem(
            path=key_path("cluster", "pools", pools[0].position, "maxNodes"),
            message=f"{whose} request {_text(cpu, memory)} together, and all nodes with purpose "
            f"{purpose} have {_text(most_cpu, most_memory)} for them; raise maxNodes, or use a larger vmSize{less}",
        )


def _pods(context: Context) -> tuple[PodSize, ...]:
    settings = context.settings
    return pod_sizes(settings.airflow, settings.dags, settings.logs, settings.database.pooler)


def sizes_are_known(context: Context) -> Iterator[Problem]:
    """Warn about VM sizes whose vCPUs and memory the program does not know."""
    cluster = context.settings.cluster
    places = [(key_path("cluster", "systemPool", "vmSize"), cluster.system_pool.vm_size)]
    places += [
        (key_path("cluster", "pools", index, "vmSize"), pool.vm_size)
        for index, pool in enumerate(cluster.pools)
        if pool.purpose != "other"
    ]
    for path, name in places:
        if vm_size(name) is None:
            yield Problem(path=path, message=f"{name} is an unknown size: whether pods fit its nodes is not checked")


def _pools_of(context: Context, pod: PodSize) -> list[_Pool]:
    """Return the pools that a pod may run on, as `_pools_with`."""
    pools = context.settings.cluster.pools
    return _pools_with(worker_purpose(pools) if pod.runs_tasks else AIRFLOW_PURPOSE, context)


def _pools_with(purpose: str, context: Context) -> list[_Pool]:
    """Return the pools of a purpose; none if one of them has an unknown VM size, so that nothing is compared."""
    found = []
    for index, pool in enumerate(context.settings.cluster.pools):
        # No pod of the program tolerates the taint of a GPU pool.
        if pool.purpose != purpose or pool.gpu:
            continue
        size = vm_size(pool.vm_size)
        if size is None:
            return []
        found.append(_Pool(index, pool, node_room(size, pool.max_pods)))
    return found


def _fits(pod: PodSize, room: NodeRoom) -> bool:
    return pod.cpu <= room.cpu and pod.memory <= room.memory


def _proposal(pod: PodSize, pool: _Pool) -> str:
    for name in _PROPOSED:
        size = vm_size(name)
        if size is not None and _fits(pod, node_room(size, pool.settings.max_pods)):
            return f"use {name} or larger"
    return "use a larger size"


def _text(cpu: int, memory: int) -> str:
    return f"{cpu}m of cpu and {memory}Mi of memory"


SIZING_ERRORS: tuple[Rule, ...] = (pods_fit_their_pools, airflow_fits_its_pools)
SIZING_WARNINGS: tuple[Rule, ...] = (sizes_are_known,)
