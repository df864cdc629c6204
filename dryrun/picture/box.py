"""The boxes of the picture, without and with their positions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from dryrun.tree import Component

PRIVATE_SUBNET: Final = "private subnet"

Side = Literal["outside", "azure", "kubernetes", "airflow"]


@dataclass(frozen=True, kw_only=True)
class Box:
    """A box or frame: a title, a few short lines, and the resource that it links to.

    `private`: whether the cluster reaches the box's service without a public endpoint; None if the picture shows no
    access. `access`: the name of the private access.
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
    """A box or frame at its position, in pixels, with its text shortened to its width.

    `outline` is the path of a frame that is not a rectangle: the frame reaches to the right, around a box beside it.
    """

    key: str
    box: Box
    x: float
    y: float
    width: float
    height: float
    title: str
    lines: tuple[str, ...]
    outline: str = ""

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height


def make_box(part: Component, title: str, side: Side, *lines: str, **more: Any) -> Box:
    """Return the box of a component, without its empty lines."""
    protected = any(resource.protect for resource in part.resources)
    shown = tuple(line for line in lines if line)
    return Box(title=title, lines=shown, side=side, urn=part.resource.urn, protected=protected, **more)


def find_inputs(part: Component, type_: str) -> Mapping[str, Any]:
    """Return the inputs of a component's first resource of a type; an empty mapping if it has no such resource."""
    found = part.all(type_)
    return found[0].inputs if found else {}


def is_in_subnet(box: Box) -> bool:
    """Return whether the Azure service of a box has its addresses in a subnet of the virtual network."""
    return bool(box.private) and box.access == PRIVATE_SUBNET
