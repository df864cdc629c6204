"""Reads the vCPUs, the memory and the presence of a GPU from the name of an Azure VM size."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from typing import Final, NamedTuple


class VmSize(NamedTuple):
    """The vCPUs of a VM size, and its memory in MiB, before AKS reserves a part of them."""

    vcpus: int
    memory_mib: int


# Source: Azure, "Azure virtual machine sizes naming conventions".
_NAME: Final = re.compile(
    r"Standard_(?P<family>[A-Z]+)(?P<number>[0-9]+)(?:-(?P<constrained>[0-9]+))?(?P<features>[a-z]*)"
    r"(?:_(?P<accelerator>[A-Z][A-Z0-9]*))?(?:_(?P<version>v[0-9]+))?"
)
# A name with its parts in place, but without their separators or in other cases.
_MISTYPED: Final = re.compile(
    r"(?:standard)?[_ -]?(?P<family>[a-z]+)(?P<number>[0-9]+)(?P<features>[a-z]*?)[_ -]?(?P<version>v[0-9]+)?",
    re.IGNORECASE,
)
_MEMORY_LETTERS: Final = frozenset("lmt")
# GiB per vCPU by family and versions, then by the name's letter for memory: l low, t tiny, m more, or none.
# Azure, "Sizes for virtual machines in Azure", the page of each series.
_GENERAL: Final = {"": 4.0, "l": 2.0}
_MEMORY: Final = {"": 8.0}
_RATIOS: Final[Mapping[tuple[str, tuple[str, ...]], Mapping[str, float]]] = {
    ("A", ("v2",)): {"": 2.0, "m": 8.0},
    ("B", ("v2",)): {"": 4.0, "l": 2.0, "t": 0.5},
    ("D", ("v3", "v4", "v5", "v6", "v7")): _GENERAL,
    ("DC", ("v5", "v6")): {"": 4.0},
    ("E", ("v3", "v4", "v5", "v6", "v7")): _MEMORY,
    ("EC", ("v6",)): _MEMORY,
    ("F", ("", "v2")): {"": 2.0},
    ("F", ("v6", "v7")): {"": 4.0, "l": 2.0, "m": 8.0},
    ("L", ("v2", "v3", "v4")): _MEMORY,
}
# Sizes of these families, and sizes with an Arm processor (p), have less memory than the ratio says above these vCPUs.
_LARGEST: Final = {"E": 48, "EC": 48}
_LARGEST_ARM: Final = 20
# The vCPUs and GiB of sizes without a ratio, and of sizes whose number does not count vCPUs.
_B1: Final = {
    "B1ls": (1, 0.5),
    "B1s": (1, 1),
    "B1ms": (1, 2),
    "B2s": (2, 4),
    "B2ms": (2, 8),
    "B4ms": (4, 16),
    "B8ms": (8, 32),
    "B12ms": (12, 48),
    "B16ms": (16, 64),
    "B20ms": (20, 80),
}
_D2: Final = {
    "1": (1, 3.5),
    "2": (2, 7),
    "3": (4, 14),
    "4": (8, 28),
    "5": (16, 56),
    "11": (2, 14),
    "12": (4, 28),
    "13": (8, 56),
    "14": (16, 112),
    "15": (20, 140),
}
_GPU: Final = {
    "NC4as_T4_v3": (4, 28),
    "NC8as_T4_v3": (8, 56),
    "NC16as_T4_v3": (16, 110),
    "NC64as_T4_v3": (64, 440),
    "NC24ads_A100_v4": (24, 220),
    "NC48ads_A100_v4": (48, 440),
    "NC96ads_A100_v4": (96, 880),
    "NC40ads_H100_v5": (40, 320),
    "NC80adis_H100_v5": (80, 640),
    "NV6ads_A10_v5": (6, 55),
    "NV12ads_A10_v5": (12, 110),
    "NV18ads_A10_v5": (18, 220),
    "NV36ads_A10_v5": (36, 440),
    "NV36adms_A10_v5": (36, 880),
    "NV72ads_A10_v5": (72, 880),
}
_SIZES: Final[Mapping[str, tuple[int, float]]] = {
    **_B1,
    **{f"{family}{number}_v2": size for family in ("D", "DS") for number, size in _D2.items()},
    **_GPU,
}

# The sizes that messages propose, from the smallest to the largest.
PROPOSED_SIZES: Final = tuple(
    f"Standard_{family}{vcpus}ds_v5" for vcpus in (2, 4, 8, 16, 32, 48) for family in ("D", "E")
)


def vm_size(name: str) -> VmSize | None:
    """Return the vCPUs and memory of a size such as `Standard_D4ds_v5`; None if this module does not know the size."""
    listed = _SIZES.get(name.removeprefix("Standard_"))
    if listed is not None:
        return VmSize(listed[0], int(listed[1] * 1024))
    parts = _NAME.fullmatch(name)
    if parts is None or parts["accelerator"]:
        return None
    ratio = _ratio(parts["family"], parts["version"] or "", parts["features"])
    number = int(parts["number"])
    largest = _LARGEST_ARM if "p" in parts["features"] else _LARGEST.get(parts["family"], number)
    if ratio is None or not 0 < number <= largest:
        return None
    # A second number in the name limits the VM's vCPUs, but not its memory.
    return VmSize(int(parts["constrained"] or number), int(number * ratio * 1024))


def find_near_size(name: str) -> str | None:
    """Return the known size that a mistyped name most likely means, for example `Standard_D4ds_v5` for `D4dsv5`."""
    parts = _MISTYPED.fullmatch(name)
    if parts is not None:
        version = f"_{parts['version'].lower()}" if parts["version"] else ""
        meant = f"Standard_{parts['family'].upper()}{parts['number']}{parts['features'].lower()}{version}"
        if vm_size(meant) is not None:
            return meant
    near = difflib.get_close_matches(
        name, (*PROPOSED_SIZES, *(f"Standard_{size}" for size in _SIZES)), n=1, cutoff=0.85
    )
    return near[0] if near else None


def has_gpu(name: str) -> bool:
    """Return whether a size has a GPU: all families that begin with N, except NP, which has FPGAs."""
    parts = _NAME.fullmatch(name)
    return parts is not None and parts["family"].startswith("N") and parts["family"] != "NP"


def is_burstable(name: str) -> bool:
    """Return whether a size is of the burstable family B."""
    parts = _NAME.fullmatch(name)
    return parts is not None and parts["family"] == "B"


def has_arm_processor(name: str) -> bool:
    """Return whether a size has an Arm processor: the feature letter p."""
    parts = _NAME.fullmatch(name)
    return parts is not None and "p" in parts["features"]


def _ratio(family: str, version: str, features: str) -> float | None:
    letter = "".join(sorted(_MEMORY_LETTERS & set(features)))
    for (known, versions), ratios in _RATIOS.items():
        if family == known and version in versions:
            return ratios.get(letter)
    return None
