"""Long tests begin the share of every process."""

from __future__ import annotations

from pathlib import Path

import pytest

from .order import LONG, deal

ITEMS = [
    *(("test_access", number) for number in range(12)),
    *(("test_recovery", number) for number in range(7)),
    *(("test_plans", number) for number in range(40)),
    *(("test_switches", number) for number in range(6)),
]


def file_of(item: tuple[str, int]) -> str:
    return item[0]


@pytest.mark.parametrize("processes", [1, 2, 3, 4, 5])
def test_every_share_begins_with_an_equal_part_of_the_long_tests(processes: int) -> None:
    ordered = deal(ITEMS, file_of, processes)
    assert sorted(ordered) == sorted(ITEMS)
    start = 0
    for number in range(processes):
        share = ordered[start : start + (len(ordered) - start) // (processes - number)]
        start += len(share)
        long = [item for item in share if file_of(item) in LONG]
        assert share[: len(long)] == long
        assert 13 // processes <= len(long) <= 13 // processes + 1


def test_other_tests_keep_their_order() -> None:
    others = [item for item in deal(ITEMS, file_of, 3) if file_of(item) not in LONG]
    assert others == [item for item in ITEMS if file_of(item) not in LONG]


def test_more_long_tests_than_a_share_holds_are_dealt_too() -> None:
    items = [("test_switches", number) for number in range(7)]
    assert sorted(deal(items, file_of, 4)) == items


def test_every_long_file_exists() -> None:
    folder = Path(__file__).parent
    assert [name for name in LONG if not (folder / f"{name}.py").exists()] == []
