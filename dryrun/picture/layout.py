"""The geometry of the architecture's picture: boxes in columns, frames around them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from .architecture import Architecture, Frame
from .arrows import Arrow, arrows
from .box import Box, Placed
from .lettering import BODY, TITLE, fitted, width

# Columns: the outside world, two in the namespace, Azure's services. Arrows and their words have the gaps between.
_OUTSIDE: Final = (14.0, 162.0)
_LEFT: Final = (352.0, 216.0)
_RIGHT: Final = (676.0, 192.0)
_SERVICES: Final = (1056.0, 212.0)
_WIDTH: Final = 1296.0
# Left edge, right edge, and the height of the head of each frame, from the outermost inwards.
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
    """Everything that is drawn."""

    width: float
    height: float
    frames: tuple[Placed, ...]
    boxes: tuple[Placed, ...]
    pools: tuple[Placed, ...]
    arrows: tuple[Arrow, ...]


def picture(content: Architecture) -> Picture:
    """Lay an architecture out; every box of it has its place."""
    heads = _heads(content)
    boxes = _rows(content, heads["namespace"] + _FRAMES["namespace"][2])
    namespace_end = max(
        (box.bottom for box in boxes.values() if box.x in (_LEFT[0], _RIGHT[0])), default=heads["namespace"]
    )
    pools = _pools(content, namespace_end + 40.0)
    cluster_end = max([namespace_end + 14.0, *(pool.bottom for pool in pools)]) + 14.0
    boxes |= _bottom(content, cluster_end + 14.0 + _ARROW_GAP + 8.0)
    boxes |= _outside(content, heads["namespace"], boxes)
    end = max([cluster_end + 14.0, *(box.bottom for box in boxes.values())]) + 16.0
    ends: dict[Frame, float] = {
        "group": end,
        "network": cluster_end + 14.0,
        "cluster": cluster_end,
        "namespace": namespace_end + 14.0,
    }
    frames = {key: _frame(key, box, heads[key], ends[key]) for key, box in content.frames.items()}
    return Picture(
        width=_WIDTH,
        height=end + _TOP,
        frames=tuple(frames[key] for key in _FRAMES if key in frames),
        boxes=tuple(boxes.values()),
        pools=pools,
        arrows=arrows(content.flows, boxes, frames, pools),
    )


def _heads(content: Architecture) -> dict[Frame, float]:
    """Where each frame begins; one that is not drawn takes no room."""
    heads: dict[Frame, float] = {}
    y = _TOP
    for key, (_, _, head) in _FRAMES.items():
        heads[key] = y
        y += head if key in content.frames else 0.0
    return heads


def _rows(content: Architecture, top: float) -> dict[str, Placed]:
    """The two columns of the namespace, and Azure's services beside what uses them."""
    heights = {key: _height(box) for key, box in content.boxes.items()}
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
        # In a row of its own, so that nothing stands between it and Airflow.
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


def _bottom(content: Architecture, y: float) -> dict[str, Placed]:
    columns = {"sources": _OUTSIDE, "images": _LEFT, "registry": _RIGHT}
    found = {key: column for key, column in columns.items() if key in content.boxes}
    height = max((_height(content.boxes[key]) for key in found), default=0.0)
    return {key: place(key, content.boxes[key], column, y, height) for key, column in found.items()}


def _outside(content: Architecture, top: float, boxes: dict[str, Placed]) -> dict[str, Placed]:
    """People and Git, beside Airflow."""
    y = boxes["airflow"].y if "airflow" in boxes else top
    found: dict[str, Placed] = {}
    for key in ("people", "git"):
        if key in content.boxes:
            found[key] = place(key, content.boxes[key], _OUTSIDE, y, _height(content.boxes[key]))
            y = found[key].bottom + _GAP
    return found


def _pools(content: Architecture, y: float) -> tuple[Placed, ...]:
    """The node pools below the namespace, two in a row."""
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


def _height(box: Box) -> float:
    return 34.0 + _LINE * len(box.lines)


def _frame(key: Frame, box: Box, y: float, end: float) -> Placed:
    left, right, _ = _FRAMES[key]
    room = right - left - 32.0
    first = room - width(box.title, TITLE, bold=True)
    lines = tuple(fitted(line, room if index else first, BODY) for index, line in enumerate(box.lines))
    return Placed(key=key, box=box, x=left, y=y, width=right - left, height=end - y, title=box.title, lines=lines)


def place(
    key: str, box: Box, column: tuple[float, float], y: float, height: float, *, body_title: bool = False
) -> Placed:
    """A box in a column, its text cut to the column's width."""
    x, room = column
    inner = room - 26.0
    title_room = inner - (width("protected", BODY) if box.protected else 0.0)
    title = fitted(box.title, inner, BODY) if body_title else fitted(box.title, title_room, TITLE, bold=True)
    lines = tuple(fitted(line, inner, BODY) for line in box.lines)
    return Placed(key=key, box=box, x=x, y=y, width=room, height=height, title=title, lines=lines)
