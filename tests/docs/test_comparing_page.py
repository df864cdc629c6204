"""What the page on comparing says, held against the commands."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
from typing import get_args

import pytest

from dryrun import compare, compare_with_base
from dryrun.comparison.changes import Severity, Source
from dryrun.comparison.json_report import render_json
from dryrun.comparison.wording import ACTIONS
from tests.docs.pages import blocks as blocks_of
from tests.docs.pages import commands, text_of
from tests.dryrun.comparison.plans import SERVER, azure, with_inputs
from tests.dryrun.comparison.plans import compare as compare_plans
from tests.plans import ROOT

PAGE = ROOT / "docs" / "comparing.md"


def table(header: str) -> list[str]:
    """The first cells of the table below a header."""
    _, _, rows = text_of(PAGE).partition(f"| {header} |")
    return re.findall(r"^\| (.+?) \|", rows.partition("\n\n")[0].partition("\n")[2].partition("\n")[2], re.MULTILINE)


def code_in(cells: list[str]) -> set[str]:
    return {word for cell in cells for word in re.findall(r"`([^`]+)`", cell)}


def test_every_option_is_on_the_page() -> None:
    options = {
        f"{action.option_strings[0]} {action.metavar}" if action.metavar else action.option_strings[0]
        for action in compare._make_parser()._actions
        if action.option_strings and action.dest != "help"
    }
    assert code_in(table("option | what it does")) == options


def test_every_word_is_explained() -> None:
    assert sorted(table("word | meaning")) == sorted(ACTIONS)


def test_exit_codes_are_those_of_the_command() -> None:
    assert [int(code) for code in table("code | meaning")] == [compare.OK, compare.ERROR, compare.DATA_LOSS]


def test_every_key_of_the_json_file_is_explained() -> None:
    old = azure(SERVER, "server", "/server", {"administratorLogin": "a"})
    content = json.loads(render_json(compare_plans(old, with_inputs(old, administratorLogin="b")), 2))
    assert code_in(table("key | content")) == set(content)
    (resource,) = content["resources"]
    text = text_of(PAGE)
    inner = {*resource, *resource["differences"][0], *resource["reasons"][0], *content["consequences"][0]}
    inner |= {*content["cost"]}
    assert {key for key in inner if f"`{key}`" not in text} == set()
    assert {word for word in (*get_args(Severity), *get_args(Source)) if f"`{word}`" not in text} == set()


@pytest.mark.parametrize(
    ("variables", "expected"),
    [
        (["BASE=origin/main", "STACK=prod", "OUT=reports"], ["origin/main", "prod", "--out", "reports"]),
        (["STACK=all"], ["main", "all", "--out", "build/compare"]),
        (["PRICES=my prices.json"], ["main", "dev", "--out", "build/compare", "--prices", "my prices.json"]),
        (["ALLOW_DATA_LOSS=1"], ["main", "dev", "--out", "build/compare", "--allow-data-loss"]),
    ],
)
def test_make_passes_its_variables_on(variables: list[str], expected: list[str]) -> None:
    # Nothing is installed: the target's own line is the last that make would run.
    shown = subprocess.run(
        ["make", "--dry-run", "--no-print-directory", "compare", *variables],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    command = shlex.split(shown.stdout.strip().splitlines()[-1])
    assert command == [".venv/bin/python", "-m", "dryrun.compare_with_base", *expected]


def test_commands_on_the_page_are_accepted() -> None:
    """Each command of the page that this repository has is parsed by the program that it calls."""
    lines = [line for block in blocks_of(text_of(PAGE), "bash") for line in commands(block)]
    comparing = [line.split()[4:] for line in lines if " -m dryrun compare " in line]
    assert len(comparing) == 1
    assert compare._make_parser().parse_args(comparing[0]).markdown is not None
    assert "python -m dryrun.compare_with_base BASE STACK --out DIR" in text_of(PAGE)
    assert compare_with_base._make_parser().parse_args(["BASE", "STACK", "--out", "DIR"]).base == "BASE"
