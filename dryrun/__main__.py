"""The command line: `python -m dryrun STACK [--out DIR] ...`, and `python -m dryrun compare DIR_A DIR_B ...`."""

from __future__ import annotations

import argparse
import sys
import traceback
from dataclasses import replace
from pathlib import Path
from typing import Final

import pulumi

from components.stack_file.reader import StackFileError, find_stack_file, read_config, read_project_name

from . import compare
from .cloud import UnknownToSimulationError
from .files import write_plan, write_simulated_secrets
from .plan import Plan
from .recorder import record_project
from .report import print_summary
from .sdk_private import SdkChangedError

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
    try:
        plan = _record_plan(options.stack, options.project.resolve(), options.config)
    except (StackFileError, pulumi.RunError, UnknownToSimulationError, SdkChangedError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    except Exception:
        traceback.print_exc()
        print("error: the program failed; this is a defect of the program, not of the stack file", file=sys.stderr)
        return 1
    try:
        if options.out:
            write_plan(plan, options.out)
        if options.simulated_secrets:
            write_simulated_secrets(plan, options.simulated_secrets)
    except OSError as error:
        print(f"error: cannot write {error.filename}: {error.strerror}", file=sys.stderr)
        return 1
    print_summary(plan, options.out)
    return 0


def _record_plan(stack: str, project: Path, config: Path | None) -> Plan:
    name = read_project_name(project)
    given = read_config(config or find_stack_file(project, stack), name)
    try:
        plan = record_project(project, project=name, stack=stack, config=given.values, secret_keys=given.secret_keys)
    except pulumi.RunError:
        # The reason may be a part of the stack file that the dry run did not read.
        for warning in given.warnings:
            print(f"warning: {warning}", file=sys.stderr)
        raise
    return replace(plan, warnings=(*given.warnings, *plan.warnings))


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
