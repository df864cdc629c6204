"""The CPU and memory that a node of a VM size has left for Airflow's pods."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from .vm_sizes import VmSize

# vCPUs of a node, and the millicores that AKS reserves of them. AKS, "Node resource reservations".
_RESERVED_CPU: Final = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
# Memory that AKS 1.29 and later reserves, in MiB: so much per pod and per node, but at most one part in 4 of the node's
# memory, and the kubelet's eviction threshold. The same page.
_RESERVED_PER_POD: Final = 20
_RESERVED_PER_NODE: Final = 50
_RESERVED_AT_MOST: Final = 4
_EVICTION_THRESHOLD: Final = 100
# Linux describes each page of 4 KiB by 64 bytes, one part in 64. Of the rest, nodes show about 100 MiB less: 3931 MiB
# of 4 GiB in Azure/AKS issue 3525.
_PAGE_DESCRIPTORS: Final = 64
_FIRMWARE: Final = 100
# The requests of AKS's own pods on every node (network, Cilium, CSI drivers, node manager) in millicores and MiB. AKS
# publishes no table; this is an estimate from what users show in Azure/AKS issues 3525, 5244 and 5251.
SYSTEM_PODS_CPU: Final = 300
SYSTEM_PODS_MEMORY: Final = 650


class NodeRoom(NamedTuple):
    """What all pods of Airflow on one node can request together, in millicores and MiB."""

    cpu: int
    memory: int


def allocatable(size: VmSize, max_pods: int) -> NodeRoom:
    """Return what Kubernetes reports as allocatable on a node, which AKS's own pods share."""
    capacity = size.memory_mib - size.memory_mib // _PAGE_DESCRIPTORS - _FIRMWARE
    reserved = min(_RESERVED_PER_POD * max_pods + _RESERVED_PER_NODE, size.memory_mib // _RESERVED_AT_MOST)
    return NodeRoom(size.vcpus * 1000 - _reserved_cpu(size.vcpus), max(capacity - reserved - _EVICTION_THRESHOLD, 0))


def node_room(size: VmSize, max_pods: int) -> NodeRoom:
    """Return what is left for Airflow on a node that runs AKS's own pods and no other."""
    room = allocatable(size, max_pods)
    return NodeRoom(max(room.cpu - SYSTEM_PODS_CPU, 0), max(room.memory - SYSTEM_PODS_MEMORY, 0))


def _reserved_cpu(vcpus: int) -> int:
    """Interpolate between two rows of the table; beyond the last row, extend its last segment."""
    segments = list(itertools.pairwise(_RESERVED_CPU))
    (low, of_low), (high, of_high) = next((both for both in segments if vcpus <= both[1][0]), segments[-1])
    return of_low + (vcpus - low) * (of_high - of_low) // (high - low)
