"""A box of the picture, and where it stands."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from dryrun.tree import Component

Side = Literal["outside", "azure", "kubernetes", "airflow"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box or frame: a title, a few short lines, and the resource whose section it leads to.

    `private` says how it is reached from the cluster, `access` the way in words; None where that is no question.
    """

    title: str
    lines: tuple[str, ...] = ()
    side: Side
    urn: str | None = None
    private: bool | None = None
    access: str = "private endpoint"
    protected: bool = False


Text = Callable[[Component], Box]


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A box or frame with its place, and its text as it fits."""

    key: str
    box: Box
    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...]

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.y + self.height


def box_of(part: Component, title: str, side: Side, *lines: str, **more: Any) -> Box:
    """The box of a component; lines without text are left out."""
    protected = any(resource.protect for resource in part.resources)
    said = tuple(line for line in lines if line)
    return Box(title=title, lines=said, side=side, urn=part.resource.urn, protected=protected, **more)


def first(part: Component, type_: str) -> Mapping[str, Any]:
    """The inputs of a component's first resource of a type; none when it has no such resource."""
    found = part.all(type_)
    return found[0].inputs if found else {}
