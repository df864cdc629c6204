"""Fails if a stack file of a project uses something whose support ends within 30 days, as a part of `make check`.

Run as `python -m components.stack_file.check_retirements`. AIRFLOW_AKS_TODAY=2027-03-01 looks ahead to another day.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from collections.abc import Iterator
from pathlib import Path

from pulumi import RunError

from components.settings.retirements import load_retirements
from components.settings.today import read_today

from .checker import check
from .problems import Problem, key_path
from .reader import StackFileError, read_config, read_project_name
from .retirement_uses import FAILURE_DAYS, list_uses


def main(arguments: list[str] | None = None) -> int:
    """Check the stack files of a project and return the exit code: 1 if one fails or cannot be read."""
    parser = argparse.ArgumentParser(
        prog="python -m components.stack_file.check_retirements", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument(
        "--project", type=Path, metavar="DIR", default=Path.cwd(), help="the project folder (default: .)"
    )
    folder = parser.parse_args(arguments).project.resolve()
    try:
        name, today = read_project_name(folder), read_today()
        found = [
            f"{file.name}: {problem}"
            for file in sorted(folder.glob("Pulumi.*.yaml"))
            for problem in find_ends(file, name, today)
        ]
    except (StackFileError, RunError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stderr.writelines(f"{line}\n" for line in found)
    return 1 if found else 0


def find_ends(file: Path, project: str, today: datetime.date) -> Iterator[Problem]:
    """Yield what a stack file uses whose support ends within 30 days, unless it acknowledges that.

    A file that the program refuses yields the errors instead, because only a right file says what the stack uses.
    """
    given = read_config(file, project)
    stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    settings, errors, _ = check(given.values, set(given.secret_keys), project, stack, today)
    if settings is None:
        # Values from an environment of Pulumi are not in the file, so that a right stack may look wrong here.
        yield from [] if given.warnings else errors
        return
    for use in list_uses(settings, load_retirements(), today):
        if use.ends_within(FAILURE_DAYS, today) and use.name not in settings.acknowledged_retirements:
            yield Problem(
                path=use.path,
                message=f"{use.describe(today)}; or accept it: put {use.name!r} into "
                f"{key_path('acknowledgedRetirements')}",
            )


if __name__ == "__main__":
    sys.exit(main())
