"""The command line: `python -m dryrun STACK [--out DIR] ...`, and `python -m dryrun compare DIR_A DIR_B ...`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Final

from . import compare
from .cost.offline import price_offline
from .cost.prices import PricesError
from .files import write_plan, write_simulated_secrets
from .report import print_summary
from .stack_plan import plan_or_report

# The first argument that compares two dry runs; a stack of this name cannot be tried.
_COMPARE: Final = "compare"


def main(arguments: list[str] | None = None) -> int:
    """Run the program with a stack file against the simulated Azure and return the exit code.

    The exit code is 1 when `pulumi up` would also refuse the stack file, and when the files cannot be written.
    """
    given = sys.argv[1:] if arguments is None else arguments
    if given[:1] == [_COMPARE]:
        return compare.main(given[1:])
    parser = _make_parser()
    options = parser.parse_args(given)
    if options.simulated_secrets and options.out and _is_inside(options.simulated_secrets, options.out):
        parser.error("--simulated-secrets: must not be below --out, whose files contain no secrets")
    plan = plan_or_report(options.stack, options.project.resolve(), options.config)
    if plan is None:
        return 1
    try:
        costs = price_offline(plan, options.prices)
        if options.out:
            write_plan(plan, options.out, costs)
        if options.simulated_secrets:
            write_simulated_secrets(plan, options.simulated_secrets)
    except PricesError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        print(f"error: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print_summary(plan, options.out)
    return 0


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m dryrun",
        description="Run the program with a stack file against a simulated Azure. Nothing is created. "
        "`python -m dryrun compare --help` describes the comparison of two dry runs.",
    )
    parser.add_argument("stack", help="the stack's name; its settings are read from Pulumi.STACK.yaml")
    parser.add_argument("--out", type=Path, metavar="DIR", help="write the plan's files here, plan.html among them")
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project folder (default: .)"
    )
    parser.add_argument("--config", type=Path, metavar="FILE", help="take the settings from this stack file instead")
    parser.add_argument("--prices", type=Path, metavar="FILE", help="show costs with these prices (docs/cost.md)")
    parser.add_argument(
        "--simulated-secrets",
        type=Path,
        metavar="FILE",
        help="write the simulated Key Vault's generated secrets to this file, for tests",
    )
    return parser


def _is_inside(file: Path, folder: Path) -> bool:
    return file.resolve().is_relative_to(folder.resolve())


if __name__ == "__main__":
    sys.exit(main())
