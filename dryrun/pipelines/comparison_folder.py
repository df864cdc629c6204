"""The files that the job which runs a pull request's code hands to the job which comments on it.

Whoever opens a pull request writes these files: everything read from them is checked.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from .previews import Preview, PreviewFileError, load_preview

OUTCOME_FILE: Final = "outcome.json"
# Exit codes of a comparison.
NOTHING_LOST, FAILED, DATA_LOST = 0, 1, 2
_STACK: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,99}")
_COMMIT: Final = re.compile(r"[0-9a-f]{40}")
_STACKS: Final = 50
_FILES: Final = 200
_FILE_BYTES: Final = 1_000_000
_HIGHEST_NUMBER: Final = 2**31 - 1


class ComparisonFolderError(Exception):
    """A folder does not hold what `write_outcome` and `make compare` write; the message names the file."""


@dataclass(frozen=True, kw_only=True)
class StackComparison:
    """What a pull request changes in a stack: the exit code and the Markdown of the comparison, and a real preview.

    There is no preview without a sign-in to Azure, as in a pull request from a fork.
    """

    stack: str
    code: int
    text: str
    preview: Preview | None


@dataclass(frozen=True, kw_only=True)
class PullRequestComparison:
    """What a pull request changes, as its own code says."""

    number: int
    commit: str
    stacks: tuple[StackComparison, ...]

    @property
    def code(self) -> int:
        """The exit code of the whole: a failure counts more than lost data."""
        codes = {one.code for one in self.stacks}
        return next((code for code in (FAILED, DATA_LOST) if code in codes), NOTHING_LOST)


def write_outcome(folder: Path, number: int, commit: str, codes: Mapping[str, int]) -> None:
    """Write what the comparisons of the stacks in this folder ended with."""
    content = {"pullRequest": number, "commit": commit, "stacks": dict(codes)}
    (folder / OUTCOME_FILE).write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def read_comparison(folder: Path) -> PullRequestComparison:
    """Read a folder that `compare_stacks` wrote, with the real previews that were put beside it.

    Raises:
        ComparisonFolderError: a file is missing, too large, not a plain file, or not of the expected form.

    """
    if sum(1 for _ in folder.iterdir()) > _FILES:
        raise ComparisonFolderError(f"{folder} holds more than {_FILES} files")
    try:
        outcome = json.loads(_read(folder / OUTCOME_FILE))
        number, commit, codes = outcome["pullRequest"], outcome["commit"], outcome["stacks"]
        _check(type(number) is int and 0 < number <= _HIGHEST_NUMBER, "pullRequest")
        _check(isinstance(commit, str) and _COMMIT.fullmatch(commit), "commit")
        _check(isinstance(codes, dict) and len(codes) <= _STACKS and all(map(_STACK.fullmatch, codes)), "stacks")
        _check(all(type(code) is int and code in (NOTHING_LOST, FAILED, DATA_LOST) for code in codes.values()), "code")
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise ComparisonFolderError(f"{OUTCOME_FILE}: {type(error).__name__}: {error}") from error
    stacks = (_read_stack(folder, stack, code) for stack, code in sorted(codes.items()))
    return PullRequestComparison(number=number, commit=commit, stacks=tuple(stacks))


def preview_file(folder: Path, stack: str) -> Path:
    """Return where the real preview of a stack stands."""
    return folder / f"preview-{stack}.json"


def _read_stack(folder: Path, stack: str, code: int) -> StackComparison:
    text, preview = folder / f"{stack}.md", preview_file(folder, stack)
    try:
        real = load_preview(_read(preview)) if preview.exists() else None
    except PreviewFileError as error:
        raise ComparisonFolderError(f"{preview.name}: {error}") from error
    return StackComparison(stack=stack, code=code, text=_read(text) if text.exists() else "", preview=real)


def _read(file: Path) -> str:
    if file.is_symlink() or not file.is_file():
        raise ComparisonFolderError(f"{file.name} is missing or no plain file")
    if file.stat().st_size > _FILE_BYTES:
        raise ComparisonFolderError(f"{file.name} is larger than {_FILE_BYTES} bytes")
    return file.read_text(encoding="utf-8", errors="replace")


def _check(holds: Any, what: str) -> None:
    if not holds:
        raise ValueError(f"{what} is not of the expected form")
