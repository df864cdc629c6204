"""The pages for contributors, and the files by which GitHub and pre-commit guide them, name what exists."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.docs.pages import CODE, blocks, prose, text_of
from tests.plans import ROOT

PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "SECURITY.md"]
FILE = re.compile(r"\.?[\w-]+(/[\w.-]+)*\.(json|md|py|toml|txt|yaml)|[\w.-]+(/[\w.-]+)+/?")
# A function, a class or a field.
SYMBOL = re.compile(r"[a-z]+(_[a-z]+)+|[A-Z][a-z]+([A-Z][a-z]+)+")
FORMS = sorted((ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml"))

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
each_form = pytest.mark.parametrize("form", FORMS, ids=lambda form: form.name)


def named(page: Path, kind: re.Pattern[str]) -> set[str]:
    return {code for code in CODE.findall(prose(page)) if kind.fullmatch(code)}


@each_page
def test_every_path_that_is_named_exists(page: Path) -> None:
    paths = named(page, FILE)
    assert len(paths) > 5
    assert sorted(path for path in paths if not (ROOT / path).exists()) == []


def test_every_name_of_the_examples_stands_in_the_program() -> None:
    sources = [file.read_text(encoding="utf-8") for file in sorted((ROOT / "components").rglob("*.py"))]
    words = {word for source in sources for word in re.findall(r"\w+", source)}
    symbols = named(ROOT / "CONTRIBUTING.md", SYMBOL)
    assert {"ChaosSettings", "dry_run"} <= symbols
    assert sorted(symbols - words) == []


@each_page
def test_every_module_that_is_run_exists(page: Path) -> None:
    text = "\n".join([*CODE.findall(prose(page)), *blocks(text_of(page), "bash")])
    modules = re.findall(r"python -m ([\w.]+)", text)
    assert [module for module in modules if importlib.util.find_spec(module) is None] == []


def test_owners_are_a_template_for_paths_that_exist() -> None:
    lines = text_of(ROOT / ".github" / "CODEOWNERS").splitlines()
    rules = [line.removeprefix("# ").split() for line in lines if "@example/" in line]
    assert [line for line in lines if line and not line.startswith("#")] == []
    assert [path for path, _ in rules if path != "*" and not (ROOT / path.lstrip("/")).exists()] == []
    assert len(rules) > 5


@each_form
def test_an_issue_form_has_what_github_asks_for(form: Path) -> None:
    """Source: GitHub's page "Syntax for GitHub's form schema"."""
    content: dict[str, Any] = yaml.safe_load(text_of(form))
    assert set(content) == {"name", "description", "body"}
    fields = [part for part in content["body"] if part["type"] != "markdown"]
    assert {part["type"] for part in fields} <= {"textarea", "input"}
    assert all(part["attributes"]["label"] for part in fields)
    assert len({part["id"] for part in fields}) == len(fields)


def test_the_hook_runs_the_checks_of_ci_over_everything() -> None:
    config = yaml.safe_load(text_of(ROOT / ".pre-commit-config.yaml"))
    ((hook,),) = [repository["hooks"] for repository in config["repos"]]
    assert [repository["repo"] for repository in config["repos"]] == ["local"]
    assert (hook["entry"], hook["language"], hook["pass_filenames"]) == ("make check", "system", False)
    assert re.search(r"^check:", text_of(ROOT / "Makefile"), re.MULTILINE)
