"""Comment on a pull request what it changes in every stack.

`python -m dryrun.pipelines.post_comment FOLDER` runs with a token that may write, so it runs code of the default branch
only, needs no package, and takes everything in FOLDER for the words of a stranger.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from .comment import is_refused, render_comment
from .comparison_folder import ComparisonFolderError, read_comparison
from .connect import connect
from .hosts import HostError
from .rest import RestError


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line; on failure, print the reason and return 1."""
    options = _make_parser().parse_args(arguments)
    try:
        comparison = read_comparison(options.folder)
        host = connect(environment)
        pull_request = host.read_pull_request(comparison.number, comparison.commit)
        text = render_comment(comparison, pull_request.labels, with_previews=not pull_request.from_fork)
        done = host.put_comment(comparison.number, text)
    except (ComparisonFolderError, HostError, RestError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{done}\n")
    if options.gate and is_refused(comparison, pull_request.labels):
        sys.stderr.write(f"error: the comparison ended with {comparison.code}; the comment says why\n")
        return comparison.code
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.post_comment", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="what `make compare-stacks` wrote, and real previews beside it")
    parser.add_argument(
        "--gate", action="store_true", help="also fail if the comparison failed, or lost data without the label"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
