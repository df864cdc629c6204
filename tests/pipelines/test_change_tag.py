"""Tests the pull request that changes an image's tag, in a clone whose origin is a bare repository."""

from __future__ import annotations

from pathlib import Path

import pytest

from dryrun.pipelines.change_tag import main
from tests.pipelines.azure_devops_api import AzureDevOpsApi
from tests.pipelines.github_api import GitHubApi
from tests.pipelines.repositories import commit, git


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a clone with a detached HEAD, as a pipeline checks it out, whose stack file names a new image."""
    git(tmp_path, "init", "--quiet", "--bare", "--initial-branch=main", "origin")
    git(tmp_path, "clone", "--quiet", "origin", "clone")
    folder = tmp_path / "clone"
    commit(folder, "base", dev="tag: old")
    git(folder, "push", "--quiet", "origin", "HEAD:main")
    git(folder, "checkout", "--quiet", "--detach")
    (folder / "Pulumi.dev.yaml").write_text("tag: new\n", encoding="utf-8")
    monkeypatch.chdir(folder)
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    return folder


def test_azure_repos_gets_a_branch_and_a_pull_request(azure_devops: AzureDevOpsApi, clone: Path) -> None:
    assert main(["dev"], azure_devops.environment()) == 0
    (opened,) = azure_devops.opened
    assert opened["targetRefName"] == "refs/heads/main"
    branch = opened["sourceRefName"].removeprefix("refs/heads/")
    assert git(clone, "show", f"origin/{branch}:Pulumi.dev.yaml") == "tag: new"


def test_github_gets_one_too(github: GitHubApi, clone: Path) -> None:
    assert main(["dev"], github.environment()) == 0
    assert github.writes == [("POST", "/repos/team/airflow-aks/pulls")]


def test_no_change_opens_none(azure_devops: AzureDevOpsApi, clone: Path) -> None:
    git(clone, "checkout", "--quiet", "--", ".")
    assert main(["dev"], azure_devops.environment()) == 0
    assert azure_devops.opened == []


def test_the_same_change_is_opened_once(azure_devops: AzureDevOpsApi, clone: Path) -> None:
    main(["dev"], azure_devops.environment())
    git(clone, "checkout", "--quiet", "--detach", "origin/main")
    (clone / "Pulumi.dev.yaml").write_text("tag: new\n", encoding="utf-8")
    assert main(["dev"], azure_devops.environment()) == 0
    assert len(azure_devops.opened) == 1


def test_a_push_that_is_refused_is_one_line(
    azure_devops: AzureDevOpsApi, clone: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    git(clone, "remote", "set-url", "--push", "origin", "/nowhere")
    assert main(["dev"], azure_devops.environment()) == 1
    assert capsys.readouterr().err.startswith("error: git push origin image/dev-")
    assert azure_devops.opened == []
