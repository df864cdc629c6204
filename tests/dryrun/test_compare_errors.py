"""`make compare` where something is wrong: one error says what."""

from __future__ import annotations

from pathlib import Path

import pytest

from dryrun import compare_with_base

from .compared_repository import STACK_FILE, compare, edit, git, report

pytestmark = pytest.mark.usefixtures("untraced")


def test_a_file_of_prices_that_does_not_exist_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path / "out", "--prices", str(tmp_path / "nothing.json")) == 1
    assert capsys.readouterr().err == f"error: {tmp_path / 'nothing.json'}: No such file or directory\n"
    assert report(tmp_path / "out")["exitCode"] == 1


def test_a_base_that_git_does_not_know_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path, base="nowhere") == 1
    assert capsys.readouterr().err == (
        "error: nowhere is no commit of this repository; fetch it first, for example `git fetch origin nowhere`\n"
    )
    assert "nowhere is no commit" in (tmp_path / "prod.md").read_text()


def test_a_folder_that_cannot_be_written_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    assert compare(tree, tmp_path / "file") == 1
    assert capsys.readouterr().err.startswith("error: ")


def test_a_folder_outside_git_is_one_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert compare(tmp_path, tmp_path / "out") == 1
    assert capsys.readouterr().err.startswith("error: git rev-parse: ")


def test_an_option_is_no_base(tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = compare_with_base.main(["--project", str(tree), "--out", str(tmp_path), "--", "--output=x", "prod"])
    assert code == 1
    assert "--output=x is no commit" in capsys.readouterr().err


def test_a_stack_that_neither_side_has_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert compare(tree, tmp_path, stack="staging") == 1
    words = "there is no Pulumi.staging.yaml, neither here nor in main; stacks: prod"
    assert words in capsys.readouterr().err
    assert words in (tmp_path / "staging.md").read_text()


def test_a_stack_file_that_the_program_refuses_is_one_error(
    tree: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(tree / STACK_FILE, ("tier: Standard\n", "tier: Gold\n"))
    git(tree, "checkout", "--quiet", "-b", "wrong")
    git(tree, "commit", "--quiet", "--all", "--message=Break")
    assert compare(tree, tmp_path, base="wrong") == 1
    shown = capsys.readouterr().err
    git(tree, "checkout", "--quiet", "main")
    assert shown.startswith("error: prod here: ")
    assert "\nprod in wrong: " in shown
    assert shown.count("airflow-aks:cluster.tier: must be one of Free, Standard, Premium") == 2
    assert report(tmp_path)["exitCode"] == 1
    assert "airflow-aks:cluster.tier" in (tmp_path / "prod.md").read_text()
