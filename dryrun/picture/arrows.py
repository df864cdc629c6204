"""Draws the picture's arrows: straight lines between boxes that face each other, with labels."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .architecture import Flow, Frame
from .box import Placed
from .lettering import LABEL, shorten

# Pixels between the tip of an arrow and its box.
_TIP: Final = 3.0
# Half the height of the gap that an arrow takes between two rows of boxes, in pixels.
_HALF_LANE: Final = 17.0
_TRUNK: Final = 12.0


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """A line with a head, its two lines of text, and the point where it crosses the virtual network's edge, if it does.

    `x` and `y` are the position of the text, which stands around the line or, with `beside`, to the right of it.
    """

    path: str
    private: bool | None
    label: str
    note: str
    x: float
    y: float
    beside: bool
    crossing: tuple[float, float] | None


def draw_arrows(
    flows: Sequence[Flow], boxes: Mapping[str, Placed], frames: Mapping[Frame, Placed], pools: Sequence[Placed]
) -> tuple[Arrow, ...]:
    """Return an arrow for each flow whose boxes are drawn, and one from the cluster to each workload identity."""
    edge = frames.get("network")
    outermost = min((frame.x for frame in frames.values()), default=None)
    found = [_draw_arrow(flow, boxes, edge, outermost) for flow in flows if flow.target in boxes]
    pulled = next((flow for flow in flows if flow.target == "nodes"), None)
    if pulled and pools and pulled.source in boxes:
        found.append(_draw_upwards(pulled, boxes[pulled.source], max(pools, key=lambda pool: pool.y), edge))
    cluster = frames.get("cluster")
    if cluster and pools:
        found += _draw_sign_ins(cluster, pools[0], [box for key, box in boxes.items() if key.startswith("identity:")])
    return tuple(found)


def _draw_arrow(flow: Flow, boxes: Mapping[str, Placed], edge: Placed | None, outermost: float | None) -> Arrow:
    source, target = boxes[flow.source], boxes[flow.target]
    if source.right > target.x and target.right > source.x:
        return _draw_upwards(flow, source, target, edge)
    y = (max(source.y, target.y) + min(source.bottom, target.bottom)) / 2
    if (flow.source, flow.target) == ("airflow", "database"):
        y = target.y + _HALF_LANE
    start, end = (source.right, target.x - _TIP) if source.x < target.x else (source.x, target.right + _TIP)
    left, right = sorted((start, end))
    if outermost is not None and left < outermost < right:
        right = outermost
    if edge and left < edge.right < right:
        left = edge.right
    room = right - left - 8.0
    outward = edge is not None and flow.private is not None and min(start, end) < edge.right < max(start, end)
    return Arrow(
        path=f"M{start:g} {y:g}H{end:g}",
        private=flow.private,
        label=shorten(flow.label, room, LABEL),
        note=shorten(flow.note, room, LABEL),
        x=(left + right) / 2,
        y=y,
        beside=False,
        crossing=(edge.right, y) if edge and outward else None,
    )


def _draw_upwards(flow: Flow, source: Placed, target: Placed, edge: Placed | None) -> Arrow:
    x = (max(source.x, target.x) + min(source.right, target.right)) / 2
    crosses = edge is not None and target.bottom < edge.bottom < source.y
    lower = edge.bottom if edge and crosses else target.bottom
    return Arrow(
        path=f"M{x:g} {source.y:g}V{target.bottom + _TIP:g}",
        private=flow.private,
        label=flow.label,
        note=flow.note,
        x=x + 10.0,
        y=(lower + source.y) / 2,
        beside=True,
        crossing=(x, edge.bottom) if edge and crosses and flow.private is not None else None,
    )


def _draw_sign_ins(cluster: Placed, pool: Placed, identities: Sequence[Placed]) -> list[Arrow]:
    """Return arrows from the cluster to the identities, which share their first part."""
    start = pool.y + pool.height / 2
    found = []
    for index, identity in enumerate(identities):
        trunk, y = identity.x - _TRUNK * 2, identity.y + identity.height / 2
        found.append(
            Arrow(
                path=f"M{cluster.right:g} {start:g}H{trunk:g}V{y:g}H{identity.x - _TIP:g}",
                private=None,
                label="" if index else "pods sign in",
                note="" if index else "no password",
                x=(cluster.right + 14.0 + trunk) / 2,
                y=start,
                beside=False,
                crossing=None,
            )
        )
    return found
