"""The commands of docs/cost.md run, and docs/retirements.md shows what the program says."""

from __future__ import annotations

import shlex
import subprocess
from pathlib import Path

import pytest

from components.stack_file.checker import check
from components.stack_file.retirement_uses import FAILURE_DAYS, WARNING_DAYS
from dryrun import __main__ as dry_run
from dryrun.cost import __main__ as cost
from dryrun.cost.cache import FILE_VARIABLE
from dryrun.cost.prices import write_prices
from tests.docs.pages import blocks, text_of
from tests.dryrun.cost.made_up import prices_for
from tests.plans import PROJECT, ROOT, STACK_FILES, changed, plan_of, shipped

COST = ROOT / "docs" / "cost.md"
RETIREMENTS = ROOT / "docs" / "retirements.md"
COMMANDS = [line for block in blocks(text_of(COST), "bash") for line in block.splitlines()]
MODULES = {"dryrun": dry_run.main, "dryrun.cost": cost.main}
PYTHON = [line for line in COMMANDS if "-m dryrun" in line]
MAKE = [line for line in COMMANDS if line.startswith("make ")]


def test_every_command_of_the_page_is_tested() -> None:
    assert sorted(PYTHON + MAKE) == sorted(COMMANDS)
    assert len(PYTHON) == 3


@pytest.mark.parametrize("line", PYTHON)
def test_a_command_of_the_page_runs(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    write_prices(prices_for(plan_of("prod")), tmp_path / "prices.json")
    monkeypatch.setenv(FILE_VARIABLE, str(tmp_path / "prices.json"))
    program, flag, module, *arguments = shlex.split(line)
    assert (program, flag) == (".venv/bin/python", "-m")
    given = ["--config", str(STACK_FILES / "prod.yaml"), "--project", str(ROOT)]
    assert MODULES[module]([*arguments, *given]) == 0


@pytest.mark.parametrize(
    ("line", "command"),
    [
        *zip(
            MAKE,
            [
                "-m dryrun.cost prod",
                "-m dryrun.cost prod --prices prices.json",
                "-m dryrun.compare_with_base main prod --out build/compare --prices prices.json",
            ],
            strict=True,
        )
    ],
)
def test_make_calls_the_command(line: str, command: str) -> None:
    shown = subprocess.run(
        [*shlex.split(line), "--dry-run", "--no-print-directory", "--old-file=.venv/.runtime"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert shlex.split(shown.stdout)[1:] == command.split(), shown.stderr


def test_the_page_on_retirements_shows_a_real_refusal() -> None:
    (shown,) = blocks(text_of(RETIREMENTS), "text")
    config = changed(shipped("dev"), {"cluster.kubernetesVersion": "1.30"})
    _, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert any(str(problem).startswith(shown.strip().removesuffix("...").strip(" ;")) for problem in errors)


def test_the_page_on_retirements_names_the_days() -> None:
    text = text_of(RETIREMENTS)
    assert f"{WARNING_DAYS} days before the last day of support" in text
    assert f"{FAILURE_DAYS} days before" in text
