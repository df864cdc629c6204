"""Tests that files of a stranger are read only when they are what they should be."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dryrun.pipelines.comparison_folder import ComparisonFolderError, read_comparison, write_outcome
from dryrun.pipelines.previews import Change
from tests.pipelines.comparisons import HEAD, URN, write_folder, write_preview


def test_what_was_written_is_read(tmp_path: Path) -> None:
    write_outcome(tmp_path, 7, HEAD, {"dev": 0, "prod": 2})
    (tmp_path / "dev.md").write_text("1 changed\n", encoding="utf-8")
    write_preview(tmp_path, "dev", Change("update", URN, ("sku",)))
    found = read_comparison(tmp_path)
    assert (found.number, found.commit, found.code) == (7, HEAD, 2)
    assert [(one.stack, one.code, one.text, one.preview is not None) for one in found.stacks] == [
        ("dev", 0, "1 changed\n", True),
        ("prod", 2, "", False),
    ]


def test_a_failure_counts_more_than_lost_data(tmp_path: Path) -> None:
    assert read_comparison(write_folder(tmp_path, {"a": 0, "b": 2, "c": 1})).code == 1


@pytest.mark.parametrize("number", [0, -1, "7", 7.0, True, None, 2**31, [7]])
def test_a_number_that_is_none_is_refused(tmp_path: Path, number: Any) -> None:
    with pytest.raises(ComparisonFolderError, match="pullRequest"):
        read_comparison(write_folder(tmp_path, {"dev": 0}, pullRequest=number))


@pytest.mark.parametrize("commit", ["main", HEAD.upper(), HEAD + "a", "", None])
def test_a_commit_that_is_none_is_refused(tmp_path: Path, commit: Any) -> None:
    with pytest.raises(ComparisonFolderError, match="commit"):
        read_comparison(write_folder(tmp_path, {"dev": 0}, commit=commit))


@pytest.mark.parametrize("stacks", [["dev"], {"../dev": 0}, {"a/b": 0}, {"`x`": 0}, {f"s{n}": 0 for n in range(51)}])
def test_names_that_no_stack_has_are_refused(tmp_path: Path, stacks: Any) -> None:
    content = {"pullRequest": 7, "commit": HEAD, "stacks": stacks}
    (tmp_path / "outcome.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(ComparisonFolderError, match="stacks"):
        read_comparison(tmp_path)


@pytest.mark.parametrize("code", [3, "0", True, None])
def test_codes_that_no_comparison_has_are_refused(tmp_path: Path, code: Any) -> None:
    with pytest.raises(ComparisonFolderError, match="code"):
        read_comparison(write_folder(tmp_path, {"dev": code}))


@pytest.mark.parametrize("text", ["", "no json", "[]", "{}", "null", "[" * 100_000])
def test_anything_else_than_an_outcome_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "outcome.json").write_text(text, encoding="utf-8")
    with pytest.raises(ComparisonFolderError, match=r"outcome\.json"):
        read_comparison(tmp_path)


def test_a_folder_without_an_outcome_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ComparisonFolderError, match="missing"):
        read_comparison(tmp_path)


def test_a_link_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "folder", {"dev": 0})
    secret = tmp_path / "secret"
    secret.write_text("of this machine", encoding="utf-8")
    (folder / "dev.md").unlink()
    (folder / "dev.md").symlink_to(secret)
    with pytest.raises(ComparisonFolderError, match=r"dev\.md"):
        read_comparison(folder)


def test_a_file_that_is_too_large_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"dev": 0})
    (folder / "dev.md").write_text("a" * 1_000_001, encoding="utf-8")
    with pytest.raises(ComparisonFolderError, match="larger"):
        read_comparison(folder)


def test_too_many_files_are_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"dev": 0})
    for number in range(201):
        (folder / f"{number}").touch()
    with pytest.raises(ComparisonFolderError, match="more than"):
        read_comparison(folder)


def test_a_preview_that_is_none_is_refused(tmp_path: Path) -> None:
    folder = write_folder(tmp_path, {"dev": 0})
    (folder / "preview-dev.json").write_text('{"changes": "@team"}', encoding="utf-8")
    with pytest.raises(ComparisonFolderError, match=r"preview-dev\.json"):
        read_comparison(folder)
