"""Compares the working tree with a commit: `python -m dryrun.compare_with_base BASE STACK --out DIR`."""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from .compare import ERROR, OK, find_exit_code, write_reports
from .comparison.changes import Comparison, Consequence
from .comparison.comparing import compare_dry_runs
from .comparison.markdown import render_message
from .comparison.reading import DryRun, FolderError, read_dry_run
from .comparison.terminal import print_comparison
from .cost.costs import Costs
from .cost.prices import PricesError, read_prices

# The name that stands for every stack.
ALL: Final = "all"
_STACK_FILE: Final = re.compile(r"Pulumi\.(?P<stack>.+)\.ya?ml")


class BaseError(Exception):
    """The two sides cannot be compared; the message says which side has which problem."""


@dataclass(frozen=True, kw_only=True)
class Sides:
    """The folders of both sides, the name of the base, a folder for the files of their dry runs, and their prices.

    `prices`: a file; None for the prices that the machine keeps.
    """

    base: str
    before: Path
    after: Path
    scratch: Path
    prices: Path | None = None


def main(arguments: list[str] | None = None) -> int:
    """Compare one stack or all, write the reports, and return the worst exit code: an error, data loss, or 0."""
    options = _make_parser().parse_args(arguments)
    try:
        options.out.mkdir(parents=True, exist_ok=True)
        if options.prices:
            read_prices(options.prices)
        return _compare(options, options.project.resolve())
    except (BaseError, PricesError) as error:
        print(f"error: {error}", file=sys.stderr)
        if options.stack != ALL:
            _write_message(_name_files(options.out, options.stack), options.stack, str(error), ERROR)
        return ERROR
    except OSError as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR


def _compare(options: argparse.Namespace, root: Path) -> int:
    with tempfile.TemporaryDirectory(prefix="dry-run-") as name:
        prices = options.prices and options.prices.resolve()
        sides = Sides(base=options.base, before=Path(name) / "base", after=root, scratch=Path(name), prices=prices)
        export_commit(root, options.base, sides.before)
        stacks = list_stacks(sides) if options.stack == ALL else [options.stack]
        codes = [_compare_stack(sides, stack, options) for stack in stacks]
    return ERROR if ERROR in codes else max(codes, default=OK)


def export_commit(root: Path, base: str, target: Path) -> None:
    """Write the project's files of a commit into a folder.

    Raises:
        BaseError: the folder is in no git repository, or git does not know the commit.

    """
    prefix = _run_git(root, "rev-parse", "--show-prefix").decode().strip()
    found = _run_git(root, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{base}^{{commit}}", check=False)
    if not found:
        raise BaseError(
            f"{base} is no commit of this repository; fetch it first, for example `git fetch origin {base}`"
        )
    archive = target.with_suffix(".tar")
    # From the repository's own folder: elsewhere git refuses a tree that is not below the current folder.
    repository = Path(_run_git(root, "rev-parse", "--show-toplevel").decode().strip())
    archive.write_bytes(_run_git(repository, "archive", f"{found.decode().strip()}:{prefix}"))
    with tarfile.open(archive) as files:
        files.extractall(target, filter="data")


def list_stacks(sides: Sides) -> list[str]:
    """Return the stacks that have a stack file on either side."""
    return sorted({*_find_stacks(sides.before), *_find_stacks(sides.after)})


def compare_stack(sides: Sides, stack: str) -> Comparison | str:
    """Return the comparison of a stack, or a sentence if there is nothing to compare because its file was removed.

    A stack that the base does not have is compared with nothing.

    Raises:
        BaseError: neither side has the stack's file, or the program fails on a side.

    """
    here, there = (stack in _find_stacks(side) for side in (sides.after, sides.before))
    if not here and not there:
        known = ", ".join(list_stacks(sides)) or "none"
        raise BaseError(f"there is no Pulumi.{stack}.yaml, neither here nor in {sides.base}; stacks: {known}")
    if not here:
        return (
            f"Pulumi.{stack}.yaml is removed. This destroys nothing: what the stack created stays until somebody runs "
            f"`pulumi destroy` with the file of {sides.base}"
        )
    if there:
        new, old = _run_dry_runs(sides, stack, {"here": sides.after, f"in {sides.base}": sides.before})
        return compare_dry_runs(old, new)
    (new,) = _run_dry_runs(sides, stack, {"here": sides.after})
    comparison = compare_dry_runs(_make_empty(new), new)
    text = f"{sides.base} has no Pulumi.{stack}.yaml: the stack is new, and everything in it is added"
    return replace(comparison, consequences=(Consequence(severity="note", text=text), *comparison.consequences))


def _make_empty(new: DryRun) -> DryRun:
    """Return the dry run of the same stack before it had anything."""
    return DryRun(
        plan=replace(new.plan, resources=(), outputs={}, component_outputs={}, warnings=()),
        costs=Costs() if new.costs else None,
    )


def _run_dry_runs(sides: Sides, stack: str, folders: Mapping[str, Path]) -> list[DryRun]:
    """Run the program of several folders side by side; the keys say which side a folder is.

    Raises:
        BaseError: the program fails on a side; the message contains every side's error.

    """
    outs = [sides.scratch / f"{stack}-{index}" for index in range(len(folders))]
    running = [_start_dry_run(sides, folder, stack, out) for folder, out in zip(folders.values(), outs, strict=True)]
    errors = [process.communicate()[1].strip().removeprefix("error: ") for process in running]
    failed = [
        f"{stack} {where}: {error}"
        for where, process, error in zip(folders, running, errors, strict=True)
        if process.returncode
    ]
    if failed:
        raise BaseError("\n".join(failed))
    return [read_dry_run(out) for out in outs]


def _compare_stack(sides: Sides, stack: str, options: argparse.Namespace) -> int:
    """Compare a stack, print the result, write its files, and return the exit code."""
    files = _name_files(options.out, stack)
    for file in files.values():
        file.unlink(missing_ok=True)
    try:
        found = compare_stack(sides, stack)
    except (BaseError, FolderError) as error:
        print(f"error: {error}", file=sys.stderr)
        _write_message(files, stack, str(error), ERROR)
        return ERROR
    if isinstance(found, str):
        print(f"{stack}: {found}")
        _write_message(files, stack, found, OK)
        return OK
    print_comparison(found, allow_data_loss=options.allow_data_loss)
    write_reports(found, files["json"], files["md"], files["html"], allow_data_loss=options.allow_data_loss)
    print(f"Files in {options.out}: {', '.join(file.name for file in files.values())}")
    return find_exit_code(found, allow_data_loss=options.allow_data_loss)


def _name_files(out: Path, stack: str) -> dict[str, Path]:
    return {kind: out / f"{stack}.{kind}" for kind in ("md", "json", "html")}


def _write_message(files: dict[str, Path], stack: str, message: str, code: int) -> None:
    files["md"].write_text(render_message(stack, message), encoding="utf-8")
    content = {"stack": stack, "exitCode": code, "error" if code else "message": message}
    files["json"].write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")


def _start_dry_run(sides: Sides, folder: Path, stack: str, out: Path) -> subprocess.Popen[str]:
    """Start the dry run of a side. Both sides use the working tree's simulation, so that only the program differs."""
    command = [sys.executable, "-m", "dryrun", stack, "--project", str(folder), "--out", str(out)]
    if sides.prices:
        command += ["--prices", str(sides.prices)]
    return subprocess.Popen(  # noqa: S603 - the command is ours
        command, cwd=sides.after, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )


def _find_stacks(folder: Path) -> Iterator[str]:
    for file in folder.iterdir():
        match = _STACK_FILE.fullmatch(file.name)
        if match:
            yield match["stack"]


def _run_git(root: Path, *arguments: str, check: bool = True) -> bytes:
    try:
        done = subprocess.run(["git", "-C", str(root), *arguments], capture_output=True, check=False)  # noqa: S603, S607
    except FileNotFoundError:
        raise BaseError("git is not installed, or not on the path") from None
    if check and done.returncode:
        raise BaseError(f"git {arguments[0]}: {done.stderr.decode(errors='replace').strip()}")
    return done.stdout


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.compare_with_base",
        description="Say what the working tree would change in a stack, compared with a commit. "
        "Exit code: 0, 1 for an error, 2 if something that holds data would be replaced or removed.",
    )
    parser.add_argument("base", help="the commit, branch or tag to compare with")
    parser.add_argument("stack", help=f"the stack, or `{ALL}` for each that has a stack file on either side")
    parser.add_argument("--out", type=Path, metavar="DIR", required=True, help="write STACK.md, .json and .html here")
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project folder (default: .)"
    )
    parser.add_argument(
        "--prices",
        type=Path,
        metavar="FILE",
        help="compare the cost with these prices (default: those that `make cost` keeps)",
    )
    parser.add_argument("--allow-data-loss", action="store_true", help="exit with 0 even if data would be lost")
    return parser


if __name__ == "__main__":
    sys.exit(main())
