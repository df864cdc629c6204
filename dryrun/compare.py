"""The command line `python -m dryrun compare DIR_A DIR_B`: what the change between two dry runs would do."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from .comparison.changes import Comparison
from .comparison.comparing import StacksDifferError, compare_dry_runs
from .comparison.json_report import render_json
from .comparison.markdown import render_markdown
from .comparison.marks import render_marked_page
from .comparison.reading import FolderError, read_dry_run
from .comparison.terminal import print_comparison

OK: Final = 0
ERROR: Final = 1
DATA_LOSS: Final = 2


def main(arguments: list[str] | None = None) -> int:
    """Compare two dry runs and return the exit code: OK, ERROR, or DATA_LOSS if something that holds data goes."""
    options = _make_parser().parse_args(arguments)
    try:
        comparison = compare_dry_runs(read_dry_run(options.before), read_dry_run(options.after))
    except (FolderError, StacksDifferError) as error:
        print(f"error: {error}", file=sys.stderr)
        return ERROR
    allowed = options.allow_data_loss
    print_comparison(comparison, allow_data_loss=allowed)
    try:
        write_reports(comparison, options.json, options.markdown, options.html, allow_data_loss=allowed)
    except OSError as error:
        print(f"error: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return ERROR
    return find_exit_code(comparison, allow_data_loss=allowed)


def find_exit_code(comparison: Comparison, *, allow_data_loss: bool) -> int:
    """Return DATA_LOSS if something that holds data is replaced or removed, and nobody allowed it; otherwise OK."""
    return DATA_LOSS if comparison.loses_data and not allow_data_loss else OK


def write_reports(
    comparison: Comparison, json: Path | None, markdown: Path | None, html: Path | None, *, allow_data_loss: bool
) -> None:
    """Write a comparison to the files that are not None.

    Raises:
        OSError: a file cannot be written.

    """
    if json:
        _write(json, render_json(comparison, find_exit_code(comparison, allow_data_loss=allow_data_loss)))
    if markdown:
        _write(markdown, render_markdown(comparison, allow_data_loss=allow_data_loss))
    if html:
        _write(html, render_marked_page(comparison))


def _write(file: Path, content: str) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(content, encoding="utf-8")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun compare",
        description="Say what the change between two dry runs of a stack would do. "
        "Exit code: 0, 1 for an error, 2 if something that holds data would be replaced or removed.",
    )
    parser.add_argument("before", type=Path, metavar="DIR_A", help="the files of the dry run before the change")
    parser.add_argument("after", type=Path, metavar="DIR_B", help="the files of the dry run after the change")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the comparison as JSON")
    parser.add_argument("--markdown", type=Path, metavar="FILE", help="write it as Markdown, for a pull request")
    parser.add_argument("--html", type=Path, metavar="FILE", help="write DIR_B's plan.html with the changes marked")
    parser.add_argument("--allow-data-loss", action="store_true", help="exit with 0 even if data would be lost")
    return parser
