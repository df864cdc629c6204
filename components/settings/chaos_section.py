"""The section of the stack file for chaos: pods that are deleted on purpose."""

from __future__ import annotations

import difflib
import zoneinfo
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .base import EachOnce, Section

Weekday = Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
ChaosTarget = Literal["scheduler", "apiServer", "dagProcessor", "triggerer", "pgbouncer"]
# Chaoskube refuses 24:00.
Period = Annotated[str, StringConstraints(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]-([01][0-9]|2[0-3]):[0-5][0-9]$")]
_UTC = "UTC"
_DAYS_OF_A_WEEK = 7


class ChaosSettings(Section):
    """Deletes a pod of one component of Airflow at regular intervals."""

    target: ChaosTarget = Field(
        description="Component whose pods are deleted, one at a time. In Airflow 2, apiServer is the web server."
    )
    interval_minutes: int = Field(5, ge=1, le=10080, description="Minutes between two deletions.")
    dry_run: bool = Field(False, description="True: only the log says which pods would be deleted.")
    timezone: str = Field(_UTC, description="Time zone of the excluded days and hours, for example America/Toronto.")
    excluded_weekdays: Annotated[tuple[Weekday, ...], EachOnce] = Field(
        (), description="Days of the week on which no pod is deleted."
    )
    excluded_hours: Annotated[tuple[Period, ...], EachOnce] = Field(
        (), description="Periods of the day in which no pod is deleted, for example 22:00-06:30."
    )

    @field_validator("timezone")
    @classmethod
    def _known(cls, value: str) -> str:
        # A machine without the time zone database knows no name at all, so that nothing can be compared.
        known = zoneinfo.available_timezones() if value != _UTC else set()
        if known and value not in known:
            near = difflib.get_close_matches(value, sorted(known), n=1)
            right = near[0] if near else "America/Toronto"
            raise ValueError(f"must be the name of a time zone, for example {right} (is {value!r})")
        return value

    @field_validator("excluded_weekdays")
    @classmethod
    def _leaves_a_day(cls, value: tuple[Weekday, ...]) -> tuple[Weekday, ...]:
        if len(value) == _DAYS_OF_A_WEEK:
            raise ValueError("excludes every day, so no pod would be deleted: leave one out, or remove the section")
        return value

    @field_validator("excluded_hours")
    @classmethod
    def _lasts(cls, value: tuple[Period, ...]) -> tuple[Period, ...]:
        for period in value:
            begin, _, end = period.partition("-")
            if begin == end:
                raise ValueError(f"{period} begins and ends at once, so it excludes nothing: give it another end")
        return value
