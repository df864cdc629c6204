"""Lays out a timeline as a chart: a row for each component, with bars for the times at which something is created."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from .duration_reader import Durations
from .plan import Plan, Resource
from .timeline import Step, Timeline, format_seconds
from .words import describe_type

# The scale has at most this many ticks, one for every 1, 2, 5 or more minutes.
_MOST_TICKS: Final = 10
_TICK_MINUTES: Final = (1, 2, 5, 10, 20, 30, 60)
# Shorter times are not worth a line in the list of typical times.
_LISTED_SECONDS: Final = 10


@dataclass(frozen=True, kw_only=True)
class Bar:
    """A bar; left edge and width are percentages of the whole time."""

    left: float
    width: float
    title: str
    critical: bool


@dataclass(frozen=True, kw_only=True)
class Row:
    """The bars of a component, or of the resources without one, whose URN is None."""

    name: str
    urn: str | None
    bars: tuple[Bar, ...]


@dataclass(frozen=True, kw_only=True)
class Chart:
    """The rows in the order in which they begin, and the ticks of the scale: percentage and label."""

    rows: tuple[Row, ...]
    ticks: tuple[tuple[float, str], ...]


@dataclass(frozen=True, kw_only=True)
class TypicalTime:
    """A line of the list of typical times."""

    kind: str
    time: str
    origin: str


def lay_out_timeline(plan: Plan, timeline: Timeline) -> Chart:
    """Return the chart of a timeline. Steps without a duration have no bar."""
    total = timeline.seconds
    known = {resource.urn: resource for resource in plan.resources}
    groups: dict[str | None, list[Step]] = {}
    for step in timeline.steps.values():
        if step.seconds:
            groups.setdefault(_find_top(step.resource, known), []).append(step)
    rows = [
        Row(name=known[urn].name if urn else "no component", urn=urn, bars=tuple(_draw_bars(steps, timeline)))
        for urn, steps in sorted(groups.items(), key=lambda group: min(step.start for step in group[1]))
    ]
    return Chart(rows=tuple(rows), ticks=tuple(_list_ticks(total)))


def list_typical_times(timeline: Timeline, durations: Durations) -> list[TypicalTime]:
    """Return the typical time of each kind of resource of a timeline, the slowest first, without the shortest ones."""
    found: dict[tuple[int, str], TypicalTime] = {}
    for step in timeline.steps.values():
        duration = durations.find(step.resource)
        if duration is None or duration.seconds < _LISTED_SECONDS:
            continue
        kind = " ".join([describe_type(step.resource.type), *duration.charts])
        found[-duration.seconds, kind] = TypicalTime(
            kind=kind, time=format_seconds(duration.seconds), origin=durations.explain(duration)
        )
    return [found[key] for key in sorted(found)]


def _find_top(resource: Resource, known: dict[str, Resource]) -> str | None:
    """Return the URN of the outermost component around a resource; None if it is in none."""
    top = None
    while (resource := known.get(resource.parent or "")) is not None:  # type: ignore[assignment]
        top = resource
    return top.urn if top and not top.custom else None


def _draw_bars(steps: Sequence[Step], timeline: Timeline) -> Iterable[Bar]:
    """Yield a bar for each span of time without a gap, and after them one for each step of the critical path."""
    critical = [step for step in timeline.critical_path if step in steps]
    for span in _join(sorted(steps, key=lambda step: (step.start, step.end))):
        names = ", ".join(step.name for step in span)
        yield _draw_bar(span[0].start, max(step.end for step in span), names, timeline.seconds, critical=False)
    for step in critical:
        yield _draw_bar(step.start, step.end, step.name, timeline.seconds, critical=True)


def _join(steps: Iterable[Step]) -> Iterable[list[Step]]:
    """Yield groups of steps that overlap or touch."""
    span: list[Step] = []
    for step in steps:
        if span and step.start > max(other.end for other in span):
            yield span
            span = []
        span.append(step)
    if span:
        yield span


def _draw_bar(start: int, end: int, name: str, total: int, *, critical: bool) -> Bar:
    title = f"{name}: {_format_clock(start)} to {_format_clock(end)}"
    return Bar(left=100 * start / total, width=100 * (end - start) / total, title=title, critical=critical)


def _format_clock(seconds: int) -> str:
    return f"{seconds // 60}:{seconds % 60:02}"


def _list_ticks(total: int) -> Iterable[tuple[float, str]]:
    minutes = next((each for each in _TICK_MINUTES if total / 60 / each <= _MOST_TICKS), _TICK_MINUTES[-1])
    for minute in range(0, total // 60 + 1, minutes):
        yield 100 * minute * 60 / total if total else 0, f"{minute} min" if minute else "0"
