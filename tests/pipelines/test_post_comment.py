"""Tests the comment on a pull request, from a branch and from a fork, at both hosts."""

from __future__ import annotations

from pathlib import Path

import pytest

from dryrun.pipelines.hosts import COMMENT_MARKER
from dryrun.pipelines.post_comment import main
from dryrun.pipelines.previews import Change
from tests.pipelines.azure_devops_api import SERVICE, AzureDevOpsApi
from tests.pipelines.comparisons import HEAD, URN, write_folder, write_preview
from tests.pipelines.github_api import BOT, GitHubApi

FORK = "stranger/airflow-aks"
OTHER = "b" * 40


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return write_folder(tmp_path / "comparison", {"dev": 0, "prod": 2})


def at_github(api: GitHubApi, folder: Path, *options: str, **more: str) -> int:
    return main([str(folder), *options], api.environment(HEAD_SHA=HEAD, **more))


def at_azure(api: AzureDevOpsApi, folder: Path, *options: str, **more: str) -> int:
    return main([str(folder), *options], api.environment(**more))


def test_a_pull_request_of_a_branch_gets_a_comment(github: GitHubApi, folder: Path) -> None:
    assert at_github(github, folder) == 0
    (comment,) = github.comments
    assert comment["body"].startswith(COMMENT_MARKER)
    assert "1 changed in prod" in comment["body"]


def test_a_pull_request_of_a_fork_gets_the_same_comment(github: GitHubApi, folder: Path) -> None:
    at_github(github, folder)
    github.add_pull(7, FORK)
    github.comments, of_branch = [], github.comments
    assert at_github(github, folder) == 0
    assert github.comments[0]["body"] == of_branch[0]["body"]


def test_a_fork_that_was_deleted_gets_its_comment(github: GitHubApi, folder: Path) -> None:
    github.add_pull(7, None)
    assert at_github(github, folder) == 0
    assert len(github.comments) == 1


def test_a_fork_cannot_make_a_preview_up(github: GitHubApi, folder: Path) -> None:
    write_preview(folder, "dev", Change("update", URN))
    at_github(github, folder)
    assert "registry-registry" in github.comments[0]["body"]
    github.add_pull(7, FORK)
    at_github(github, folder)
    assert "registry-registry" not in github.comments[0]["body"]


def test_the_next_run_updates_the_comment_that_stands_on_a_later_page(github: GitHubApi, folder: Path) -> None:
    for number in range(5):
        github.add_comment("somebody", f"comment {number}")
    at_github(github, folder)
    write_folder(folder, {"dev": 0})
    assert at_github(github, folder) == 0
    assert len(github.comments) == 6
    assert "prod" not in github.comments[-1]["body"]


def test_the_comment_of_a_stranger_with_the_marker_is_left_alone(github: GitHubApi, folder: Path) -> None:
    theirs = github.add_comment("stranger", f"{COMMENT_MARKER}\nNothing changes.")
    at_github(github, folder)
    assert theirs["body"].endswith("Nothing changes.")
    assert github.comments[-1]["user"]["login"] == BOT


def test_another_comment_of_the_bot_is_left_alone(github: GitHubApi, folder: Path) -> None:
    other = github.add_comment(BOT, "coverage")
    at_github(github, folder)
    assert other["body"] == "coverage"


def test_a_fork_cannot_comment_on_another_pull_request(
    github: GitHubApi, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    github.add_pull(3, "team/airflow-aks", head=OTHER)
    write_folder(folder, {"dev": 0}, pullRequest=3)
    assert at_github(github, folder) == 1
    assert github.writes == []
    assert "not its newest commit" in capsys.readouterr().err


def test_a_fork_cannot_name_another_commit(github: GitHubApi, folder: Path) -> None:
    github.add_pull(3, "team/airflow-aks", head=OTHER)
    write_folder(folder, {"dev": 0}, pullRequest=3, commit=OTHER)
    assert at_github(github, folder) == 1
    assert github.writes == []


def test_a_closed_pull_request_gets_no_comment(github: GitHubApi, folder: Path) -> None:
    github.pulls[7]["state"] = "closed"
    assert at_github(github, folder) == 1
    assert github.writes == []


def test_a_pull_request_that_does_not_exist_is_one_line(
    github: GitHubApi, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_folder(folder, {"dev": 0}, pullRequest=99)
    assert at_github(github, folder) == 1
    assert capsys.readouterr().err.count("\n") == 1


def test_a_wrong_token_is_one_line(github: GitHubApi, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert at_github(github, folder, GITHUB_TOKEN="another") == 1
    assert "401" in capsys.readouterr().err


def test_nothing_that_a_stranger_wrote_gets_into_the_log(
    github: GitHubApi, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "dev.md").write_text("::error::x\n##vso[task.setvariable variable=a]b\n", encoding="utf-8")
    at_github(github, folder)
    printed = capsys.readouterr()
    assert "::" not in printed.out + printed.err
    assert "##vso" not in printed.out + printed.err


def test_a_job_at_no_host_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([str(folder)], {}) == 1
    assert "GITHUB_ACTIONS" in capsys.readouterr().err


def test_azure_repos_gets_one_closed_thread(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    assert at_azure(azure_devops, folder) == 0
    assert at_azure(azure_devops, folder) == 0
    (thread,) = azure_devops.threads
    assert "1 changed in prod" in thread["comments"][0]["content"]


def test_the_thread_of_somebody_else_is_left_alone(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    azure_devops.add_thread("somebody", f"{COMMENT_MARKER}\nNothing changes.")
    assert at_azure(azure_devops, folder) == 0
    assert [one["comments"][0]["author"]["id"] for one in azure_devops.threads] == ["somebody", SERVICE]


def test_a_thread_whose_comment_was_deleted_is_no_obstacle(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    del azure_devops.add_thread(SERVICE, "")["comments"][0]["content"]
    assert at_azure(azure_devops, folder) == 0
    assert len(azure_devops.threads) == 2


def test_a_run_comments_only_on_the_pull_request_that_it_validates(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    write_folder(folder, {"dev": 0}, pullRequest=3)
    assert at_azure(azure_devops, folder) == 1
    assert azure_devops.writes == []


def test_a_fork_in_azure_repos_cannot_make_a_preview_up(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    write_preview(folder, "dev", Change("update", URN))
    azure_devops.fork = True
    at_azure(azure_devops, folder)
    assert "registry-registry" not in azure_devops.threads[0]["comments"][0]["content"]


@pytest.mark.parametrize(
    ("code", "labels", "ended"), [(0, [], 0), (2, [], 2), (2, ["allow-data-loss"], 0), (1, ["allow-data-loss"], 1)]
)
def test_the_gate_fails_after_the_comment(
    azure_devops: AzureDevOpsApi, folder: Path, code: int, labels: list[str], ended: int
) -> None:
    write_folder(folder, {"dev": code})
    azure_devops.labels = [{"name": label, "active": True} for label in labels]
    assert at_azure(azure_devops, folder, "--gate") == ended
    assert len(azure_devops.threads) == 1


def test_a_label_that_was_taken_away_allows_nothing(azure_devops: AzureDevOpsApi, folder: Path) -> None:
    azure_devops.labels = [{"name": "allow-data-loss", "active": False}]
    assert at_azure(azure_devops, folder, "--gate") == 2


def test_azure_pipelines_refuses_a_repository_at_github(
    azure_devops: AzureDevOpsApi, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert at_azure(azure_devops, folder, BUILD_REPOSITORY_PROVIDER="GitHub") == 1
    assert "Azure Repos" in capsys.readouterr().err
