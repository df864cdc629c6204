"""Reads today's date. The command lines and the loader read it here, and hand it to everything else."""

from __future__ import annotations

import datetime
import os
from typing import Final

from pulumi import RunError

# The environment variable that names another day, to see what the program will say by then.
TODAY_VARIABLE: Final = "AIRFLOW_AKS_TODAY"


def read_today() -> datetime.date:
    """Return today's date in UTC, or the day that AIRFLOW_AKS_TODAY names.

    Raises:
        pulumi.RunError: the variable is no date.

    """
    named = os.environ.get(TODAY_VARIABLE)
    if not named:
        return datetime.datetime.now(tz=datetime.UTC).date()
    try:
        return datetime.date.fromisoformat(named)
    except ValueError as error:
        raise RunError(f"{TODAY_VARIABLE}: must be a day, for example 2027-03-31 (is {named!r})") from error
