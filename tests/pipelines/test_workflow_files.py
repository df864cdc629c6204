"""Tests what the workflows of GitHub may do, and that what they run exists."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.commands import check_script, scripts, steps_of
from tests.pipelines.linters import WORKFLOWS, NoLinterError, lint_workflows, read
from tests.plans import ROOT

CONTENT = {file.name: read(file) for file in WORKFLOWS}
JOBS = {(name, job): jobs[job] for name, content in CONTENT.items() for jobs in [content["jobs"]] for job in jobs}
READ, WRITE = "read", "write"
PERMISSIONS = {
    ("check.yml", "check"): {"contents": READ},
    ("comment.yml", "comment"): {"actions": READ, "contents": READ, "pull-requests": WRITE},
    ("drift.yml", "look"): {"contents": READ, "id-token": WRITE},
    ("drift.yml", "report"): {"contents": READ, "issues": WRITE},
    ("image.yml", "build"): {"contents": WRITE, "id-token": WRITE, "pull-requests": WRITE},
    ("preview.yml", "compare"): {"contents": READ},
    ("preview.yml", "pulumi"): {"contents": READ, "id-token": WRITE},
    ("up.yml", "plan"): {"contents": READ, "id-token": WRITE},
    ("up.yml", "up"): {"contents": READ, "id-token": WRITE},
}

each_file = pytest.mark.parametrize("file", WORKFLOWS, ids=lambda file: file.name)
each_job = pytest.mark.parametrize("job", JOBS, ids="/".join)


def uses(step: dict[str, Any], action: str) -> bool:
    return step.get("uses", "").startswith(f"{action}@")


def test_actionlint_has_nothing_to_say() -> None:
    try:
        assert lint_workflows() == ""
    except NoLinterError as error:
        pytest.skip(str(error))


def test_actionlint_notices_a_mistake(tmp_path: Path) -> None:
    folder = tmp_path / ".github" / "workflows"
    folder.mkdir(parents=True)
    wrong = (
        (ROOT / ".github" / "workflows" / "check.yml").read_text(encoding="utf-8").replace("matrix.target", "matrix.x")
    )
    (folder / "check.yml").write_text(wrong, encoding="utf-8")
    try:
        assert 'property "x" is not defined' in lint_workflows(tmp_path)
    except NoLinterError as error:
        pytest.skip(str(error))


@each_file
def test_a_workflow_may_do_nothing_by_default(file: Path) -> None:
    assert read(file)["permissions"] == {}


def test_every_job_may_do_what_it_does_and_no_more() -> None:
    assert {job: content["permissions"] for job, content in JOBS.items()} == PERMISSIONS


@each_file
def test_every_action_is_pinned_by_its_commit_with_its_version_beside_it(file: Path) -> None:
    lines = [line for line in file.read_text(encoding="utf-8").splitlines() if "uses:" in line]
    assert lines
    for line in lines:
        assert re.fullmatch(r" +(- )?uses: [\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", line), line


def test_an_action_has_one_commit_everywhere() -> None:
    pinned = {step["uses"] for content in CONTENT.values() for step in steps_of(content) if "uses" in step}
    names = [action.partition("@")[0] for action in pinned]
    assert len(names) == len(set(names))


@each_file
def test_no_workflow_reads_a_stored_secret(file: Path) -> None:
    assert not re.search(r"secrets\.|\bcreds\b|client-secret", file.read_text(encoding="utf-8"))


@each_file
def test_no_expression_stands_in_a_script(file: Path) -> None:
    assert [step["run"] for step in steps_of(read(file)) if "${{" in step.get("run", "")] == []


@each_file
def test_no_workflow_runs_strange_code_with_rights(file: Path) -> None:
    assert "pull_request_target" not in read(file)["on"]
    if "pull_request" in read(file)["on"]:
        for job in read(file)["jobs"].values():
            assert set(job["permissions"].items()) <= {("contents", READ), ("id-token", WRITE)}


@each_job
def test_every_job_ends(job: tuple[str, str]) -> None:
    assert int(JOBS[job]["timeout-minutes"]) <= 180


@each_job
def test_only_the_job_that_pushes_keeps_its_credential(job: tuple[str, str]) -> None:
    (checkout,) = [step for step in JOBS[job]["steps"] if uses(step, "actions/checkout")]
    assert checkout.get("with", {}).get("persist-credentials") == (None if job[0] == "image.yml" else "false")


@each_job
def test_a_sign_in_has_no_password(job: tuple[str, str]) -> None:
    signs_in = [step for step in JOBS[job]["steps"] if uses(step, "azure/login")]
    assert bool(signs_in) == ("id-token" in JOBS[job]["permissions"])
    for step in signs_in:
        assert set(step["with"]) == {"client-id", "tenant-id", "subscription-id"}
        assert all(re.fullmatch(r"\$\{\{ vars\.AZURE_\w+ \}\}", value) for value in step["with"].values())


def test_a_preview_at_azure_is_for_branches_of_the_repository() -> None:
    condition = JOBS["preview.yml", "pulumi"]["if"]
    assert "github.event.pull_request.head.repo.full_name == github.repository" in condition
    assert "vars.AZURE_PREVIEW_CLIENT_ID != ''" in condition


def test_a_pull_request_hands_over_what_it_found_whatever_that_is() -> None:
    *_, compare, upload = JOBS["preview.yml", "compare"]["steps"]
    assert "make compare-stacks" in compare["run"]
    assert uses(upload, "actions/upload-artifact")
    assert upload["if"] == "${{ !cancelled() }}"


def test_the_comment_follows_success_and_failure() -> None:
    condition = JOBS["comment.yml", "comment"]["if"]
    assert """contains(fromJSON('["success", "failure"]')""" in condition
    assert CONTENT["comment.yml"]["on"] == {"workflow_run": {"workflows": ["preview"], "types": ["completed"]}}


@pytest.mark.parametrize("job", [("comment.yml", "comment"), ("drift.yml", "report")])
def test_a_job_that_writes_runs_the_default_branch_and_installs_nothing(job: tuple[str, str]) -> None:
    checkout, download, run = JOBS[job]["steps"]
    assert set(checkout["with"]) == {"persist-credentials"}
    assert download["with"]["path"].startswith("${{ runner.temp }}/")
    assert run["run"].startswith("python3 -m dryrun.pipelines.")


@pytest.mark.parametrize("module", ["change_tag", "install_pulumi", "post_comment", "report_drift"])
def test_what_runs_before_any_installation_needs_no_package(module: str) -> None:
    command = [sys.executable, "-S", "-m", f"dryrun.pipelines.{module}", "--help"]
    assert "usage:" in subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def test_an_update_waits_for_its_environment_and_uses_what_was_approved() -> None:
    up = JOBS["up.yml", "up"]
    assert up["environment"] == "${{ matrix.stack }}"
    assert up["needs"] == "plan"
    assert up["strategy"]["max-parallel"] == "1"
    assert set(CONTENT["up.yml"]["on"]) == {"push", "workflow_dispatch"}
    assert CONTENT["up.yml"]["on"]["push"]["branches"] == ["main"]
    assert "github.ref == 'refs/heads/main'" in JOBS["up.yml", "plan"]["if"]
    assert not [step for step in up["steps"] if "ref" in step.get("with", {})]


def test_drift_is_looked_for_every_night() -> None:
    (schedule,) = CONTENT["drift.yml"]["on"]["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", schedule["cron"])


@pytest.mark.parametrize(("name", "script"), scripts())
def test_every_command_exists_and_takes_its_arguments(name: str, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    check_script(script, monkeypatch)


@pytest.mark.parametrize(
    "script",
    [
        "make no-such-target",
        "make up NO_SUCH=1",
        "python3 -m dryrun.pipelines.deploy sideways dev",
        "curl x",
        "python3 -m x",
    ],
)
def test_a_command_that_does_not_exist_is_noticed(script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises((Exception, SystemExit, pytest.fail.Exception)):
        check_script(script, monkeypatch)
