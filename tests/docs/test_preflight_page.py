"""The page on the preflight, held against its checks."""

from __future__ import annotations

import re

from components.preflight.findings import Status
from components.preflight.run_checks import CHECKS
from tests.docs.pages import blocks
from tests.plans import ROOT

PAGE = (ROOT / "docs" / "preflight.md").read_text(encoding="utf-8")


def rows(heading: str) -> list[list[str]]:
    """The cells of the table with this first column."""
    _, found, rest = PAGE.partition(f"\n| {heading} |")
    assert found
    lines = rest.partition("\n\n")[0].splitlines()[2:]
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]


def test_every_check_has_a_row_in_the_order_of_the_table() -> None:
    listed = rows("check")
    assert [row[0].removeprefix("| ") for row in listed] == list(CHECKS)
    assert all(len(row) == 3 and row[2] for row in listed)


def test_every_status_is_explained() -> None:
    assert [row[1].strip("`") for row in rows("word")] == [status.word for status in Status]


def test_both_exit_codes_are_explained() -> None:
    assert [row[0].removeprefix("| ") for row in rows("exit code")] == ["0", "1"]


def test_commands_are_the_make_target_with_the_variables_that_it_reads() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    recipe = makefile.partition("\npreflight:")[2].partition("\n\n")[0]
    for command in next(blocks(PAGE, "bash")).splitlines():
        assert command.startswith("make preflight ")
        for variable in re.findall(r"\b([A-Z]+)=", command):
            assert f"$({variable})" in recipe or f"$(if $({variable})," in recipe
