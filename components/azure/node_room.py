"""The CPU, memory and local disk that a node of a VM size has left for Airflow's pods."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from .vm_sizes import VmSize

# The vCPUs of a node, and the millicores of them that AKS reserves. Source: AKS, "Node resource reservations".
_RESERVED_CPU: Final = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
# MiB of memory. AKS 1.29 and later reserves 20 MiB per pod plus 50 MiB, at most a quarter of the node's memory, and in
# addition the kubelet's eviction threshold. Source: the same page.
_RESERVED_PER_POD: Final = 20
_RESERVED_PER_NODE: Final = 50
_RESERVED_AT_MOST_ONE_IN: Final = 4
_EVICTION_THRESHOLD: Final = 100
# Linux describes each page of 4 KiB by 64 bytes, one part in 64. Nodes report about 100 MiB less than the remaining
# memory: 3931 MiB of 4 GiB in Azure/AKS issue 3525.
_PAGE_DESCRIPTORS: Final = 64
_FIRMWARE: Final = 100
# The requests of AKS's own pods on every node (network, Cilium, CSI drivers, node manager) in millicores and MiB. AKS
# publishes no table. The figures are an estimate from the nodes that users show in Azure/AKS issues 3525, 5244 and
# 5251.
SYSTEM_PODS_CPU: Final = 300
SYSTEM_PODS_MEMORY: Final = 650
# The requests of Container insights' agent on every node. Source: microsoft/Docker-Provider, the chart
# azuremonitor-containers: its DaemonSet and the sidecar, and 20m and 50 MiB for the adapter of its token.
INSIGHTS_CPU: Final = 170
INSIGHTS_MEMORY: Final = 600
# The least vCPUs of a node, and the GiB of its OS disk. Source: AKS, "Storage options for applications", default
# managed OS disk sizing. AKS prefers an ephemeral OS disk, which is as large as the VM's temporary disk. On the default
# VM sizes, that is larger than in this table.
_OS_DISK_GIB: Final = ((64, 1024), (16, 512), (8, 256), (0, 128))
# The percentage of the disk that the file system and its partitions leave: 101445900Ki of 100 GiB on a node of AKS.
_FILE_SYSTEM: Final = 96
# The percentage that pods may fill before the kubelet evicts some. Source: Kubernetes, "Node-pressure Eviction",
# nodefs.available.
_BELOW_EVICTION: Final = 90
# MiB of the operating system, images and AKS's own pods on the same disk. AKS publishes no figure. This is a cautious
# estimate, which includes two versions of Airflow's image of 2 to 3 GiB each.
SYSTEM_DISK: Final = 20 * 1024


class NodeRoom(NamedTuple):
    """The room of one node for all pods of Airflow together, in millicores and MiB."""

    cpu: int
    memory: int
    disk: int


def allocatable(size: VmSize, max_pods: int, os_disk_gib: int | None = None) -> NodeRoom:
    """Return the room that Kubernetes reports as allocatable on a node. AKS's own pods take a part of it.

    `os_disk_gib` is the size of the OS disk; None: the size that AKS selects.
    """
    capacity = size.memory_mib - size.memory_mib // _PAGE_DESCRIPTORS - _FIRMWARE
    reserved = min(_RESERVED_PER_POD * max_pods + _RESERVED_PER_NODE, size.memory_mib // _RESERVED_AT_MOST_ONE_IN)
    disk_gib = os_disk_gib or next(gib for vcpus, gib in _OS_DISK_GIB if size.vcpus >= vcpus)
    return NodeRoom(
        cpu=size.vcpus * 1000 - _reserved_cpu(size.vcpus),
        memory=max(capacity - reserved - _EVICTION_THRESHOLD, 0),
        disk=disk_gib * 1024 * _FILE_SYSTEM * _BELOW_EVICTION // 10000,
    )


def node_room(size: VmSize, max_pods: int, os_disk_gib: int | None = None, *, insights: bool = False) -> NodeRoom:
    """Return the room for Airflow on a node that otherwise runs only AKS's own pods; arguments as for `allocatable`.

    `insights`: whether the agent of Container insights runs there too.
    """
    room = allocatable(size, max_pods, os_disk_gib)
    cpu, memory = SYSTEM_PODS_CPU, SYSTEM_PODS_MEMORY
    if insights:
        cpu, memory = cpu + INSIGHTS_CPU, memory + INSIGHTS_MEMORY
    return NodeRoom(
        cpu=max(room.cpu - cpu, 0), memory=max(room.memory - memory, 0), disk=max(room.disk - SYSTEM_DISK, 0)
    )


def _reserved_cpu(vcpus: int) -> int:
    """Interpolate between two rows of the table; beyond the last row, extend its last segment."""
    segments = list(itertools.pairwise(_RESERVED_CPU))
    (low, of_low), (high, of_high) = next((both for both in segments if vcpus <= both[1][0]), segments[-1])
    return of_low + (vcpus - low) * (of_high - of_low) // (high - low)
