"""Tests the workflow that builds the image after a merge: its triggers, permissions and sign-in."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.plans import ROOT

FILE = ROOT / ".github" / "workflows" / "image.yml"
TEXT = FILE.read_text(encoding="utf-8")
# The base loader reads `on` as a string, not as a boolean.
WORKFLOW: dict[str, Any] = yaml.load(TEXT, Loader=yaml.BaseLoader)
JOB = WORKFLOW["jobs"]["build"]
STEPS = JOB["steps"]


def step(words: str) -> dict[str, Any]:
    return next(step for step in STEPS if words in step.get("uses", step.get("name", "")))


def test_it_runs_after_a_merge_that_touches_the_image() -> None:
    assert set(WORKFLOW["on"]) == {"push", "workflow_dispatch"}
    assert WORKFLOW["on"]["push"]["branches"] == ["main"]
    assert "image/**" in WORKFLOW["on"]["push"]["paths"]


def test_a_pull_request_of_a_stranger_cannot_start_it() -> None:
    assert not {"pull_request", "pull_request_target", "issue_comment"} & set(WORKFLOW["on"])


def test_it_may_do_no_more_than_it_does() -> None:
    assert WORKFLOW["permissions"] == {}
    assert JOB["permissions"] == {"id-token": "write", "contents": "write", "pull-requests": "write"}


def test_it_signs_in_by_open_id_connect_alone() -> None:
    assert set(step("azure/login")["with"]) == {"client-id", "tenant-id", "subscription-id"}


def test_it_reads_no_stored_secret() -> None:
    assert not re.findall(r"secrets\.|password|creds", TEXT.replace("nothing holds a password", ""), re.IGNORECASE)


def test_every_action_is_pinned_by_its_commit() -> None:
    used = [one["uses"] for one in STEPS if "uses" in one]
    assert used
    assert all(re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40}", action) for action in used)


def test_scripts_take_nothing_from_outside_but_by_variables() -> None:
    assert not [one["run"] for one in STEPS if "${{" in one.get("run", "")]


def test_it_builds_as_anyone_does() -> None:
    assert step("Build")["run"] == 'make image STACK="$STACK" WRITE=1'


def test_without_its_variables_it_does_nothing() -> None:
    assert JOB["if"] == "vars.AZURE_CLIENT_ID != ''"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a clone in which a build can change the stack file, beside a `gh` that only records its arguments."""
    origin, clone, bin_folder = tmp_path / "origin", tmp_path / "clone", tmp_path / "bin"
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@example.com"]
    subprocess.run([*git, "init", "--quiet", "--bare", "--initial-branch=main", origin], check=True)
    subprocess.run([*git, "clone", "--quiet", origin, clone], check=True, capture_output=True)
    (clone / "Pulumi.dev.yaml").write_text("tag: old\n", encoding="utf-8")
    subprocess.run([*git, "add", "."], cwd=clone, check=True)
    subprocess.run([*git, "commit", "--quiet", "-m", "x"], cwd=clone, check=True)
    subprocess.run([*git, "push", "--quiet", "origin", "HEAD:main"], cwd=clone, check=True)
    bin_folder.mkdir()
    (bin_folder / "gh").write_text(f'#!/bin/sh\necho "$@" >> {tmp_path}/asked\n', encoding="utf-8")
    (bin_folder / "gh").chmod(0o755)
    return clone


def open_pull_request(clone: Path) -> str:
    """Run the step's script and return the arguments of all calls of `gh` so far."""
    environment = {
        "PATH": f"{clone.parent / 'bin'}:/usr/local/bin:/usr/bin:/bin",
        "HOME": str(clone.parent),
        "STACK": "dev",
        "GITHUB_SHA": "abc",
    }
    script = step("pull request")["run"]
    subprocess.run(
        ["bash", "-e", "-o", "pipefail", "-c", script], cwd=clone, env=environment, check=True, capture_output=True
    )
    asked = clone.parent / "asked"
    return asked.read_text(encoding="utf-8") if asked.exists() else ""


def test_a_new_tag_becomes_one_pull_request(clone: Path) -> None:
    (clone / "Pulumi.dev.yaml").write_text("tag: new\n", encoding="utf-8")
    asked = open_pull_request(clone)
    assert asked.startswith("pr create --base main --head image/dev-")
    branches = subprocess.run(["git", "branch", "-r"], cwd=clone, check=True, capture_output=True, text=True).stdout
    assert "origin/image/dev-" in branches


def test_no_change_opens_no_pull_request(clone: Path) -> None:
    assert open_pull_request(clone) == ""


def test_a_pull_request_that_waits_is_not_opened_twice(clone: Path) -> None:
    (clone / "Pulumi.dev.yaml").write_text("tag: new\n", encoding="utf-8")
    open_pull_request(clone)
    subprocess.run(["git", "switch", "--quiet", "-"], cwd=clone, check=True)
    (clone / "Pulumi.dev.yaml").write_text("tag: new\n", encoding="utf-8")
    assert open_pull_request(clone).count("pr create") == 1
