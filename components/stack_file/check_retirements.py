"""Fails if a stack file of a project uses something whose support ends within 30 days, as a part of `make check`.

It warns 180 days ahead of what no setting changes, which is for those who change the program. Previews and dry runs
warn of the rest.

Run as `python -m components.stack_file.check_retirements`. AIRFLOW_AKS_TODAY=2027-03-01 looks ahead to another day.
"""

from __future__ import annotations

import argparse
import datetime
import sys
from pathlib import Path

from pulumi import RunError

from components.settings.retirements import load_retirements
from components.settings.today import read_today

from .checker import check
from .problems import Problem, key_path
from .reader import StackFileError, read_config, read_project_name
from .retirement_uses import FAILURE_DAYS, WARNING_DAYS, list_uses


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
        warnings: dict[str, None] = {}
        found = []
        for file in sorted(folder.glob("Pulumi.*.yaml")):
            errors, warned = find_ends(file, name, today)
            found += [f"{file.name}: {error}" for error in errors]
            # Equal in every stack file.
            warnings |= dict.fromkeys(f"warning: {warning}" for warning in warned)
    except (StackFileError, RunError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    sys.stderr.writelines(f"{line}\n" for line in (*warnings, *found))
    return 1 if found else 0


def find_ends(file: Path, project: str, today: datetime.date) -> tuple[list[Problem], list[Problem]]:
    """Return errors and warnings about what a stack file uses, unless it acknowledges the end.

    An error is what ends within 30 days, a warning what ends within 180 days and no setting changes. A file that the
    program refuses has the program's errors instead, because only a right file says what the stack uses.
    """
    given = read_config(file, project)
    stack = file.name.removeprefix("Pulumi.").removesuffix(".yaml")
    settings, refused, _ = check(given.values, set(given.secret_keys), project, stack, today)
    if settings is None:
        # Values from an environment of Pulumi are not in the file, so that a right stack may look wrong here.
        return [] if given.warnings else refused, []
    errors, warnings = [], []
    for use in list_uses(settings, load_retirements(), today):
        if use.name in settings.acknowledged_retirements:
            continue
        if use.ends_within(FAILURE_DAYS, today):
            accept = f"or accept it: put {use.name!r} into {key_path('acknowledgedRetirements')}"
            errors.append(Problem(path=use.path, message=f"{use.describe(today)}; {accept}"))
        elif not use.can_be_set and use.ends_within(WARNING_DAYS, today):
            warnings.append(Problem(path=use.path, message=use.describe(today)))
    return errors, warnings


if __name__ == "__main__":
    sys.exit(main())
