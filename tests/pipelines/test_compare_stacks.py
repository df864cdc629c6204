"""Tests the comparison of every stack in a checkout of a pull request."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from dryrun.compare import DATA_LOSS, ERROR, OK
from dryrun.pipelines.compare_stacks import main
from dryrun.pipelines.comparison_folder import DATA_LOST, FAILED, NOTHING_LOST, read_comparison
from tests.pipelines.comparisons import HEAD
from tests.pipelines.repositories import git, merge_of_pull_request

JOB = {"PULL_REQUEST": "7", "COMMIT": HEAD}
Change = dict[str, str | None]


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "comparison"


def compare(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Change, *options: str, **base: str) -> int:
    """Compare the merge of a pull request that makes this change."""
    repository = merge_of_pull_request(tmp_path / "clone", base or {"dev": "0", "prod": "0"}, change)
    monkeypatch.chdir(repository)
    return main(["--base", "HEAD^1", "--out", str(tmp_path / "comparison"), *options], JOB)


@pytest.mark.parametrize(("code", "ended"), [("0", 0), ("2", 2), ("1", 1)])
def test_each_outcome_gets_through_make(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch, code: str, ended: int
) -> None:
    assert compare(tmp_path, monkeypatch, {"prod": code}) == ended
    assert [(one.stack, one.code) for one in read_comparison(out).stacks] == [("dev", 0), ("prod", ended)]


def test_exit_codes_are_those_of_a_comparison() -> None:
    # The job that comments has only the standard library, and cannot import the comparison.
    assert (NOTHING_LOST, FAILED, DATA_LOST) == (OK, ERROR, DATA_LOSS)


def test_a_failure_counts_more_than_lost_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(tmp_path, monkeypatch, {"dev": "1", "prod": "2"}) == 1


def test_lost_data_can_be_allowed(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(tmp_path, monkeypatch, {"prod": "2"}, "--allow-data-loss") == 0
    assert read_comparison(out).code == 2


def test_a_failure_cannot_be_allowed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert compare(tmp_path, monkeypatch, {"prod": "1"}, "--allow-data-loss") == 1


def test_the_folder_names_pull_request_and_commit(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(tmp_path, monkeypatch, {"prod": "0"})
    found = read_comparison(out)
    assert (found.number, found.commit) == (7, HEAD)
    assert found.stacks[1].text == "prod against HEAD^1\n"


def test_the_file_of_prices_gets_through_make(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(tmp_path, monkeypatch, {"prod": "0"}, "--prices", "prices.json")
    assert read_comparison(out).stacks[1].text == "prod against HEAD^1 with prices.json\n"


def test_a_stack_without_a_result_failed_and_shows_the_log(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert compare(tmp_path, monkeypatch, {"prod": "broken"}) == 1
    found = read_comparison(out).stacks[1]
    assert found.code == 1
    assert found.text.startswith("```text\ncomparing dev\ncomparing prod\n")


def test_the_result_of_an_earlier_run_is_not_shown(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    out.mkdir()
    (out / "prod.json").write_text('{"exitCode": 0}', encoding="utf-8")
    (out / "prod.md").write_text("nothing changes\n", encoding="utf-8")
    assert compare(tmp_path, monkeypatch, {"prod": "broken"}) == 1
    assert "nothing changes" not in read_comparison(out).stacks[1].text


def test_a_new_stack_is_compared(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compare(tmp_path, monkeypatch, {"staging": "0"})
    assert [one.stack for one in read_comparison(out).stacks] == ["dev", "prod", "staging"]


def test_a_commit_that_does_not_exist_fails_every_stack(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(merge_of_pull_request(tmp_path / "clone", {"dev": "0"}, {}))
    assert main(["--base", "nowhere", "--out", str(out)], JOB) == 1
    assert "nowhere is no commit" in read_comparison(out).stacks[0].text


def test_a_variable_of_the_job_does_not_allow_lost_data(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # `make compare` would take any text for a yes.
    monkeypatch.setenv("ALLOW_DATA_LOSS", "false")
    assert compare(tmp_path, monkeypatch, {"prod": "2"}) == 2


@pytest.mark.parametrize("number", ["", "$(System.PullRequest.PullRequestId)"])
def test_a_run_without_a_pull_request_writes_no_outcome(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: str
) -> None:
    monkeypatch.chdir(merge_of_pull_request(tmp_path / "clone", {"dev": "0"}, {}))
    assert main(["--base", "HEAD^1", "--out", str(tmp_path / "out")], {**JOB, "PULL_REQUEST": number}) == 0
    assert not (tmp_path / "out" / "outcome.json").exists()


def test_a_pull_request_of_a_fork_needs_no_credential(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A fork's commits reach the job as the same merge, in a clone with two commits of depth and no remote to ask.
    origin = merge_of_pull_request(tmp_path / "origin", {"dev": "0"}, {"dev": "2"})
    clone = tmp_path / "clone"
    git(tmp_path, "clone", "--quiet", "--depth=2", f"file://{origin}", str(clone))
    git(clone, "remote", "remove", "origin")
    monkeypatch.chdir(clone)
    assert main(["--base", "HEAD^1", "--out", str(out)], JOB) == 2
    assert json.loads((out / "outcome.json").read_text(encoding="utf-8"))["stacks"] == {"dev": 2}
