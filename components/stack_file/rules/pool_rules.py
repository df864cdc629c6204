"""Rules over the node pools: their number, their kinds, and the sizes that AKS takes."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from components.azure.node_pools import PURPOSE_LABEL, surge_nodes
from components.azure.subnet_plan import plan_subnets
from components.azure.vm_sizes import has_gpu, is_burstable, vm_size
from components.settings.cluster_sections import PoolSettings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# AKS, "Manage system node pools" and "Quotas, virtual machine size restrictions, and region availability".
_LEAST_OF_SYSTEM: Final = (4, 4)
_LEAST_OF_USER: Final = (2, 2)
# AKS, "Use GPUs for compute-intensive workloads": the series with AMD processors of 2020 has no driver.
_GPU_WITHOUT_DRIVER: Final = re.compile(r"Standard_NV[0-9]+as_v4")
# AKS, "Use labels in an Azure Kubernetes Service cluster", reserved prefixes; and ours.
_RESERVED: Final = ("kubernetes.azure.com/", "kubernetes.io/")
_OURS: Final = f"{PURPOSE_LABEL.partition('/')[0]}/"


def nodes_have_addresses(context: Context) -> Iterator[Problem]:
    """Every node of every pool, and those that an upgrade adds, need an address.

    The range for pods, a /24 a node, ends before the 1,000 nodes of a cluster of the Free tier.
    """
    cluster = context.settings.cluster
    pools = [(key_path("cluster", "systemPool", "maxNodes"), "system", cluster.system_pool.max_nodes, False)]
    for index, pool in enumerate(cluster.pools):
        pools.append((key_path("cluster", "pools", index, "maxNodes"), pool.name, pool.max_nodes, pool.spot))
    shares = [(path, name, most, surge_nodes(most, spot=spot)) for path, name, most, spot in pools]
    needed = sum(most + surge for _, _, most, surge in shares)
    available = plan_subnets(context.settings.network.address_space).node_addresses
    if needed > available:
        path, _, most, _ = max(shares, key=lambda share: share[2] + share[3])
        parts = ", ".join(f"{name} {most} + {surge}" for _, name, most, surge in shares)
        yield Problem(
            path=path,
            message=f"is {most}, and all pools may need {needed} nodes with those that upgrades add ({parts}): the "
            f"subnet for nodes and the range for pods have room for {available}; choose less",
        )


def pools_have_a_place_for_all(context: Context) -> Iterator[Problem]:
    """Pool names are unique, and Airflow's own pods have somewhere to run that stays."""
    pools = context.settings.cluster.pools
    for name, count in Counter(pool.name for pool in pools).items():
        if count > 1 or name == "system":
            index = max(index for index, pool in enumerate(pools) if pool.name == name)
            taken = "the system pool" if name == "system" else "another pool"
            yield Problem(path=key_path("cluster", "pools", index, "name"), message=f"{name!r} is the name of {taken}")
    if not any(pool.purpose == "airflow" for pool in pools):
        yield Problem(
            path=key_path("cluster", "pools"),
            message="needs a pool with purpose airflow, where Airflow's own pods run",
        )
    for index, pool in enumerate(pools):
        if pool.purpose != "airflow":
            continue
        for key, value in (("spot", pool.spot), ("gpu", pool.gpu), ("taints", pool.taints)):
            if value:
                yield Problem(
                    path=key_path("cluster", "pools", index, key),
                    message="is not for a pool with purpose airflow: Airflow's own pods need plain nodes that stay; "
                    "use a pool with purpose workers or other",
                )
    workers = [(index, pool) for index, pool in enumerate(pools) if pool.purpose == "workers"]
    if workers and all(pool.gpu for _, pool in workers):
        yield Problem(
            path=key_path("cluster", "pools", workers[0][0], "gpu"),
            message="leaves plain tasks without a pool: add a pool with purpose workers that has no GPU",
        )


def sizes_are_taken(context: Context) -> Iterator[Problem]:
    """What AKS refuses as a node, and the kind of pool that a size is for."""
    cluster = context.settings.cluster
    system = cluster.system_pool.vm_size
    path = key_path("cluster", "systemPool", "vmSize")
    if is_burstable(system):
        yield Problem(
            path=path, message=f"{system} is a B size, which AKS refuses for it: use for example Standard_D4ds_v5"
        )
    else:
        yield from _too_small(path, system, _LEAST_OF_SYSTEM)
    for index, pool in enumerate(cluster.pools):
        path = key_path("cluster", "pools", index, "vmSize")
        if pool.gpu and _GPU_WITHOUT_DRIVER.fullmatch(pool.vm_size):
            yield Problem(
                path=path, message=f"{pool.vm_size} is not supported by AKS: use for example Standard_NC4as_T4_v3"
            )
        elif pool.gpu and not has_gpu(pool.vm_size):
            yield Problem(
                path=path,
                message=f"{pool.vm_size} has no GPU, and {key_path('cluster', 'pools', index, 'gpu')} is true: use a "
                "GPU size, for example Standard_NC4as_T4_v3, or remove gpu",
            )
        yield from _too_small(path, pool.vm_size, _LEAST_OF_USER)


def labels_and_taints_are_free(context: Context) -> Iterator[Problem]:
    """Names that AKS keeps for itself, and those that the program sets."""
    for index, pool in enumerate(context.settings.cluster.pools):
        for key, names in (("labels", list(pool.labels)), ("taints", [_taint_key(taint) for taint in pool.taints])):
            for place, name in enumerate(names):
                where = key_path("cluster", "pools", index, key, name if key == "labels" else place)
                if name.startswith(_OURS):
                    yield Problem(path=where, message="is set by the program: choose another name")
                elif name.startswith(_RESERVED):
                    yield Problem(
                        path=where, message=f"is not free: AKS keeps {' and '.join(_RESERVED)}; choose another name"
                    )


def gpus_are_kept_for_their_tasks(context: Context) -> Iterator[Problem]:
    """A size with a GPU whose pool takes every pod."""
    for index, pool in enumerate(context.settings.cluster.pools):
        if has_gpu(pool.vm_size) and not pool.gpu and not _keeps_pods_away(pool):
            yield Problem(
                path=key_path("cluster", "pools", index, "gpu"),
                message=f"is false with {pool.vm_size}: pods that ask for no GPU land there too; true taints the nodes",
            )


def _keeps_pods_away(pool: PoolSettings) -> bool:
    return pool.purpose == "other" and bool(pool.taints)


def _too_small(path: str, name: str, least: tuple[int, int]) -> Iterator[Problem]:
    size = vm_size(name)
    vcpus, memory_gib = least
    if size is not None and (size.vcpus < vcpus or size.memory_mib < memory_gib * 1024):
        yield Problem(
            path=path,
            message=f"{name} has {size.vcpus} vCPUs and {size.memory_mib / 1024:g} GiB: AKS wants at least {vcpus} "
            f"vCPUs and {memory_gib} GiB here",
        )


def _taint_key(taint: str) -> str:
    return taint.rpartition(":")[0].partition("=")[0]


POOL_ERRORS: tuple[Rule, ...] = (
    nodes_have_addresses,
    pools_have_a_place_for_all,
    sizes_are_taken,
    labels_and_taints_are_free,
)
POOL_WARNINGS: tuple[Rule, ...] = (gpus_are_kept_for_their_tasks,)
