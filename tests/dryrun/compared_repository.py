"""A git repository with the project's files, whose branches `make compare` compares, and the reading of its report."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from dryrun import compare_with_base
from dryrun.compare_with_base import Sides
from dryrun.comparison.reading import DryRun
from tests.plans import PINS_FILE, ROOT, STACK_FILES

STACK_FILE = "Pulumi.prod.yaml"
DATABASE = "components/azure/database.py"


def git(folder: Path, *arguments: str) -> None:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.com", "-c", "commit.gpgsign=false")
    subprocess.run(["git", "-C", str(folder), *identity, *arguments], check=True, capture_output=True)


@pytest.fixture(scope="session")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A repository with the program, the tests' pins and their stack file for prod on the branch main."""
    folder = tmp_path_factory.mktemp("repository")
    shutil.copy(ROOT / "__main__.py", folder)
    shutil.copy(ROOT / "Pulumi.yaml", folder)
    for part in ("components", "charts", "dryrun"):
        # With the compiled modules, which git ignores: compiling them again would take seconds.
        shutil.copytree(ROOT / part, folder / part)
    shutil.copy(PINS_FILE, folder / "charts" / "pins.yaml")
    shutil.copy(STACK_FILES / "prod.yaml", folder / STACK_FILE)
    (folder / ".gitignore").write_text("__pycache__/\n")
    git(folder, "init", "--quiet", "--initial-branch=main")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message=Start")
    return folder


@pytest.fixture
def tree(repository: Path) -> Iterator[Path]:
    """The working tree of the repository; its changes go with the test."""
    yield repository
    git(repository, "reset", "--quiet", "--hard", "main")
    git(repository, "clean", "--quiet", "--force", "-d")


@pytest.fixture(scope="session")
def runs_of_main() -> dict[str, DryRun]:
    """The dry runs of the branch main, which is the same for all tests: the first one makes them."""
    return {}


@pytest.fixture
def once(runs_of_main: dict[str, DryRun], monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the program of the branch main once for all tests that use this."""
    run = compare_with_base._run_dry_runs

    def run_missing(sides: Sides, stack: str, folders: Mapping[str, Path]) -> list[DryRun]:
        missing = {where: folder for where, folder in folders.items() if where not in runs_of_main}
        found = dict(zip(missing, run(sides, stack, missing), strict=True))
        runs_of_main.update({where: run for where, run in found.items() if where == "in main"})
        return [{**runs_of_main, **found}[where] for where in folders]

    monkeypatch.setattr(compare_with_base, "_run_dry_runs", run_missing)


def compare(tree: Path, out: Path, *options: str, base: str = "main", stack: str = "prod") -> int:
    return compare_with_base.main([base, stack, "--project", str(tree), "--out", str(out), *options])


def edit(file: Path, *changes: tuple[str, str]) -> None:
    text = file.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")


def report(out: Path, stack: str = "prod") -> Any:
    return json.loads((out / f"{stack}.json").read_text(encoding="utf-8"))


def actions(content: Any) -> dict[str, str]:
    return {found["name"]: found["action"] for found in content["resources"]}


def said(content: Any, severity: str) -> str:
    return "\n".join(found["text"] for found in content["consequences"] if found["severity"] == severity)
