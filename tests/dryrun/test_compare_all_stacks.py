"""`make compare STACK=all`: each stack of a project, also one that only one side has."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from dryrun import compare_with_base
from dryrun.compare_with_base import Sides
from dryrun.comparison.reading import DryRun
from dryrun.cost.costs import Costs
from tests.dryrun.cost.made_up import made_up_line
from tests.dryrun.small_plan import small_plan
from tests.plans import STACK_FILES

from .compared_repository import STACK_FILE, actions, compare, git, report

pytestmark = pytest.mark.usefixtures("untraced")


@pytest.fixture
def recorded(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Give every side the small plan in place of a run; returns the sides that were asked for."""
    asked: list[str] = []

    def give(sides: Sides, stack: str, folders: Mapping[str, Path]) -> list[DryRun]:
        asked.extend(f"{stack} {where}" for where in folders)
        costs = Costs(lines=(made_up_line("cluster", 10, 20),))
        return [DryRun(plan=replace(small_plan(), stack=stack), costs=costs) for _ in folders]

    monkeypatch.setattr(compare_with_base, "_run_dry_runs", give)
    return asked


def test_every_stack_is_compared(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    shutil.copy(STACK_FILES / "dev.yaml", tree / "Pulumi.dev.yaml")
    assert compare(tree, tmp_path, stack="all") == 0
    assert recorded == ["dev here", "prod here", "prod in main"]
    assert {file.name for file in tmp_path.iterdir()} == {
        f"{stack}.{kind}" for stack in ("dev", "prod") for kind in ("html", "json", "md")
    }


def test_a_new_stack_is_added_as_a_whole(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    shutil.copy(STACK_FILES / "dev.yaml", tree / "Pulumi.dev.yaml")
    assert compare(tree, tmp_path, stack="dev") == 0
    assert {*actions(report(tmp_path, "dev")).values()} == {"added"}
    comment = (tmp_path / "dev.md").read_text()
    assert "main has no Pulumi.dev.yaml: the stack is new" in comment
    assert "Cost a month in USD: least 10.00 (+10.00), most 20.00 (+20.00)\n" in comment


def test_a_removed_stack_file_destroys_nothing(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    (tree / STACK_FILE).unlink()
    assert compare(tree, tmp_path, stack="all") == 0
    assert recorded == []
    assert "This destroys nothing" in (tmp_path / "prod.md").read_text()


def test_the_worst_of_several_stacks_decides(tree: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    codes = {"a": 0, "b": 2, "c": 1}
    for stack in codes:
        shutil.copy(STACK_FILES / "dev.yaml", tree / f"Pulumi.{stack}.yaml")
    monkeypatch.setattr(compare_with_base, "_compare_stack", lambda _, stack, __: codes.get(stack, 0))
    assert compare(tree, tmp_path, stack="all") == 1
    codes["c"] = 0
    assert compare(tree, tmp_path, stack="all") == 2


def test_a_project_in_a_folder_of_the_repository_is_found(tree: Path, tmp_path: Path, recorded: list[str]) -> None:
    inner = tree / "inner"
    inner.mkdir()
    shutil.copy(tree / "Pulumi.yaml", inner)
    shutil.copy(tree / STACK_FILE, inner)
    git(tree, "checkout", "--quiet", "-b", "nested")
    git(tree, "add", "--all")
    git(tree, "commit", "--quiet", "--message=Nest")
    assert compare(inner, tmp_path, base="nested") == 0
    assert recorded == ["prod here", "prod in nested"]
    git(tree, "checkout", "--quiet", "main")
