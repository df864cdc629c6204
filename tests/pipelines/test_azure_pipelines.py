"""Tests what the pipelines of Azure DevOps may do. Their commands are tested beside those of the workflows."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.pipelines.commands import script_of, steps_of
from tests.pipelines.linters import PIPELINES, NoLinterError, compile_pipeline, lint_pipeline, read
from tests.plans import ROOT

FOLDER = ROOT / "azure-pipelines"
CONTENT = {file.name: compile_pipeline(file) for file in PIPELINES}
TOKEN = "$(System.AccessToken)"

each_file = pytest.mark.parametrize("file", PIPELINES, ids=lambda file: file.name)


def stage(file: str, name: str) -> dict[str, Any]:
    return next(one for one in CONTENT[file]["stages"] if one["stage"] == name)


def test_azure_devops_has_what_github_has() -> None:
    names = {file.name for file in (ROOT / ".github" / "workflows").glob("*.yml")} - {"comment.yml"}
    assert {file.name for file in FOLDER.glob("*.yml")} == {*names, "settings.yml"}


@each_file
def test_the_schema_has_nothing_to_say(file: Path) -> None:
    try:
        assert lint_pipeline(file) == []
    except NoLinterError as error:
        pytest.skip(str(error))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("timeoutInMinutes", "timeout"),
        ("UsePythonVersion@0", "UsePython@9"),
        ("versionSpec", "version"),
        ("steps", "step"),
    ],
)
def test_the_schema_notices_a_mistake(tmp_path: Path, right: str, wrong: str) -> None:
    text = (FOLDER / "check.yml").read_text(encoding="utf-8")
    assert right in text
    (tmp_path / "check.yml").write_text(text.replace(right, wrong), encoding="utf-8")
    try:
        assert lint_pipeline(tmp_path / "check.yml")
    except NoLinterError as error:
        pytest.skip(str(error))


@each_file
def test_every_expression_is_known(file: Path) -> None:
    assert "${{" not in str(compile_pipeline(file))


def test_an_unknown_setting_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "x.yml").write_text("pool:\n  vmImage: ${{ variables.vmImages }}\n", encoding="utf-8")
    with pytest.raises(KeyError):
        compile_pipeline(tmp_path / "x.yml")


@each_file
def test_every_task_has_a_version(file: Path) -> None:
    for step in steps_of(CONTENT[file.name]):
        assert "task" not in step or re.fullmatch(r"\w+@\d+", step["task"])


@each_file
def test_no_pipeline_reads_a_stored_secret(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    assert not re.search(r"password|AzureKeyVault@|- group:|servicePrincipalKey|addSpnToEnvironment", text)


@each_file
def test_no_macro_and_no_expression_stands_in_a_script(file: Path) -> None:
    for step in steps_of(read(file)):
        script = script_of(step) or ""
        assert "$(" not in script
        assert "${{" not in script or script == "${{ parameters.script }}"


@each_file
def test_the_token_goes_to_our_own_commands_alone(file: Path) -> None:
    for step in steps_of(CONTENT[file.name]):
        if TOKEN in str(step.get("env")):
            assert step["bash"].startswith("python3 -m dryrun.pipelines.")
    assert file.read_text(encoding="utf-8").count("System.AccessToken") == str(CONTENT[file.name]).count(TOKEN)


@each_file
def test_only_the_job_that_pushes_keeps_its_credential(file: Path) -> None:
    for step in steps_of(CONTENT[file.name]):
        if "checkout" in step:
            assert step["persistCredentials"] == ("true" if file.name == "image.yml" else "false")


def test_the_code_of_a_pull_request_runs_without_any_token() -> None:
    compare = str(stage("preview.yml", "compare"))
    assert TOKEN not in compare
    assert "azureSubscription" not in compare
    assert "template" not in compare


def test_the_comment_is_written_by_the_target_branch() -> None:
    (job,) = stage("preview.yml", "comment")["jobs"]
    _, worktree, *_, comment = job["steps"]
    assert worktree["bash"] == 'git worktree add --detach "$AGENT_TEMPDIRECTORY/target" HEAD^1'
    assert comment["workingDirectory"] == "$(Agent.TempDirectory)/target"
    assert comment["bash"].endswith(" --gate")


def test_a_failed_comparison_is_commented_too() -> None:
    (job,) = stage("preview.yml", "compare")["jobs"]
    (compare,) = [step for step in job["steps"] if "make compare-stacks" in step.get("bash", "")]
    assert compare["continueOnError"] == "true"
    assert "SucceededWithIssues" in stage("preview.yml", "comment")["condition"]


def test_a_preview_at_azure_is_for_branches_of_the_repository() -> None:
    assert "ne(variables['System.PullRequest.IsFork'], 'True')" in stage("preview.yml", "pulumi")["condition"]


def test_an_update_waits_for_its_environment_and_uses_what_was_approved() -> None:
    (job,) = stage("up.yml", "up_dev")["jobs"]
    assert job["environment"] == "airflow-aks-dev"
    assert stage("up.yml", "up_dev")["lockBehavior"] == "sequential"
    (download, update) = job["strategy"]["runOnce"]["deploy"]["steps"]
    assert download["inputs"]["artifactName"] == "plan-dev"
    assert update["parameters"]["connection"] == "airflow-aks-dev"
    assert CONTENT["up.yml"]["trigger"]["branches"] == {"include": ["main"]}


def test_drift_is_looked_for_every_night_even_if_nothing_was_merged() -> None:
    (schedule,) = CONTENT["drift.yml"]["schedules"]
    assert schedule["always"] == "true"
    assert schedule["branches"] == {"include": ["main"]}


def test_a_sign_in_outlasts_an_update() -> None:
    signs_in = [step for content in CONTENT.values() for step in steps_of(content) if step.get("task") == "AzureCLI@2"]
    assert signs_in
    assert all(step["inputs"]["keepAzSessionActive"] == "true" for step in signs_in)
