"""Computes when each resource of a plan would be created, and which chain of them decides how long it all takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from graphlib import TopologicalSorter
from typing import Final

from .duration_reader import Durations
from .plan import Plan, Resource
from .words import pluralize

# Shorter steps of the critical path are summed up when it is described.
_SHOWN_SECONDS: Final = 60


@dataclass(frozen=True, kw_only=True)
class Step:
    """The creation of a resource, from start to end, in seconds after the beginning of the update."""

    resource: Resource
    name: str
    start: int
    end: int

    @property
    def seconds(self) -> int:
        """How long it takes."""
        return self.end - self.start


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The steps of a first update, by URN and in the order of the program, and the critical path.

    `untimed` are the resource types without a typical time. They count as zero.
    """

    steps: Mapping[str, Step]
    critical_path: tuple[Step, ...]
    untimed: tuple[str, ...]

    @property
    def seconds(self) -> int:
        """How long the whole update takes."""
        return max((step.end for step in self.steps.values()), default=0)

    @property
    def long_steps(self) -> tuple[Step, ...]:
        """The steps of the critical path that take a minute or more."""
        return tuple(step for step in self.critical_path if step.seconds >= _SHOWN_SECONDS)

    @property
    def short_steps(self) -> tuple[Step, ...]:
        """The other steps of the critical path that take time."""
        return tuple(step for step in self.critical_path if 0 < step.seconds < _SHOWN_SECONDS)


def compute_timeline(plan: Plan, durations: Durations) -> Timeline:
    """Return the timeline of the update that creates everything in a plan.

    A resource starts when everything that it waits for exists: what its inputs and options depend on, its parent and
    its provider. The limit of `pulumi up --parallel` is left out of account.

    Raises:
        graphlib.CycleError: resources wait for each other, which Pulumi refuses too.

    """
    resources = {resource.urn: resource for resource in plan.resources}
    waits_for = _list_awaited(resources)
    found = {urn: durations.find(resource) for urn, resource in resources.items() if _takes_time(resource)}
    starts: dict[str, int] = {}
    ends: dict[str, int] = {}
    for urn in TopologicalSorter(waits_for).static_order():
        duration = found.get(urn)
        starts[urn] = max((ends[other] for other in waits_for[urn]), default=0)
        ends[urn] = starts[urn] + (duration.seconds if duration else 0)
    steps = {
        urn: Step(
            resource=resource,
            name=_shorten_name(resource, resources.get(resource.parent or "")),
            start=starts[urn],
            end=ends[urn],
        )
        for urn, resource in resources.items()
        if _takes_time(resource)
    }
    return Timeline(
        steps=steps,
        critical_path=tuple(reversed([steps[urn] for urn in _walk_back(waits_for, ends) if urn in steps])),
        untimed=tuple(sorted({resources[urn].type for urn, duration in found.items() if duration is None})),
    )


def describe_critical_path(timeline: Timeline) -> str:
    """Return the critical path: `cluster 5 min → migration 2 min → release 4 min, and 2 min for 7 shorter steps`."""
    chain = " → ".join(f"{step.name} {format_seconds(step.seconds)}" for step in timeline.long_steps)
    short = timeline.short_steps
    count = pluralize(len(short), "shorter step")
    rest = f"{format_seconds(sum(step.seconds for step in short))} for {count}" if short else ""
    return ", and ".join(filter(None, [chain, rest]))


def format_seconds(seconds: int) -> str:
    """Return a time as seconds or, from one minute on, as whole minutes."""
    return f"{seconds} s" if seconds < 60 else f"{(seconds + 30) // 60} min"


def _takes_time(resource: Resource) -> bool:
    """Return whether the creation of a resource is a step. A component of this program is none; a rendered chart is."""
    return resource.custom or not resource.type.startswith("airflow-aks:")


def _list_awaited(resources: Mapping[str, Resource]) -> dict[str, list[str]]:
    """Return the URNs that each resource waits for, in the order of the program."""
    order = {urn: number for number, urn in enumerate(resources)}
    children: dict[str, list[str]] = {}
    for resource in resources.values():
        children.setdefault(resource.parent or "", []).append(resource.urn)

    def expand(urn: str) -> Iterator[str]:
        """Yield a dependency. One on a component is one on everything in it, but not on what custom resources have."""
        yield urn
        if urn in resources and not _takes_time(resources[urn]):
            for child in children.get(urn, []):
                yield from expand(child)

    def list_awaited(resource: Resource) -> Iterator[str]:
        yield from (resource.parent or "", _find_provider(resource))
        for urn in resource.dependencies:
            yield from expand(urn)

    return {
        urn: sorted(set(list_awaited(resource)) & set(resources), key=order.__getitem__)
        for urn, resource in resources.items()
    }


def _find_provider(resource: Resource) -> str:
    """Return the URN of a resource's provider. The reference to a provider is its URN and its id."""
    return (resource.provider or "").rpartition("::")[0]


def _walk_back(waits_for: Mapping[str, Sequence[str]], ends: Mapping[str, int]) -> Iterator[str]:
    """Yield the URNs of the critical path, from the resource that is created last to the first."""
    urn = max(waits_for, key=ends.__getitem__, default=None)
    while urn is not None:
        yield urn
        urn = max(waits_for[urn], key=ends.__getitem__, default=None)


def _shorten_name(resource: Resource, parent: Resource | None) -> str:
    """Return the logical name in words, without its component's name: `release` for `airflow-release`."""
    own = resource.name.removeprefix(f"{parent.name}-") if parent else resource.name
    return own.replace("-", " ")
