"""Tests the one issue about drift: it opens, follows, and closes, at both hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from dryrun.pipelines.hosts import DRIFT_MARKER
from dryrun.pipelines.previews import Change
from dryrun.pipelines.report_drift import main
from tests.pipelines.azure_devops_api import AzureDevOpsApi
from tests.pipelines.comparisons import URN, write_preview
from tests.pipelines.github_api import BOT, GitHubApi

DRIFTED = Change("update", URN, ("adminUserEnabled",))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_preview(tmp_path, "dev", DRIFTED, kind="drift")
    write_preview(tmp_path, "prod", kind="drift")
    return tmp_path


def report(api: GitHubApi | AzureDevOpsApi, folder: Path) -> int:
    return main([str(folder), "dev", "prod"], api.environment())


def test_drift_opens_an_issue(github: GitHubApi, folder: Path) -> None:
    assert report(github, folder) == 0
    (issue,) = github.issues
    assert DRIFT_MARKER in issue["body"]
    assert "registry-registry" in issue["body"]
    assert "`prod`" not in issue["body"]


def test_the_next_night_updates_it(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    write_preview(folder, "prod", DRIFTED, kind="drift")
    report(github, folder)
    (issue,) = github.issues
    assert "`prod`" in issue["body"]


def test_an_issue_that_says_so_already_is_left_alone(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    written = len(github.writes)
    report(github, folder)
    assert len(github.writes) == written


def test_a_clean_night_closes_it(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    write_preview(folder, "dev", kind="drift")
    assert report(github, folder) == 0
    assert github.issues[0]["state"] == "closed"
    assert github.comments[0]["issue"] == github.issues[0]["number"]


def test_drift_after_that_opens_a_new_one(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    github.issues[0]["state"] = "closed"
    report(github, folder)
    assert [issue["state"] for issue in github.issues] == ["closed", "open"]


def test_a_clean_night_without_an_issue_does_nothing(github: GitHubApi, folder: Path) -> None:
    write_preview(folder, "dev", kind="drift")
    assert report(github, folder) == 0
    assert github.writes == []


def test_a_stack_that_was_not_checked_is_not_clean(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    write_preview(folder, "dev", kind="drift")
    (folder / "drift-prod.json").unlink()
    report(github, folder)
    (issue,) = github.issues
    assert issue["state"] == "open"
    assert "did not run to its end" in issue["body"]


def test_an_error_of_a_check_is_shown(github: GitHubApi, folder: Path) -> None:
    write_preview(folder, "dev", errors=("could not sign in",), kind="drift")
    report(github, folder)
    assert "could not sign in" in github.issues[0]["body"]


def test_other_issues_are_left_alone(github: GitHubApi, folder: Path) -> None:
    stranger = github.add_issue("stranger", DRIFT_MARKER)
    other = github.add_issue(BOT, "something else")
    pull = github.add_issue(BOT, DRIFT_MARKER, pull_request={})
    report(github, folder)
    assert [one["title"] for one in (stranger, other, pull)] == ["x", "x", "x"]
    assert len(github.issues) == 4


def test_an_issue_on_a_later_page_is_found(github: GitHubApi, folder: Path) -> None:
    report(github, folder)
    github.issues = [
        *({**github.issues[0], "body": "other", "number": number} for number in range(5)),
        github.issues[0],
    ]
    report(github, folder)
    assert len(github.issues) == 6


def test_drift_opens_a_work_item(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    assert report(azure_devops, folder) == 0
    (item,) = azure_devops.items
    assert "registry-registry" in item["fields"]["System.Description"]
    assert item["fields"]["System.Tags"] == "airflow-aks-drift"


def test_the_work_item_is_updated_and_closed(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    report(azure_devops, folder)
    write_preview(folder, "prod", DRIFTED, kind="drift")
    report(azure_devops, folder)
    (item,) = azure_devops.items
    assert "`prod`" in item["fields"]["System.Description"]
    for stack in ("dev", "prod"):
        write_preview(folder, stack, kind="drift")
    report(azure_devops, folder)
    assert item["fields"]["System.State"] == "Closed"


@pytest.mark.parametrize("state", ["Closed", "Removed"])
def test_drift_after_that_opens_a_new_work_item(azure_devops: AzureDevOpsApi, folder: Path, state: str) -> None:
    report(azure_devops, folder)
    azure_devops.items[0]["fields"]["System.State"] = state
    report(azure_devops, folder)
    assert len(azure_devops.items) == 2


def test_a_clean_night_without_a_work_item_does_nothing(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    write_preview(folder, "dev", kind="drift")
    assert report(azure_devops, folder) == 0
    assert azure_devops.items == []


def test_a_project_that_does_not_answer_is_one_line(
    azure_devops: AzureDevOpsApi, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    environment = azure_devops.environment(SYSTEM_TEAMPROJECT="another")
    assert main([str(folder), "dev"], environment) == 1
    assert "404" in capsys.readouterr().err
