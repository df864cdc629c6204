"""Kubernetes quantities as numbers."""

from __future__ import annotations

from typing import Final

_MIB: Final = 2**20
# Kubernetes, "Resource Management for Pods and Containers", resource units.
_BYTES: Final = {
    "Ki": 2**10,
    "Mi": 2**20,
    "Gi": 2**30,
    "Ti": 2**40,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "T": 10**12,
}


def millicores(cores: str) -> int:
    """Give a quantity of cores, such as `500m` or `1.5`, in thousandths of a core."""
    return int(cores.removesuffix("m")) if cores.endswith("m") else round(float(cores) * 1000)


def mebibytes(memory: str) -> int:
    """Give a quantity of memory with its unit, such as `2Gi`, in MiB, rounded up.

    Raises:
        ValueError: it has no unit that Kubernetes knows.

    """
    for unit, size in _BYTES.items():
        if memory.endswith(unit):
            return -(-int(memory.removesuffix(unit)) * size // _MIB)
    raise ValueError(f"{memory} has no unit of memory")
