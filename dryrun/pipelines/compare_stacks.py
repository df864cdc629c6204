"""Compare every stack with another commit, and write what `post_comment` reads.

`make compare-stacks BASE=HEAD^1` runs it. The job needs no credential: both sides are dry runs.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from dryrun.markdown import fence

from .comparison_folder import DATA_LOST, FAILED, NOTHING_LOST, OUTCOME_FILE, write_outcome

_LOG_CHARACTERS: Final = 20_000


def main(arguments: Sequence[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """Run from the command line. Return 1 if a comparison failed, else 2 if data would be lost without leave, else 0.

    The variables PULL_REQUEST and COMMIT name the pull request. Without them, the outcome file is not written.
    """
    options = _make_parser().parse_args(arguments)
    out: Path = options.out
    out.mkdir(parents=True, exist_ok=True)
    for file in out.glob("*.json"):
        file.unlink()
    log = _compare(options.base, out, options.prices)
    codes = _read_codes(out)
    for file in Path.cwd().glob("Pulumi.*.yaml"):
        stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
        if stack not in codes:
            codes[stack] = FAILED
            (out / f"{stack}.md").write_text(fence(log[-_LOG_CHARACTERS:]) + "\n", encoding="utf-8")
    # Azure Pipelines leaves the reference to a variable as it is where the variable does not exist.
    if environment.get("PULL_REQUEST", "").isdigit():
        write_outcome(out, int(environment["PULL_REQUEST"]), environment["COMMIT"], codes)
    sys.stdout.writelines(f"{stack}: exit code {code}\n" for stack, code in sorted(codes.items()))
    code = next((one for one in (FAILED, DATA_LOST) if one in codes.values()), NOTHING_LOST)
    return NOTHING_LOST if code == DATA_LOST and options.allow_data_loss else code


def _compare(base: str, out: Path, prices: Path | None) -> str:
    """Run `make compare` for every stack, and return its output. It tells of lost data even if that is allowed."""
    command = ["make", "--no-print-directory", "compare", f"BASE={base}", "STACK=all", f"OUT={out}", "ALLOW_DATA_LOSS="]
    if prices:
        command.append(f"PRICES={prices}")
    done = subprocess.run(  # noqa: S603 - the arguments are the job's own
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    sys.stdout.write(done.stdout)
    return done.stdout


def _read_codes(out: Path) -> dict[str, int]:
    """Return the exit code of each stack, which `make` itself hides: it ends with 2 whatever failed."""
    files = (file for file in out.glob("*.json") if file.name != OUTCOME_FILE)
    return {file.stem: json.loads(file.read_text(encoding="utf-8"))["exitCode"] for file in files}


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun.pipelines.compare_stacks", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--base", required=True, metavar="COMMIT", help="the commit to compare with")
    parser.add_argument("--out", required=True, type=Path, metavar="DIR", help="write the comparisons here")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="compare the cost with the prices of this file")
    parser.add_argument("--allow-data-loss", action="store_true", help="return 0 when data would be lost")
    return parser


if __name__ == "__main__":
    sys.exit(main())
