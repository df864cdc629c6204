"""What a node has left for pods, of the vCPUs and the memory that its size has."""

from __future__ import annotations

import itertools
from typing import Final, NamedTuple

from .vm_sizes import VmSize

# AKS, "Node resource reservations": vCPUs, and the millicores that are kept of them.
_KEPT_CPU: Final = ((1, 60), (2, 100), (4, 140), (8, 180), (16, 260), (32, 420), (64, 740))
# The same page, AKS 1.29 and later: MiB per pod and node, a quarter at most, and the kubelet's eviction threshold.
_KEPT_PER_POD: Final = 20
_KEPT_PER_NODE: Final = 50
_KEPT_AT_MOST: Final = 4
_EVICTION_THRESHOLD: Final = 100
# Linux describes each page of 4 KiB by 64 bytes, and nodes show about 100 MiB less than what then is left: 3931 MiB of
# 4 GiB in Azure/AKS issue 3525.
_PAGE_DESCRIPTORS: Final = 64
_FIRMWARE: Final = 100
# What AKS's own pods on every node request: network, Cilium, CSI drivers, node manager. AKS publishes no table; this is
# an estimate, made from the parts that users show in Azure/AKS issues 3525, 5244 and 5251.
SYSTEM_PODS_CPU: Final = 300
SYSTEM_PODS_MEMORY: Final = 650


class NodeRoom(NamedTuple):
    """What all pods of Airflow on one node may request together: millicores and MiB."""

    cpu: int
    memory: int


def allocatable(size: VmSize, max_pods: int) -> NodeRoom:
    """Give what Kubernetes hands out on a node, AKS's own pods included."""
    seen = size.memory_mib - size.memory_mib // _PAGE_DESCRIPTORS - _FIRMWARE
    kept = min(_KEPT_PER_POD * max_pods + _KEPT_PER_NODE, size.memory_mib // _KEPT_AT_MOST)
    return NodeRoom(size.vcpus * 1000 - _kept_cpu(size.vcpus), max(seen - kept - _EVICTION_THRESHOLD, 0))


def node_room(size: VmSize, max_pods: int) -> NodeRoom:
    """Give what is left for Airflow on a node with nothing else on it."""
    room = allocatable(size, max_pods)
    return NodeRoom(max(room.cpu - SYSTEM_PODS_CPU, 0), max(room.memory - SYSTEM_PODS_MEMORY, 0))


def _kept_cpu(vcpus: int) -> int:
    """Between the figures of the table in proportion, and beyond it as it ends."""
    for (low, kept_low), (high, kept_high) in itertools.pairwise(_KEPT_CPU):
        if vcpus <= high or high == _KEPT_CPU[-1][0]:
            return kept_low + (vcpus - low) * (kept_high - kept_low) // (high - low)
    raise AssertionError("the table has an end")
