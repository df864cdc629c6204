"""Draws the picture's arrows: straight lines between boxes that face each other, and lines with one corner."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from .architecture import Frame
from .box import Placed, is_in_subnet
from .connections import Flow
from .lettering import LABEL, shorten
from .rows import Lanes

# Pixels between the tip of an arrow and the box that it points to.
_TIP: Final = 3.0
_TRUNK: Final = 12.0
# For a line with a corner: pixels between its vertical part and the edge of the source box that is nearer to the
# target.
_CORNER: Final = 28.0
# Pixels from the lower edge of the last box in the upper namespace to the middle of the gap between the namespaces, for
# the secret sync below Airflow and for Airflow below the gateway.
_BETWEEN: Final = 25.0
_BELOW_GATEWAY: Final = 22.0

Point = tuple[float, float]


@dataclass(frozen=True, kw_only=True)
class Arrow:
    """An arrow: a line with a head, and two lines of text, `label` and `note`.

    `x` and `y` are the position of the text, which stands around the line or, with `beside`, to the right of it.
    `crossing` is the point where the line crosses the virtual network's edge; None if no such point is shown.
    """

    path: str
    private: bool | None
    label: str
    note: str
    x: float
    y: float
    beside: bool
    crossing: Point | None


@dataclass(frozen=True, kw_only=True)
class _Edges:
    """The frame of the virtual network, and the left edge of the outermost frame; each is None if it is not drawn."""

    network: Placed | None
    outermost: float | None


def draw_arrows(
    flows: Sequence[Flow],
    boxes: Mapping[str, Placed],
    frames: Mapping[Frame, Placed],
    pools: Sequence[Placed],
    lanes: Lanes,
) -> tuple[Arrow, ...]:
    """Return an arrow for each flow whose boxes are drawn, and an arrow from the cluster to each workload identity.

    Some arrows would run through a box, or meet another arrow, if they ran at half height between their ends. `lanes`
    maps the two ends of such an arrow to the height at which it runs instead.
    """
    edges = _Edges(network=frames.get("network"), outermost=min((frame.x for frame in frames.values()), default=None))
    ends = dict(boxes)
    if pools:
        ends["nodes"] = max(pools, key=lambda pool: pool.y)
    found = [
        _draw_arrow(flow, ends[flow.source], ends[flow.target], edges, lanes.get((flow.source, flow.target)))
        for flow in flows
        if {flow.source, flow.target} <= set(ends)
    ]
    cluster = frames.get("cluster")
    if cluster and pools:
        found += _draw_sign_ins(cluster, [box for key, box in boxes.items() if key.startswith("identity:")])
    return tuple(found)


def _draw_arrow(flow: Flow, source: Placed, target: Placed, edges: _Edges, lane: float | None) -> Arrow:
    if source.right > target.x and target.right > source.x:
        return _draw_vertical(flow, source, target, edges.network)
    y = lane if lane is not None else (max(source.y, target.y) + min(source.bottom, target.bottom)) / 2
    start, end = (source.right, target.x - _TIP) if source.x < target.x else (source.x, target.right + _TIP)
    path = f"M{start:g} {y:g}H{end:g}"
    if not source.y <= y <= source.bottom:
        start = source.right - _CORNER if source.x < target.x else source.x + _CORNER
        path = f"M{start:g} {source.y if y < source.y else source.bottom:g}V{y:g}H{end:g}"
    left, right = sorted((start, end))
    network = edges.network
    crossing = None
    if network and flow.private is not None and not is_in_subnet(target.box):
        crossing = next(((x, y) for x in (network.x, network.right) if left < x < right), None)
    if edges.outermost is not None and left < edges.outermost < right:
        right = edges.outermost
    if network and left < network.right < right:
        left = network.right
    room = right - left - 8.0
    return Arrow(
        path=path,
        private=flow.private,
        label=shorten(flow.label, room, LABEL),
        note=shorten(flow.note, room, LABEL),
        x=(left + right) / 2,
        y=y,
        beside=False,
        crossing=crossing,
    )


def _draw_vertical(flow: Flow, source: Placed, target: Placed, network: Placed | None) -> Arrow:
    """Return an arrow that runs up or down. In the cluster it runs near the right edge, beside the frames' titles."""
    left, right = max(source.x, target.x), min(source.right, target.right)
    outside = network is None or left > network.right
    x = (left + right) / 2 if outside or "nodes" in (flow.source, flow.target) else right - _TRUNK
    up = target.y < source.y
    start, end = (source.y, target.bottom + _TIP) if up else (source.bottom, target.y - _TIP)
    upper, lower = sorted((start, end))
    crosses = network is not None and not outside and upper < network.bottom < lower
    if network and crosses:
        upper = network.bottom
    elif up and not outside:
        # The text stands between the two namespaces.
        upper = lower = target.bottom + _BETWEEN
    elif source.key == "gateway":
        upper = lower = source.bottom + _BELOW_GATEWAY
    return Arrow(
        path=f"M{x:g} {start:g}V{end:g}",
        private=flow.private,
        label=flow.label,
        note=flow.note,
        x=x + 10.0,
        y=(upper + lower) / 2,
        beside=True,
        crossing=(x, network.bottom) if network and crosses and flow.private is not None else None,
    )


def _draw_sign_ins(cluster: Placed, identities: Sequence[Placed]) -> list[Arrow]:
    """Return the arrows from the cluster to the identities. The arrows share their first part."""
    start = cluster.bottom - _TRUNK
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
