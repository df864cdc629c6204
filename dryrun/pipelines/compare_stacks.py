"""Compare every stack with another commit, and write what `post_comment` reads.

`make compare-stacks BASE=HEAD^1` runs it. The job needs no credential: both sides are dry runs.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from .comparison_folder import DATA_LOST, FAILED, NOTHING_LOST, write_outcome
from .markdown import fence

_STACK_FILE: Final = re.compile(r"Pulumi\.([A-Za-z0-9][A-Za-z0-9_.-]*)\.yaml")
# `make` itself ends with 2 whenever a command failed, and says with what.
_MAKE_ERROR: Final = re.compile(r"^make.*\bError (\d+)\b", re.MULTILINE)
_REMOVED: Final = (
    "The pull request removes the stack file. The stack itself stays as it is: `pulumi destroy` with the old file "
    "removes it."
)
_LOG_CHARACTERS: Final = 20_000


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line. Return 0, 2 if data would be lost, 1 if a comparison failed.

    The pull request is named by the variables PULL_REQUEST and COMMIT; without them, no outcome is written.
    """
    options = _make_parser().parse_args(arguments)
    options.out.mkdir(parents=True, exist_ok=True)
    try:
        here, there = find_stacks(_list_files()), find_stacks(_list_files(options.base))
    except subprocess.CalledProcessError as error:
        sys.stderr.write(f"error: --base {options.base}: {error.stderr.strip()}\n")
        return FAILED
    codes: dict[str, int] = {}
    for stack in sorted(here | there):
        compare = _compare if stack in here else _note_removal
        codes[stack] = compare(stack, options.base, options.out)
        sys.stdout.write(f"{stack}: exit code {codes[stack]}\n")
        sys.stdout.flush()
    # Azure Pipelines leaves the reference to a variable as it is where the variable does not exist.
    if environment.get("PULL_REQUEST", "").isdigit():
        write_outcome(options.out, int(environment["PULL_REQUEST"]), environment["COMMIT"], codes)
    code = next((one for one in (FAILED, DATA_LOST) if one in codes.values()), NOTHING_LOST)
    return NOTHING_LOST if code == DATA_LOST and options.allow_data_loss else code


def find_stacks(files: Sequence[str]) -> set[str]:
    """Return the stacks whose files are among these."""
    return {found[1] for found in map(_STACK_FILE.fullmatch, files) if found}


def _list_files(commit: str | None = None) -> list[str]:
    """Return the files of the project's folder, now or in a commit."""
    if commit is None:
        return [file.name for file in Path.cwd().iterdir()]
    command = ["git", "ls-tree", "--name-only", commit, "./"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()  # noqa: S603


def _compare(stack: str, base: str, out: Path) -> int:
    """Run `make compare` and return the exit code of the comparison. Its output stands in for missing Markdown."""
    command = ["make", "--no-print-directory", "compare", f"BASE={base}", f"STACK={stack}", f"OUT={out}"]
    text = out / f"{stack}.md"
    text.unlink(missing_ok=True)
    done = subprocess.run(  # noqa: S603 - the stack's name is checked
        command,
        env={**os.environ, "LC_ALL": "C.UTF-8"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    sys.stdout.write(done.stdout)
    ends = _MAKE_ERROR.findall(done.stdout)
    code = int(ends[-1]) if done.returncode and ends else done.returncode
    if not text.exists():
        text.write_text(fence(done.stdout[-_LOG_CHARACTERS:]) + "\n", encoding="utf-8")
    return code if code in (NOTHING_LOST, DATA_LOST) else FAILED


def _note_removal(stack: str, _base: str, out: Path) -> int:
    (out / f"{stack}.md").write_text(f"{_REMOVED}\n", encoding="utf-8")
    return NOTHING_LOST


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.compare_stacks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--base", required=True, metavar="COMMIT", help="the commit to compare with")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="write the comparisons here")
    parser.add_argument("--allow-data-loss", action="store_true", help="return 0 when data would be lost")
    return parser


if __name__ == "__main__":
    sys.exit(main())
