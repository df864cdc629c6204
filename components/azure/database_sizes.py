"""The compute sizes of PostgreSQL Flexible Server, by tier.

Source: "Compute options in Azure Database for PostgreSQL", and the sizes that the service's capabilities API lists.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Final

_UP_TO_64: Final = (2, 4, 8, 16, 32, 48, 64)
_UP_TO_96: Final = (*_UP_TO_64, 96)
_WITH_20: Final = (2, 4, 8, 16, 20, 32, 48, 64)
# For each tier and series, the numbers of vCPUs that exist: `D{}ds_v5` with 4 is Standard_D4ds_v5.
_SERIES: Final[Mapping[str, Mapping[str, tuple[int, ...]]]] = {
    "Burstable": {"B{}ms": (1, 2, 4, 8, 12, 16, 20), "B{}s": (2,)},
    "GeneralPurpose": {
        "D{}s_v3": _UP_TO_64,
        "D{}ds_v4": _UP_TO_64,
        "D{}ds_v5": _UP_TO_96,
        "D{}ads_v5": _UP_TO_96,
        "D{}ds_v6": _UP_TO_96,
        "D{}ads_v6": _UP_TO_96,
        "DC{}ads_v5": _UP_TO_96,
    },
    "MemoryOptimized": {
        "E{}s_v3": _UP_TO_64,
        "E{}ds_v4": _WITH_20,
        "E{}ds_v5": (*_WITH_20, 96),
        "E{}ads_v5": (*_WITH_20, 96),
        "E{}ds_v6": (*_WITH_20, 96),
        "E{}ads_v6": (*_WITH_20, 96),
        "EC{}ads_v5": (*_WITH_20, 96),
    },
}


def _sizes(tier: str) -> Iterator[str]:
    for series, vcpus in _SERIES[tier].items():
        yield from (f"Standard_{series.format(count)}" for count in vcpus)


TIER_OF_SIZE: Final[Mapping[str, str]] = {size: tier for tier in _SERIES for size in _sizes(tier)}


def sizes_of(tier: str) -> list[str]:
    """Return the sizes of a tier, smallest first within each series."""
    return [size for size, its_tier in TIER_OF_SIZE.items() if its_tier == tier]


def joins_network(size: str) -> bool:
    """Return whether a server of this size can join a virtual network; sizes of version 6 cannot."""
    return re.search(r"_v6$", size) is None


# GiB of memory for each vCPU, by the letter of a size. B1ms and B2s have 2.
_MEMORY_PER_VCPU: Final = {"B": 4, "D": 4, "E": 8}
_LESS_MEMORY: Final = ("Standard_B1ms", "Standard_B2s")
# The server's default of max_connections by its memory in GiB; every size with more memory has the last one.
# Source: "Limits in Azure Database for PostgreSQL", maximum connections.
_MAX_CONNECTIONS: Final = {2: 50, 4: 429, 8: 859, 16: 1718, 32: 3437}
_MOST_CONNECTIONS: Final = 5000


def max_connections(size: str) -> int:
    """Return the number of connections that a server of this size accepts when it is created."""
    found = re.match(r"Standard_([BDE])[A-Z]?(\d+)", size)
    if found is None:
        raise ValueError(f"{size} is not a database size")
    memory = int(found[2]) * (2 if size in _LESS_MEMORY else _MEMORY_PER_VCPU[found[1]])
    return _MAX_CONNECTIONS.get(memory, _MOST_CONNECTIONS)
