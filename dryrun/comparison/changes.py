"""What a comparison of two plans finds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from dryrun.cost.cost_change import CostChange
from dryrun.plan import Plan, Resource

from .differences import Difference

Action = Literal["added", "changed", "replaced", "removed", "renamed", "same"]
# What makes a replacement necessary: the provider, which Pulumi asks; the program's option replaceOnChanges; Azure,
# which refuses Pulumi's update in place; the replaced cluster that contains a resource; the replaced
# Kubernetes provider.
Source = Literal["provider", "program", "azure", "container", "kubernetes provider"]
Severity = Literal["data", "refused", "stops", "note"]


@dataclass(frozen=True, kw_only=True)
class Reason:
    """Why a resource is replaced: a property, and the URN of the other replaced resource whose value it takes."""

    path: str
    source: Source
    cause: str | None = None


@dataclass(frozen=True, kw_only=True)
class Change:
    """A resource before and after. The side that does not have it is None."""

    old: Resource | None
    new: Resource | None
    action: Action
    differences: tuple[Difference, ...] = ()
    reasons: tuple[Reason, ...] = ()
    deleted_first: bool = False

    @property
    def resource(self) -> Resource:
        """The resource after the change, or the removed one."""
        found = self.new or self.old
        assert found is not None  # noqa: S101 - a pair has at least one side
        return found

    @property
    def urn(self) -> str:
        """The URN after the change."""
        return self.resource.urn

    @property
    def type(self) -> str:
        """The type after the change."""
        return self.resource.type

    @property
    def name(self) -> str:
        """The logical name after the change."""
        return self.resource.name

    @property
    def former_name(self) -> str | None:
        """The logical name before the change, if an alias leads to it."""
        renamed = self.old is not None and self.new is not None and self.old.urn != self.new.urn
        return self.old.name if renamed and self.old is not None else None

    @property
    def is_gone(self) -> bool:
        """Whether the old resource is removed or replaced."""
        return self.action in ("replaced", "removed")

    @property
    def is_refused(self) -> bool:
        """Whether Pulumi would plan an update in place for what takes a replacement."""
        return bool(self.reasons) and all(reason.source == "azure" for reason in self.reasons)


@dataclass(frozen=True, kw_only=True)
class Consequence:
    """What a change means for the data or for Airflow: one sentence, and the URN of the resource that it is about."""

    severity: Severity
    text: str
    urn: str | None = None


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """Everything that differs between two plans of one stack. `changes` has no resource that stays as it is."""

    old: Plan
    new: Plan
    changes: tuple[Change, ...]
    outputs: tuple[Difference, ...]
    consequences: tuple[Consequence, ...] = ()
    cost: CostChange = CostChange()  # noqa: RUF009 - frozen

    @property
    def loses_data(self) -> bool:
        """Whether something that holds data is replaced or removed."""
        return any(found.severity == "data" for found in self.consequences)

    @property
    def is_empty(self) -> bool:
        """Whether nothing differs."""
        return not self.changes and not self.outputs and not self.with_severity("refused")

    def of(self, action: Action) -> list[Change]:
        """Return the changes of a kind."""
        return [change for change in self.changes if change.action == action]

    def with_severity(self, severity: Severity) -> list[Consequence]:
        """Return the consequences of a severity."""
        return [found for found in self.consequences if found.severity == severity]
