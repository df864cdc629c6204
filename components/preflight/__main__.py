"""The command line: `python -m components.preflight STACK [--json] [--project DIR] [--config FILE]`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Mapping
from typing import Any

import pulumi

from components.settings.model import Settings
from components.settings.names import stack_names
from components.stack_file.reader import StackFileError

from .arguments import parse_arguments
from .arm_client import ArmClient
from .findings import would_fail
from .report import print_json, print_table, show_progress
from .run_checks import CHECKS, run_checks
from .sign_in import (
    PreflightError,
    RunCommand,
    default_credential,
    read_account,
    read_subscription,
    run_command,
    select_subscription,
)
from .situation import Situation
from .stack_in_azure import find_stack, names_in_use
from .stack_settings import read_settings


def main(
    arguments: list[str] | None = None,
    *,
    sign_in: Callable[[], Any] = default_credential,
    transport: Any = None,
    run: RunCommand = run_command,
    environment: Mapping[str, str] = os.environ,
) -> int:
    """Check everything, print the results and return the exit code: 1 if `pulumi up` would fail.

    The exit code is 1 too if the stack file is wrong, and if nobody is signed in to Azure.
    """
    options = _parse(arguments)
    try:
        settings, config = read_settings(options.stack, options.project.resolve(), options.config)
        situation = _open(settings, config, sign_in(), transport, run, environment)
    except (StackFileError, pulumi.RunError, PreflightError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    with show_progress(len(CHECKS)) as show_done:
        results = run_checks(situation, show_done)
    (print_json if options.json else print_table)(situation, results)
    return 1 if would_fail(results) else 0


def _open(
    settings: Settings,
    config: Mapping[str, str],
    credential: Any,
    transport: Any,
    run: RunCommand,
    environment: Mapping[str, str],
) -> Situation:
    """Sign in, and read what every check needs. Raises PreflightError."""
    account = read_account(credential, run)
    subscription_id, origin = select_subscription(config, environment, run)
    arm = ArmClient(credential, subscription_id, transport)
    subscription = read_subscription(arm, account, origin)
    names = stack_names(settings, subscription_id)
    stack = find_stack(
        arm, names, settings.project, settings.stack, shared=settings.resource_group.existing_name is not None
    )
    return Situation(
        settings=settings,
        config=config,
        environment=environment,
        names=names_in_use(settings, names, stack),
        arm=arm,
        account=account,
        subscription=subscription,
        stack=stack,
        run=run,
    )


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    return parse_arguments(
        arguments,
        command="components.preflight",
        description="Check, against the real subscription, what would make the first `pulumi up` fail. Only reads.",
        json="print JSON instead of a table",
    )


if __name__ == "__main__":
    sys.exit(main())
