"""Places the picture's boxes in columns, and frames around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .architecture import Architecture, Frame
from .arrows import Arrow, draw_arrows
from .box import Box, Placed
from .lettering import BODY, TITLE, measure, shorten

# Left edge and width of each column, in pixels: outside Azure, two in the namespace, Azure's services. The gaps between
# them are for arrows and their text.
_OUTSIDE: Final = (14.0, 162.0)
_LEFT: Final = (352.0, 216.0)
_RIGHT: Final = (676.0, 192.0)
_SERVICES: Final = (1056.0, 212.0)
_WIDTH: Final = 1296.0
# Left edge, right edge and height of the title of each frame, in pixels, from the outermost inwards.
_FRAMES: Final[dict[Frame, tuple[float, float, float]]] = {
    "group": (292.0, 1282.0, 34.0),
    "network": (308.0, 916.0, 50.0),
    "cluster": (322.0, 902.0, 34.0),
    "namespace": (338.0, 882.0, 36.0),
}
_TOP: Final = 8.0
_GAP: Final = 16.0
_ARROW_GAP: Final = 42.0
_LANE: Final = 46.0
_LINE: Final = 17.0
_POOL_HEIGHT: Final = 26.0


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
    boxes = _place_rows(content, heads["namespace"] + _FRAMES["namespace"][2])
    namespace_end = max(
        (box.bottom for box in boxes.values() if box.x in (_LEFT[0], _RIGHT[0])), default=heads["namespace"]
    )
    pools = _place_pools(content, namespace_end + 40.0)
    cluster_end = max([namespace_end + 14.0, *(pool.bottom for pool in pools)]) + 14.0
    boxes |= _place_bottom(content, cluster_end + 14.0 + _ARROW_GAP + 8.0)
    boxes |= _place_outside(content, heads["namespace"], boxes)
    end = max([cluster_end + 14.0, *(box.bottom for box in boxes.values())]) + 16.0
    ends: dict[Frame, float] = {
        "group": end,
        "network": cluster_end + 14.0,
        "cluster": cluster_end,
        "namespace": namespace_end + 14.0,
    }
    frames = {key: _place_frame(key, box, heads[key], ends[key]) for key, box in content.frames.items()}
    return Picture(
        width=_WIDTH,
        height=end + _TOP,
        frames=tuple(frames[key] for key in _FRAMES if key in frames),
        boxes=tuple(boxes.values()),
        pools=pools,
        arrows=draw_arrows(content.flows, boxes, frames, pools),
    )


def _place_heads(content: Architecture) -> dict[Frame, float]:
    """Return the upper edge of each frame. A frame that is not drawn takes no space."""
    heads: dict[Frame, float] = {}
    y = _TOP
    for key, (_, _, head) in _FRAMES.items():
        heads[key] = y
        y += head if key in content.frames else 0.0
    return heads


def _place_rows(content: Architecture, top: float) -> dict[str, Placed]:
    """Place the two columns of the namespace, and each Azure service beside what uses it."""
    heights = {key: _measure_height(box) for key, box in content.boxes.items()}
    high = heights.get
    placed: dict[str, Placed] = {}

    def put(key: str, column: tuple[float, float], y: float, height: float = 0.0) -> float:
        if key not in content.boxes:
            return y
        placed[key] = place(key, content.boxes[key], column, y, max(height, heights[key]))
        return placed[key].bottom

    tasks_end = top + max(high("tasks", 0.0), high("logs", 0.0))
    put("tasks", _RIGHT, top)
    put("logs", _SERVICES, top)
    second = tasks_end + _GAP if tasks_end > top else top
    third = put("pooler", _RIGHT, second) + _GAP if "pooler" in content.boxes else second + _LANE
    rows_end = max(third + high("migration", 0.0), second + high("database", 0.0), top + high("airflow", 0.0))
    if "broker" in content.boxes:
        # In a row of its own: the arrow from Airflow to the broker passes no other box.
        row = max(third + high("migration", 0.0), second + high("database", 0.0)) + _GAP
        rows_end = max(rows_end, put("broker", _SERVICES, row))
    put("migration", _RIGHT, third)
    put("database", _SERVICES, second)
    put("airflow", _LEFT, top, rows_end - top)
    fourth = rows_end + _ARROW_GAP
    last = max(put("secrets", _LEFT, fourth), put("sync", _RIGHT, fourth))
    service_end = put("vault", _SERVICES, fourth)
    service_end = put("values", _SERVICES, service_end + _ARROW_GAP)
    for key, box in content.boxes.items():
        if key.startswith("identity:") or (key.startswith("other:") and box.side == "azure"):
            service_end = put(key, _SERVICES, service_end + _GAP)
    others = [key for key, box in content.boxes.items() if key.startswith("other:") and box.side != "azure"]
    for left, right in zip(others[::2], [*others[1::2], ""], strict=False):
        row = last + _GAP
        last = max(put(left, _LEFT, row), put(right, _RIGHT, row) if right else row)
    return placed


def _place_bottom(content: Architecture, y: float) -> dict[str, Placed]:
    columns = {"sources": _OUTSIDE, "images": _LEFT, "registry": _RIGHT}
    found = {key: column for key, column in columns.items() if key in content.boxes}
    height = max((_measure_height(content.boxes[key]) for key in found), default=0.0)
    return {key: place(key, content.boxes[key], column, y, height) for key, column in found.items()}


def _place_outside(content: Architecture, top: float, boxes: dict[str, Placed]) -> dict[str, Placed]:
    """Place users and the git repository beside Airflow."""
    y = boxes["airflow"].y if "airflow" in boxes else top
    found: dict[str, Placed] = {}
    for key in ("people", "git"):
        if key in content.boxes:
            found[key] = place(key, content.boxes[key], _OUTSIDE, y, _measure_height(content.boxes[key]))
            y = found[key].bottom + _GAP
    return found


def _place_pools(content: Architecture, y: float) -> tuple[Placed, ...]:
    """Place the node pools below the namespace, two in a row."""
    left, right, _ = _FRAMES["namespace"]
    room = (right - left - 10.0) / 2
    return tuple(
        place(
            f"pool:{index}",
            Box(title=text, side="kubernetes"),
            (left + (index % 2) * (room + 10.0), room),
            y + (index // 2) * (_POOL_HEIGHT + 8.0),
            _POOL_HEIGHT,
            body_title=True,
        )
        for index, text in enumerate(content.pools)
    )


def _measure_height(box: Box) -> float:
    return 34.0 + _LINE * len(box.lines)


def _place_frame(key: Frame, box: Box, y: float, end: float) -> Placed:
    left, right, _ = _FRAMES[key]
    room = right - left - 32.0
    first = room - measure(box.title, TITLE, bold=True)
    lines = tuple(shorten(line, room if index else first, BODY) for index, line in enumerate(box.lines))
    return Placed(key=key, box=box, x=left, y=y, width=right - left, height=end - y, title=box.title, lines=lines)


def place(
    key: str, box: Box, column: tuple[float, float], y: float, height: float, *, body_title: bool = False
) -> Placed:
    """Place a box in a column and cut its text to the column's width."""
    x, room = column
    inner = room - 26.0
    title_room = inner - (measure("protected", BODY) if box.protected else 0.0)
    title = shorten(box.title, inner, BODY) if body_title else shorten(box.title, title_room, TITLE, bold=True)
    lines = tuple(shorten(line, inner, BODY) for line in box.lines)
    return Placed(key=key, box=box, x=x, y=y, width=room, height=height, title=title, lines=lines)
