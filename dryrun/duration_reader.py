"""Reads charts/durations.yaml: how long it typically takes to create a resource, and who says so."""

from __future__ import annotations

import datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints, field_validator, model_validator

from components.settings.base import Section
from components.settings.program_yaml import load_yaml

from .plan import Resource

DURATIONS_FILE: Final = Path(__file__).resolve().parents[1] / "charts" / "durations.yaml"


class Source(Section):
    """A public page or thread with a measured time, and the date on which it was read."""

    title: Annotated[str, StringConstraints(min_length=1)]
    url: Annotated[str, StringConstraints(pattern=r"^https://\S+$")]
    read: datetime.date


class Duration(Section):
    """The typical time of some resource types; for Helm releases, of some charts.

    Measured times have a source. Estimates have a reason.
    """

    types: Annotated[tuple[str, ...], Field(min_length=1)]
    charts: tuple[str, ...] = ()
    seconds: int = Field(ge=0)
    measured: bool = True
    source: str | None = None
    reason: str | None = None

    @model_validator(mode="after")
    def _is_founded(self) -> Duration:
        if self.measured and self.source is None:
            raise ValueError("needs a source, or `measured: false` and a reason")
        if not self.measured and not self.reason:
            raise ValueError("is an estimate, which needs a reason")
        return self


class Durations(Section):
    """The content of charts/durations.yaml."""

    sources: dict[str, Source]
    durations: tuple[Duration, ...]

    @field_validator("durations")
    @classmethod
    def _are_unique(cls, value: tuple[Duration, ...]) -> tuple[Duration, ...]:
        seen: set[tuple[str, str | None]] = set()
        for duration in value:
            for key in ((type_, chart) for type_ in duration.types for chart in duration.charts or (None,)):
                if key in seen:
                    raise ValueError(f"{key[0]} has two times")
                seen.add(key)
        return value

    @model_validator(mode="after")
    def _sources_exist(self) -> Durations:
        unknown = {duration.source for duration in self.durations if duration.source} - set(self.sources)
        if unknown:
            raise ValueError(f"unknown sources: {', '.join(sorted(unknown))}")
        return self

    def find(self, resource: Resource) -> Duration | None:
        """Return the time of a resource's chart or, if it has none, of its type; None if there is none either."""
        # The chart of an OCI registry is named by its address.
        chart = str(resource.inputs.get("chart", "")).rpartition("/")[2]
        of_type = [duration for duration in self.durations if resource.type in duration.types]
        return next((each for each in of_type if chart in each.charts), None) or next(
            (each for each in of_type if not each.charts), None
        )

    def explain(self, duration: Duration) -> str:
        """Return where a time comes from: the reason for an estimate, and the title and date of a source."""
        estimate = "" if duration.measured else f"Estimate. {duration.reason}"
        if duration.source is None:
            return estimate
        source = self.sources[duration.source]
        return f"{estimate} {source.title}, read {source.read}".strip()


@cache
def load_durations(path: Path = DURATIONS_FILE) -> Durations:
    """Return the typical times.

    Raises:
        pulumi.RunError: the file is wrong; the message lists every problem with its path.

    """
    return load_yaml(path, Durations, "charts/durations.yaml")
