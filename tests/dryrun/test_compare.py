"""Tests the command line `python -m dryrun compare` and the files that it reads and writes."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from dryrun.__main__ import main
from dryrun.comparison.reading import FolderError, read_plan
from dryrun.cost.costs import Costs
from dryrun.files import write_plan
from dryrun.page import render_page
from dryrun.plan import Plan
from tests.dryrun.cost.made_up import made_up_line as line
from tests.dryrun.small_plan import small_plan
from tests.plans import plan_of

pytestmark = pytest.mark.usefixtures("untraced")

DATABASE = "azure-native:dbforpostgresql:Server"


def without_database() -> Plan:
    plan = small_plan()
    return replace(plan, resources=tuple(found for found in plan.resources if found.type != DATABASE))


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    """The folders of two dry runs: the second has no database."""
    before, after = tmp_path / "before", tmp_path / "after"
    write_plan(small_plan(), before)
    write_plan(without_database(), after)
    return str(before), str(after)


def test_two_equal_dry_runs_exit_with_0(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["compare", folders[0], folders[0]]) == 0
    assert capsys.readouterr().out == "airflow-aks test: Nothing changes\n"


def test_data_loss_exits_with_2_unless_it_is_allowed(folders: tuple[str, str]) -> None:
    assert main(["compare", *folders]) == 2
    assert main(["compare", *folders, "--allow-data-loss"]) == 0
    assert main(["compare", *reversed(folders)]) == 0


def test_the_reports_are_written_where_the_options_say(folders: tuple[str, str], tmp_path: Path) -> None:
    files = {kind: tmp_path / "new" / f"report.{kind}" for kind in ("json", "markdown", "html")}
    options = [part for kind, file in files.items() for part in (f"--{kind}", str(file))]
    assert main(["compare", *folders, *options]) == 2
    assert json.loads(files["json"].read_text())["exitCode"] == 2
    assert files["markdown"].read_text().startswith("## `test`: 1 removed")
    assert 'id="changes"' in files["html"].read_text()


def test_a_file_that_cannot_be_written_is_one_error(
    folders: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert main(["compare", *folders, "--json", str(tmp_path / "file" / "x.json")]) == 1
    assert capsys.readouterr().err.startswith("error: cannot write ")


COSTS = Costs(lines=(line("database", 30, 30),))


def test_the_cost_of_both_folders_is_compared(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write_plan(small_plan(), tmp_path / "before", COSTS)
    write_plan(without_database(), tmp_path / "after", Costs())
    assert main(["compare", str(tmp_path / "before"), str(tmp_path / "after"), "--allow-data-loss"]) == 0
    assert "Cost a month in USD: least 0.00 (-30.00), most 0.00 (-30.00)\n" in capsys.readouterr().out


def test_a_cost_does_not_change_the_exit_code(tmp_path: Path) -> None:
    write_plan(small_plan(), tmp_path / "before", Costs())
    write_plan(small_plan(), tmp_path / "after", COSTS)
    assert main(["compare", str(tmp_path / "before"), str(tmp_path / "after")]) == 0


def test_a_folder_without_prices_is_named(
    folders: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(small_plan(), tmp_path / "priced", COSTS)
    assert main(["compare", folders[1], str(tmp_path / "priced")]) == 0
    assert "The cost is not compared: only the side after the change has prices.\n" in capsys.readouterr().out


def test_a_wrong_file_of_costs_is_one_error(folders: tuple[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    file = Path(folders[1], "cost.json")
    file.write_text("{}")
    assert main(["compare", *folders]) == 1
    assert capsys.readouterr().err == f"error: {file}: is no cost.json of a dry run; run the dry run again\n"


@pytest.mark.parametrize(
    ("content", "words"),
    [(None, "is not the folder of a dry run"), ("{", "is not JSON"), ('{"project": "x"}', "another release")],
)
def test_a_folder_that_is_no_dry_run_is_one_error(
    content: str | None, words: str, folders: tuple[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    file = Path(folders[1], "plan.json")
    file.unlink()
    if content is not None:
        file.write_text(content)
    assert main(["compare", *folders]) == 1
    error = capsys.readouterr().err
    assert error.startswith(f"error: {folders[1]}")
    assert words in error
    assert error.count("\n") == 1


def test_two_stacks_cannot_be_compared(
    folders: tuple[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_plan(replace(small_plan(), stack="other"), tmp_path / "other")
    assert main(["compare", folders[0], str(tmp_path / "other")]) == 1
    assert "both sides must be dry runs of the same stack" in capsys.readouterr().err


def test_a_plan_is_read_as_it_was_written(tmp_path: Path) -> None:
    plan = plan_of("prod")
    write_plan(plan, tmp_path)
    read = read_plan(tmp_path)
    assert render_page(read) == render_page(plan)
    assert [resource.as_json() for resource in read.resources] == [resource.as_json() for resource in plan.resources]


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(FolderError, match="nowhere: is not the folder of a dry run: cannot read plan"):
        read_plan(tmp_path / "nowhere")
