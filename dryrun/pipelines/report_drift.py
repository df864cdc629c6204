"""Keep one issue about the stacks that differ from what Pulumi made, and close it when all are clean.

`python -m dryrun.pipelines.report_drift FOLDER STACK...` reads what `make drift` wrote for each stack.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from .connect import connect
from .hosts import DRIFT_MARKER, HostError
from .previews import Preview, PreviewFileError, load_preview, render_preview
from .rest import RestError
from .untrusted_markdown import neutralize, shorten

_TITLE: Final = "Drift: what runs differs from the stack files"
_LIMIT: Final = 60_000
_CUT: Final = "_Shortened. The artifacts of the run have the rest._"


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line; on failure, print the reason and return 1."""
    options = _make_parser().parse_args(arguments)
    try:
        found = {stack: _read(options.folder / f"drift-{stack}.json") for stack in options.stacks}
        host = connect(environment)
        if all(preview is not None and preview.clean for preview in found.values()):
            done = host.close_issue("No stack differs any more.")
        else:
            done = host.put_issue(_TITLE, render_issue(found))
    except (HostError, RestError, OSError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stdout.write(f"{done}\n")
    return 0


def render_issue(found: Mapping[str, Preview | None]) -> str:
    """Return the text of the issue: what would bring each stack back. None is a stack that could not be checked."""
    parts = [
        DRIFT_MARKER,
        "`pulumi preview --refresh` of the default branch finds changes. Either the branch was not rolled out, or "
        "somebody changed a resource outside of Pulumi. `pulumi up --refresh` brings the resources back to the stack "
        "files: read docs/recovery.md first.",
    ]
    for stack, preview in found.items():
        if preview is None:
            parts.append(f"## `{stack}`\n\nThe check did not run to its end. The log of the run says why.")
        elif not preview.clean:
            parts.append(f"## `{stack}`\n\n{neutralize(render_preview(preview))}")
    return shorten("\n\n".join(parts), _LIMIT, _CUT)


def _read(file: Path) -> Preview | None:
    try:
        return load_preview(file.read_text(encoding="utf-8"))
    except (FileNotFoundError, PreviewFileError):
        return None


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.report_drift", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("folder", type=Path, help="the folder with a file for each stack")
    parser.add_argument("stacks", nargs="+", metavar="STACK", help="the stacks that were to be checked")
    return parser


if __name__ == "__main__":
    sys.exit(main())
