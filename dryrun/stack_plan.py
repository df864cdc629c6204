"""Makes the plan of a stack for the command lines, or reports why there is none."""

from __future__ import annotations

import sys
import traceback
from dataclasses import replace
from pathlib import Path

import pulumi

from components.stack_file.reader import StackFileError, find_stack_file, read_config, read_project_name

from .cloud import UnknownToSimulationError
from .plan import Plan
from .recorder import record_project
from .sdk_private import SdkChangedError


def plan_or_report(stack: str, project: Path, config: Path | None = None) -> Plan | None:
    """Run the program of a project folder with a stack file, and return the plan; None after an error on stderr.

    `config`: a file to take in place of the stack's own.
    """
    try:
        return _record_plan(stack, project, config)
    except (StackFileError, pulumi.RunError, UnknownToSimulationError, SdkChangedError) as error:
        print(f"error: {error}", file=sys.stderr)
    except Exception:
        traceback.print_exc()
        print("error: the program failed; this is a defect of the program, not of the stack file", file=sys.stderr)
    return None


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
