"""Runs the scripts of the workflows, as they stand in the files, on a pull request from a branch and from a fork.

The repository is one of these tests' own, with the project's Makefile and code; only `make compare` is played.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.api_server import TOKEN
from tests.pipelines.azure_devops_api import AzureDevOpsApi
from tests.pipelines.commands import script_of
from tests.pipelines.comparisons import HEAD
from tests.pipelines.github_api import GitHubApi
from tests.pipelines.linters import compile_pipeline, read
from tests.pipelines.repositories import MAKEFILE, commit, git
from tests.plans import ROOT

FORK = "stranger/airflow-aks"
COMMENT = read(ROOT / ".github" / "workflows" / "comment.yml")["jobs"]["comment"]["steps"]
COMPARE = read(ROOT / ".github" / "workflows" / "preview.yml")["jobs"]["compare"]["steps"]
STAGES = compile_pipeline(ROOT / "azure-pipelines" / "preview.yml")["stages"]


def scripts_of(steps: list[dict[str, Any]]) -> list[str]:
    return [text for text in map(script_of, steps) if text]


@pytest.fixture
def job(tmp_path: Path) -> Path:
    """Return a folder with a clone of the merge, and a `python3` that has no package."""
    bin_folder, origin = tmp_path / "bin", tmp_path / "origin"
    bin_folder.mkdir()
    (bin_folder / "python3").write_text(f'#!/bin/sh\nexec {sys.executable} -S "$@"\n', encoding="utf-8")
    (bin_folder / "python3").chmod(0o755)
    origin.mkdir()
    git(origin, "init", "--quiet", "--initial-branch=main")
    kept = shutil.ignore_patterns("__pycache__")
    for name in ("dryrun", "components"):
        shutil.copytree(ROOT / name, origin / name, ignore=kept)
    shutil.copy(ROOT / "requirements.txt", origin)
    # The last recipe of a target counts.
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    (origin / "Makefile").write_text(f"{text}\n{MAKEFILE}", encoding="utf-8")
    commit(origin, "base", dev="0", prod="0")
    return tmp_path


def check_out(job: Path, **change: str) -> Path:
    """Return the clone that a job checks out: the merge of a pull request with this change, two commits deep."""
    origin, clone = job / "origin", job / "clone"
    git(origin, "switch", "--quiet", "--create", "feature")
    commit(origin, "change", **change)
    git(origin, "switch", "--quiet", "main")
    commit(origin, "the target branch moves on")
    git(origin, "switch", "--quiet", "--create", "merge")
    git(origin, "merge", "--quiet", "--no-ff", "--message", "merge", "feature")
    git(job, "clone", "--quiet", "--depth=2", f"file://{origin}", str(clone))
    # Older than the stamps below .venv, so that `make` installs nothing.
    os.utime(clone / "requirements.txt", (0, 0))
    (clone / ".venv").symlink_to((ROOT / ".venv").resolve())
    return clone


def run(script: str, folder: Path, **environment: str) -> int:
    """Run a script as a runner does, without any variable of this machine."""
    path = f"{folder.parent / 'bin'}:{os.environ['PATH']}"
    settings = {"PATH": path, "HOME": str(folder.parent), "PYTHONDONTWRITEBYTECODE": "1", **environment}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script]
    return subprocess.run(command, cwd=folder, env=settings, check=False).returncode


def at_github(job: Path, api: GitHubApi, allowed: bool = False, **change: str) -> int:
    """Run the jobs `compare` and `comment`, and return the exit code of the first."""
    clone = check_out(job, **change)
    (compare,) = scripts_of(COMPARE)
    label = {"ALLOW_DATA_LOSS": "true" if allowed else "false"}
    code = run(compare, clone, PULL_REQUEST="7", COMMIT=HEAD, **label)
    # What the artifact carries from one job to the other.
    shutil.copytree(clone / "build" / "comparison", job / "temp" / "comparison")
    default_branch = job / "default-branch"
    git(job, "clone", "--quiet", "--branch=main", f"file://{job / 'origin'}", str(default_branch))
    (comment,) = scripts_of(COMMENT)
    assert run(comment, default_branch, **api.environment(HEAD_SHA=HEAD, RUNNER_TEMP=str(job / "temp"))) == 0
    return code


@pytest.mark.parametrize("repository", ["team/airflow-aks", FORK])
@pytest.mark.parametrize(
    ("code", "allowed", "passes", "verdict"),
    [
        ("0", False, True, "nothing that holds data is replaced or removed"),
        ("1", True, False, "the comparison failed"),
        ("2", False, False, "data would be lost"),
        ("2", True, True, "data would be lost"),
    ],
)
def test_a_pull_request_at_github(
    job: Path, github: GitHubApi, repository: str, code: str, allowed: bool, passes: bool, verdict: str
) -> None:
    github.add_pull(7, repository, *(["allow-data-loss"] if allowed else []))
    assert (at_github(job, github, allowed, prod=code) == 0) == passes
    (comment,) = github.comments
    assert f"| `prod` | {verdict}" in comment["body"].replace("**", "")
    assert "prod against HEAD^1" in comment["body"]


def test_a_fork_that_changes_the_comment_code_changes_nothing(job: Path, github: GitHubApi) -> None:
    github.add_pull(7, FORK)
    evil = 'raise SystemExit("taken over")\n'
    origin = job / "origin"
    git(origin, "switch", "--quiet", "--create", "evil")
    (origin / "dryrun" / "pipelines" / "post_comment.py").write_text(evil, encoding="utf-8")
    commit(origin, "evil")
    assert at_github(job, github, prod="0") == 0
    assert len(github.comments) == 1


@pytest.mark.parametrize("fork", [False, True])
@pytest.mark.parametrize(
    ("code", "labels", "ended"), [("0", [], 0), ("2", [], 2), ("2", ["allow-data-loss"], 0), ("1", [], 1)]
)
def test_a_pull_request_at_azure_devops(
    job: Path, azure_devops: AzureDevOpsApi, fork: bool, code: str, labels: list[str], ended: int
) -> None:
    azure_devops.fork = fork
    azure_devops.labels = [{"name": label, "active": True} for label in labels]
    clone, temp = check_out(job, prod=code), job / "agent"
    temp.mkdir()
    compare, _, comment = (one["jobs"][0]["steps"] for one in STAGES)
    run(scripts_of(compare)[-1], clone, PULL_REQUEST="7", COMMIT=HEAD)
    shutil.copytree(clone / "build" / "comparison", temp / "artifacts" / "comment-comparison")
    worktree, collect, write = scripts_of(comment)
    for script in (worktree, collect):
        assert run(script, clone, AGENT_TEMPDIRECTORY=str(temp)) == 0
    shutil.copytree(job / "bin", temp / "bin")
    variables = azure_devops.environment(AGENT_TEMPDIRECTORY=str(temp))
    assert variables["SYSTEM_ACCESSTOKEN"] == TOKEN
    assert run(write, temp / "target", **variables) == ended
    (thread,) = azure_devops.threads
    assert "prod against HEAD^1" in thread["comments"][0]["content"]
