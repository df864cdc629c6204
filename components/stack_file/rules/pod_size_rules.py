"""Rules that compare the requests of a pod with the room on a node of its pools."""

from __future__ import annotations

from collections.abc import Iterator

from components.airflow.values.pod_sizes import PodSize
from components.azure.node_packing import fits
from components.azure.node_room import NodeRoom, node_room
from components.azure.vm_sizes import PROPOSED_SIZES, find_near_size, vm_size
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .pods_and_pools import SizedPool, pods_of, pools_with, purpose_of, request_of


def pods_fit_their_pools(context: Context) -> Iterator[Problem]:
    """Each pod fits on a node of at least one of its pools; otherwise the pod would stay pending."""
    settings = context.settings
    for pod in pods_of(context):
        pools = pools_with(purpose_of(context, pod), context)
        request = request_of(pod)
        if not pools or any(fits(request, pool.room) for pool in pools):
            continue
        pool = max(pools, key=lambda pool: pool.room)
        sized = next((component for component in pod.sized_by if component in settings.airflow.resources), None)
        # No setting sizes a pod of the gateway.
        component = sized or next(iter(pod.sized_by), None)
        lower = "" if component is None else f", or lower {key_path('airflow', 'resources', component)}"
        disk = request.disk > pool.room.disk
        key = "osDiskSizeGb" if _needs_only_disk(request, pool) else "vmSize"
        yield Problem(
            path=key_path("airflow", "resources", sized) if sized else pool.path(key),
            message=f"the {pod.name} pod requests {_text(request, disk=disk)}, and a node of pool "
            f"{pool.settings.name} ({pool.settings.vm_size}) has {_text(pool.room, disk=disk)} for it; "
            f"{_proposal(pod, pool)}{', or request less' if sized else lower}",
        )


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
            near = find_near_size(name)
            hint = f"; did you mean {near}?" if near else ""
            unchecked = f"{name} is an unknown size: whether pods fit its nodes is not checked"
            yield Problem(path=path, message=f"{unchecked}{hint}")


def _proposal(pod: PodSize, pool: SizedPool) -> str:
    """Return the change that makes the pod fit: a larger OS disk if only the disk is too small, or a larger VM."""
    request, os_disk = request_of(pod), pool.settings.os_disk_size_gb
    if _needs_only_disk(request, pool):
        return f"raise {pool.path('osDiskSizeGb')} (is {os_disk})"
    for name in PROPOSED_SIZES:
        size = vm_size(name)
        if size is not None and fits(request, node_room(size, pool.settings.max_pods, os_disk, insights=pool.insights)):
            return f"use {name} or larger"
    return "use a larger size"


def _needs_only_disk(request: NodeRoom, pool: SizedPool) -> bool:
    """Return whether only the OS disk is too small, and the stack file sets its size."""
    return pool.settings.os_disk_size_gb is not None and fits(request, pool.room._replace(disk=request.disk))


def _text(amount: NodeRoom, *, disk: bool) -> str:
    """Return cpu and memory as text, and also the disk if the disk is too small."""
    if disk:
        return f"{amount.cpu}m of cpu, {amount.memory}Mi of memory and {amount.disk}Mi of disk"
    return f"{amount.cpu}m of cpu and {amount.memory}Mi of memory"


POD_SIZE_ERRORS: tuple[Rule, ...] = (pods_fit_their_pools,)
POD_SIZE_WARNINGS: tuple[Rule, ...] = (sizes_are_known,)
