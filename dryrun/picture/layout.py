"""Places the picture's boxes in columns, and the frames around the boxes."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from .architecture import Architecture, Frame
from .arrow_drawing import Arrow, draw_arrows
from .box import Box, Placed, is_in_subnet
from .lettering import BODY, TITLE, measure, shorten
from .rows import ARROW_GAP, INTERNET_LANE, LEFT, MARGIN, RIGHT, measure_height, place, place_rows

# The left edge and the width of the column for boxes outside Azure, in pixels.
_OUTSIDE: Final = (14.0, 162.0)
_WIDTH: Final = 1296.0
# For each frame, the left edge, the right edge and the height of the title, in pixels. The outermost frame comes first.
_FRAMES: Final[dict[Frame, tuple[float, float, float]]] = {
    "group": (292.0, 1282.0, 34.0),
    "network": (308.0, 916.0, 50.0),
    "cluster": (322.0, 902.0, 50.0),
    "gateway_namespace": (338.0, 882.0, 36.0),
    "namespace": (338.0, 882.0, 36.0),
    "sync_namespace": (618.0, 882.0, 36.0),
}
_TOP: Final = 8.0
_GAP: Final = 16.0
_POOL_HEIGHT: Final = 26.0
# Pixels below the gateway in its namespace.
_GATEWAY_FOOT: Final = 14.0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """All shapes of the picture with their positions, in pixels."""

    width: float
    height: float
    frames: tuple[Placed, ...]
    boxes: tuple[Placed, ...]
    pools: tuple[Placed, ...]
    arrows: tuple[Arrow, ...]


def lay_out(content: Architecture) -> Picture:
    """Return the picture of an architecture, in which each box has a position."""
    heads = _place_heads(content)
    rows = place_rows(content, heads["namespace"] + _FRAMES["namespace"][2])
    boxes = rows.boxes | _place_gateway(content, heads["gateway_namespace"])
    sync, last = boxes.get("sync"), rows.namespace_end
    below = last + _GAP + 20.0
    for key in (key for key in content.boxes if key.startswith("elsewhere:")):
        boxes[key] = place(key, content.boxes[key], LEFT, below, measure_height(content.boxes[key]))
        below = boxes[key].bottom + _GAP
    pools = _place_pools(content, below, narrow=sync is not None)
    ends: dict[Frame, float] = {"namespace": last + 14.0, "sync_namespace": (sync.bottom if sync else last) + 14.0}
    ends["gateway_namespace"] = boxes["gateway"].bottom + _GATEWAY_FOOT if "gateway" in boxes else 0.0
    ends["cluster"] = max([*ends.values(), *(pool.bottom for pool in pools), below - _GAP]) + 14.0
    ends["network"] = ends["cluster"] + 14.0
    boxes |= _place_bottom(content, ends["network"] + ARROW_GAP + 8.0)
    boxes |= _place_outside(content, heads["namespace"], boxes)
    ends["group"] = max([ends["network"], *(box.bottom for box in boxes.values())]) + 16.0
    heads["sync_namespace"] = sync.y - _FRAMES["sync_namespace"][2] if sync else last
    frames = {key: _place_frame(key, box, heads[key], ends[key]) for key, box in content.frames.items()}
    database = boxes.get("database")
    if database and "network" in frames and is_in_subnet(database.box):
        frames["network"] = replace(frames["network"], outline=_draw_outline(frames["network"], database))
    return Picture(
        width=_WIDTH,
        height=ends["group"] + _TOP,
        frames=tuple(frames[key] for key in _FRAMES if key in frames),
        boxes=tuple(boxes.values()),
        pools=pools,
        arrows=draw_arrows(content.flows, boxes, frames, pools, rows.lanes),
    )


def _draw_outline(network: Placed, inside: Placed) -> str:
    """Return the outline of the virtual network, which reaches around a box that stands to the right of it."""
    x, y, right, end = network.x, network.y, network.right, network.bottom
    far, top, low = inside.right + MARGIN / 2, inside.y - MARGIN, inside.bottom + MARGIN
    r = 10.0
    return (
        f"M{x + r:g} {y:g}H{right - r:g}Q{right:g} {y:g} {right:g} {y + r:g}V{top:g}H{far - r:g}"
        f"Q{far:g} {top:g} {far:g} {top + r:g}V{low - r:g}Q{far:g} {low:g} {far - r:g} {low:g}H{right:g}"
        f"V{end - r:g}Q{right:g} {end:g} {right - r:g} {end:g}H{x + r:g}Q{x:g} {end:g} {x:g} {end - r:g}"
        f"V{y + r:g}Q{x:g} {y:g} {x + r:g} {y:g}Z"
    )


def _place_heads(content: Architecture) -> dict[Frame, float]:
    """Return the upper edge of each frame but the lower namespace. A frame that is not drawn takes no space.

    The gateway's namespace stands above Airflow's, both in the cluster.
    """
    heads: dict[Frame, float] = {}
    y = _TOP
    for key, (_, _, head) in _FRAMES.items():
        heads[key] = y
        y += head if key in content.frames else 0.0
        if key == "gateway_namespace" and key in content.frames and "gateway" in content.boxes:
            y += measure_height(content.boxes["gateway"]) + _GATEWAY_FOOT + _GAP
    return heads


def _place_gateway(content: Architecture, top: float) -> dict[str, Placed]:
    """Place the gateway above Airflow, in a namespace of its own, and its certificate beside it."""
    y = top + _FRAMES["gateway_namespace"][2]
    columns = {"gateway": LEFT, "certificates": RIGHT}
    found = {key: column for key, column in columns.items() if key in content.boxes}
    return {
        key: place(key, content.boxes[key], column, y, measure_height(content.boxes[key]))
        for key, column in found.items()
    }


def _place_bottom(content: Architecture, y: float) -> dict[str, Placed]:
    columns = {"sources": _OUTSIDE, "registry": LEFT, "images": RIGHT}
    found = {key: column for key, column in columns.items() if key in content.boxes}
    height = max((measure_height(content.boxes[key]) for key in found), default=0.0)
    return {key: place(key, content.boxes[key], column, y, height) for key, column in found.items()}


def _place_outside(content: Architecture, top: float, boxes: dict[str, Placed]) -> dict[str, Placed]:
    """Place users beside the gateway, or beside Airflow without one; the internet above the git repository."""
    found: dict[str, Placed] = {}
    y = boxes["airflow"].y if "airflow" in boxes else top
    beside = ["people", "git"]
    if "gateway" in boxes and "people" in content.boxes:
        beside.remove("people")
        gateway = boxes["gateway"]
        found["people"] = place("people", content.boxes["people"], _OUTSIDE, gateway.y, gateway.height)
    if "internet" in content.boxes:
        height = measure_height(content.boxes["internet"])
        found["internet"] = place(
            "internet", content.boxes["internet"], _OUTSIDE, y - INTERNET_LANE - height / 2, height
        )
        y = max(y, found["internet"].bottom + _GAP)
    for key in beside:
        if key in content.boxes:
            found[key] = place(key, content.boxes[key], _OUTSIDE, y, measure_height(content.boxes[key]))
            y = found[key].bottom + _GAP
    return found


def _place_pools(content: Architecture, y: float, *, narrow: bool) -> tuple[Placed, ...]:
    """Place the node pools below the namespace: one in each row beside the secret sync, otherwise two."""
    left, right, _ = _FRAMES["namespace"]
    columns = 1 if narrow else 2
    room = _FRAMES["sync_namespace"][0] - 16.0 - left if narrow else (right - left - 10.0) / 2
    return tuple(
        place(
            f"pool:{index}",
            Box(title=text, side="kubernetes"),
            (left + (index % columns) * (room + 10.0), room),
            y + (index // columns) * (_POOL_HEIGHT + 8.0),
            _POOL_HEIGHT,
            body_title=True,
        )
        for index, text in enumerate(content.pools)
    )


def _place_frame(key: Frame, box: Box, y: float, end: float) -> Placed:
    left, right, _ = _FRAMES[key]
    room = right - left - 32.0
    first = room - measure(box.title, TITLE, bold=True)
    lines = tuple(shorten(line, room if index else first, BODY) for index, line in enumerate(box.lines))
    return Placed(key=key, box=box, x=left, y=y, width=right - left, height=end - y, title=box.title, lines=lines)
