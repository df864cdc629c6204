"""The time in the simulated clouds: of this machine, on the day that is today in every test."""

from __future__ import annotations

import datetime
from typing import Final

from tests.plans import TODAY

_START: Final = datetime.datetime.now(tz=datetime.UTC)
_AHEAD: Final = _START.date() - datetime.date.fromisoformat(TODAY)


def now() -> datetime.datetime:
    """The time in UTC. The program holds its day to be today, because both have it from the same constant."""
    return datetime.datetime.now(tz=datetime.UTC) - _AHEAD
