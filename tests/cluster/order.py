"""The order of a run: each process begins with long tests, so that short ones are left to share at the end."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import islice
from typing import Final, TypeVar

Item = TypeVar("Item")
# The files whose tests take longest, each of them by itself.
LONG: Final = (
    "test_switches",
    "test_foreign_changes",
    "test_api_server_faults",
    "test_recovery",
    "test_lifecycle",
    "test_refusals",
    "test_helm_kills",
    "test_replaced_cluster",
    "test_drain",
    "test_imports",
)


def deal(items: Sequence[Item], file_of: Callable[[Item], str], processes: int) -> list[Item]:
    """Order tests so that an equal part of the long ones is at the beginning of each process' share.

    A share is what pytest-xdist's `worksteal` gives to a process at first: an equal part of the list, in its order. The
    other tests stay as they were, side by side with those of their file.
    """
    long = sorted((item for item in items if file_of(item) in LONG), key=lambda item: LONG.index(file_of(item)))
    others = iter([item for item in items if file_of(item) not in LONG])
    ordered: list[Item] = []
    for number in range(processes):
        size = (len(items) - len(ordered)) // (processes - number)
        share = long[number::processes]
        ordered += share
        ordered += islice(others, max(0, size - len(share)))
    return [*ordered, *others]


__all__ = ["LONG", "deal"]
