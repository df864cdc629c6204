"""Kubernetes quantities of CPU, memory and disk, as text in a stack file and as numbers."""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from typing import Annotated, Final

from pydantic import AfterValidator

# No machine has a quantity of more digits, and Python refuses to parse very long numbers.
_CORES: Final = re.compile(r"[0-9]{1,12}m|[0-9]{0,9}\.?[0-9]{1,12}")
_BYTES_FORM: Final = re.compile(r"([1-9][0-9]{0,14})(Ki|Mi|Gi|Ti|k|M|G|T)")
_NEAR_MEMORY: Final = re.compile(r"([1-9][0-9]{0,5}) *([kmgt])?i?(?:b|byte|bytes)?", re.IGNORECASE)
# A larger number without a unit is unlikely to mean GiB.
_MOST_WITHOUT_UNIT: Final = 64
_MIB: Final = 2**20
_LONGEST_SHOWN: Final = 60
# Source: Kubernetes, "Resource Management for Pods and Containers", resource units.
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
    """Return a quantity of cores, such as `500m` or `1.5`, in thousandths of a core.

    Raises:
        ValueError: the text is not a quantity of cores, or is zero.

    """
    if not _CORES.fullmatch(cores) or float(cores.rstrip("m")) == 0:
        raise ValueError(f"must be a quantity of cores, for example 500m or 1{_show(cores)}")
    return int(cores.removesuffix("m")) if cores.endswith("m") else round(float(cores) * 1000)


def mebibytes(quantity: str, of: str = "memory") -> int:
    """Return a quantity of memory or disk with its unit, such as `2Gi`, in MiB, rounded up.

    Raises:
        ValueError: the text is not such a quantity, is zero, or has no unit.

    """
    parts = _BYTES_FORM.fullmatch(quantity)
    if parts is None:
        right = nearest_memory(quantity) or "2Gi"
        raise ValueError(f"must be a quantity of {of}, for example {right}{_show(quantity)}")
    number, unit = parts.groups()
    return -(-int(number) * _BYTES[unit] // _MIB)


def nearest_memory(text: str) -> str | None:
    """Return the quantity that a text such as `2 GB` or `2` probably means, `2Gi`; None for any other text."""
    found = _NEAR_MEMORY.fullmatch(text)
    if found is None or (found[2] is None and int(found[1]) > _MOST_WITHOUT_UNIT):
        return None
    return f"{found[1]}{(found[2] or 'G').upper()}i"


def _show(text: str) -> str:
    """Return a wrong text as the end of a message, or nothing if the text is too long for a line."""
    return f" (is {text!r})" if len(text) <= _LONGEST_SHOWN else ""


def _keep_if_parsed(parse: Callable[[str], int]) -> AfterValidator:
    """Reject a text that does not parse, and keep any other text unchanged, because the chart takes text."""

    def keep(text: str) -> str:
        parse(text)
        return text

    return AfterValidator(keep)


Cores = Annotated[str, _keep_if_parsed(millicores)]
Memory = Annotated[str, _keep_if_parsed(mebibytes)]
Disk = Annotated[str, _keep_if_parsed(functools.partial(mebibytes, of="disk"))]
