"""Rules for the node pools: addresses, names, purposes, VM sizes, labels and taints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Final

from components.azure.node_pools import PURPOSE_LABEL, surge_nodes
from components.azure.subnet_plan import NODES_IN_POD_RANGE, plan_subnets
from components.azure.vm_sizes import has_arm_processor, has_gpu, is_burstable, vm_size
from components.settings.cluster_sections import PoolSettings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# The least vCPUs and GiB of memory of a node in the system pool and in a user pool.
# Source: AKS, "Manage system node pools" and "Quotas, virtual machine size restrictions, and region availability".
_LEAST_OF_SYSTEM: Final = (4, 4)
_LEAST_OF_USER: Final = (2, 2)
# AKS has no driver for the GPUs of this series. Source: AKS, "Use GPUs for compute-intensive workloads".
_GPU_WITHOUT_DRIVER: Final = re.compile(r"Standard_NV[0-9]+as_v4")
# Domains that Kubernetes and AKS reserve, with every subdomain of them, and the labels that AKS sets without a domain.
# Source: Kubernetes, "Well-Known Labels, Annotations and Taints"; AKS, "Use labels in an Azure Kubernetes Service
# cluster".
_RESERVED_DOMAINS: Final = ("kubernetes.azure.com", "kubernetes.io", "k8s.io", "disk.csi.azure.com")
_RESERVED_LABELS: Final = ("accelerator", "agentpool", "storageprofile", "storagetier")
_RESERVED: Final = (
    "AKS uses kubernetes.azure.com/ and kubernetes.io/, with k8s.io/, the subdomains of all three, and labels such as "
    "agentpool"
)
_OURS: Final = f"{PURPOSE_LABEL.partition('/')[0]}/"


def nodes_have_addresses(context: Context) -> Iterator[Problem]:
    """The network has addresses for all nodes of all pools, and for the nodes that upgrades add.

    The Free tier's limit of 1,000 nodes needs no check, because the pod range has a /24 for fewer nodes.
    """
    cluster = context.settings.cluster
    pools = [(key_path("cluster", "systemPool", "maxNodes"), "system", cluster.system_pool.max_nodes, False)]
    for index, pool in enumerate(cluster.pools):
        pools.append((key_path("cluster", "pools", index, "maxNodes"), pool.name, pool.max_nodes, pool.spot))
    shares = [(path, name, most, surge_nodes(most, spot=spot)) for path, name, most, spot in pools]
    needed = sum(most + surge for _, _, most, surge in shares)
    network = context.settings.network
    # The preflight counts the addresses of a subnet that exists.
    available = NODES_IN_POD_RANGE if network.existing else plan_subnets(network.address_space).node_addresses
    if needed > available:
        path, _, most, _ = max(shares, key=lambda share: share[2] + share[3])
        parts = ", ".join(f"{name} {most} + {surge}" for _, name, most, surge in shares)
        yield Problem(
            path=path,
            message=f"is {most}, and all pools together may need {needed} nodes, including those that upgrades add "
            f"({parts}): the node subnet and the pod range have room for {available}; choose less",
        )


def pool_names_are_distinct(context: Context) -> Iterator[Problem]:
    """No two pools have the same name, and none has that of the system pool."""
    pools = context.settings.cluster.pools
    for name, count in Counter(pool.name for pool in pools).items():
        if count > 1 or name == "system":
            index = max(index for index, pool in enumerate(pools) if pool.name == name)
            taken = "the system pool" if name == "system" else "another pool"
            yield Problem(path=key_path("cluster", "pools", index, "name"), message=f"{name!r} is the name of {taken}")


def pools_run_airflow_and_tasks(context: Context) -> Iterator[Problem]:
    """Airflow's own pods have untainted nodes that Azure does not evict. Tasks have nodes."""
    pools = context.settings.cluster.pools
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
                    message="is not for a pool with purpose airflow: Airflow's own pods need nodes without taints that "
                    "Azure does not evict; use a pool with purpose workers or other",
                )
    workers = [(index, pool) for index, pool in enumerate(pools) if pool.purpose == "workers"]
    if workers and all(pool.gpu for _, pool in workers):
        yield Problem(
            path=key_path("cluster", "pools", workers[0][0], "gpu"),
            message="leaves tasks that need no GPU without a pool: add a pool with purpose workers and without gpu",
        )


def aks_accepts_vm_sizes(context: Context) -> Iterator[Problem]:
    """AKS accepts each VM size for its pool, and pools with `gpu` have GPUs."""
    cluster = context.settings.cluster
    system = cluster.system_pool.vm_size
    path = key_path("cluster", "systemPool", "vmSize")
    if is_burstable(system):
        yield Problem(
            path=path, message=f"{system} is a B size, which AKS refuses here: use for example Standard_D4ds_v5"
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


def nodes_run_the_images(context: Context) -> Iterator[Problem]:
    """Nodes that may run pods of the program have x86 processors, because images may not be built for Arm."""
    cluster = context.settings.cluster
    sizes = [(key_path("cluster", "systemPool", "vmSize"), cluster.system_pool.vm_size)]
    sizes += [
        (key_path("cluster", "pools", index, "vmSize"), pool.vm_size)
        for index, pool in enumerate(cluster.pools)
        if not (pool.purpose == "other" and pool.taints)
    ]
    for path, name in sizes:
        if has_arm_processor(name):
            yield Problem(
                path=path,
                message=f"{name} has an Arm processor, and not every image of the stack is built for one: use for "
                f"example {_without_arm(name)}; a pool with purpose other and a taint may have it",
            )


def labels_and_taints_are_not_reserved(context: Context) -> Iterator[Problem]:
    """Labels and taints have names that neither AKS nor the program reserves."""
    for index, pool in enumerate(context.settings.cluster.pools):
        for key, names in (("labels", list(pool.labels)), ("taints", [_taint_key(taint) for taint in pool.taints])):
            for place, name in enumerate(names):
                where = key_path("cluster", "pools", index, key, name if key == "labels" else place)
                if name.startswith(_OURS):
                    yield Problem(path=where, message="is set by the program: choose another name")
                elif _is_reserved(name):
                    yield Problem(path=where, message=f"is reserved: {_RESERVED}; choose another name")


def gpu_pools_are_tainted(context: Context) -> Iterator[Problem]:
    """Warn about GPU nodes that accept pods without a need for a GPU."""
    for index, pool in enumerate(context.settings.cluster.pools):
        if has_gpu(pool.vm_size) and not pool.gpu and not _keeps_pods_away(pool):
            yield Problem(
                path=key_path("cluster", "pools", index, "gpu"),
                message=f"is false with {pool.vm_size}: pods that need no GPU may run there too; true taints the nodes",
            )


def _keeps_pods_away(pool: PoolSettings) -> bool:
    return pool.purpose == "other" and bool(pool.taints)


def _is_reserved(name: str) -> bool:
    domain, slash, _ = name.partition("/")
    if not slash:
        return name.lower() in _RESERVED_LABELS
    return any(domain == known or domain.endswith(f".{known}") for known in _RESERVED_DOMAINS)


def _too_small(path: str, name: str, least: tuple[int, int]) -> Iterator[Problem]:
    size = vm_size(name)
    vcpus, memory_gib = least
    if size is not None and (size.vcpus < vcpus or size.memory_mib < memory_gib * 1024):
        yield Problem(
            path=path,
            message=f"{name} has {size.vcpus} vCPUs and {size.memory_mib / 1024:g} GiB: AKS requires at least {vcpus} "
            f"vCPUs and {memory_gib} GiB here",
        )


def _without_arm(name: str) -> str:
    """Return the size without the letter for Arm processors: `Standard_D4ds_v5` for `Standard_D4pds_v5`."""
    family, _, rest = name.removeprefix("Standard_").partition("_")
    return "_".join(filter(None, ("Standard", family.replace("p", "", 1), rest)))


def _taint_key(taint: str) -> str:
    return taint.rpartition(":")[0].partition("=")[0]


POOL_ERRORS: tuple[Rule, ...] = (
    nodes_have_addresses,
    pool_names_are_distinct,
    pools_run_airflow_and_tasks,
    aks_accepts_vm_sizes,
    nodes_run_the_images,
    labels_and_taints_are_not_reserved,
)
POOL_WARNINGS: tuple[Rule, ...] = (gpu_pools_are_tainted,)
