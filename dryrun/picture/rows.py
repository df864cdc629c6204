"""Places the boxes of the cluster and of Azure's services in rows, with lanes for the arrows between distant boxes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from .architecture import Architecture
from .box import Box, Placed
from .lettering import BODY, TITLE, measure, shorten

# The left edge and the width of each column, in pixels: two columns in the cluster, and one for Azure's services. The
# gaps between the columns are for arrows and their text.
LEFT: Final = (352.0, 216.0)
RIGHT: Final = (676.0, 192.0)
SERVICES: Final = (1056.0, 212.0)
# Pixels between a box and the virtual network's edge that runs around the box.
MARGIN: Final = 12.0
ARROW_GAP: Final = 42.0
# Pixels between the arrow to the internet and the row below it.
INTERNET_LANE: Final = 22.0
_GAP: Final = 16.0
_LANE: Final = 46.0
# Half the height of the gap that an arrow needs between two rows of boxes, in pixels.
_HALF_LANE: Final = 17.0
_LINE: Final = 17.0
# The height of a box at which two arrows with their text fit beside it, and the arrows' distances from its upper edge.
_TWO_ARROWS: Final = 76.0
_ARROWS: Final = (26.0, 62.0)

Lanes = Mapping[tuple[str, str], float]


@dataclass(frozen=True, kw_only=True)
class Rows:
    """The boxes by key, the height at which some arrows run, and the lower edge of the last box in the namespace.

    `lanes` maps the keys of an arrow's two ends to that height.
    """

    boxes: dict[str, Placed]
    lanes: Lanes
    namespace_end: float


class _Rows:
    """Places boxes one after the other. `top` is the upper edge of the first row."""

    def __init__(self, content: Architecture, top: float) -> None:
        self._content = content
        self._calls = {(flow.source, flow.target) for flow in content.flows}
        self.boxes: dict[str, Placed] = {}
        self.lanes: dict[tuple[str, str], float] = {}
        self.top = top
        if "internet" in content.boxes:
            self.top += _LANE
            self.lanes["tasks", "internet"] = self.top - INTERNET_LANE

    def height(self, key: str) -> float:
        """Return the minimum height of a box; 0 if there is no such box."""
        return measure_height(self._content.boxes[key]) if key in self._content.boxes else 0.0

    def put(self, key: str, column: tuple[float, float], y: float, height: float = 0.0) -> float:
        """Place a box, if it exists, and return its lower edge."""
        if key not in self._content.boxes:
            return y
        self.boxes[key] = place(key, self._content.boxes[key], column, y, max(height, self.height(key)))
        return self.boxes[key].bottom

    def put_tasks(self) -> float:
        """Place tasks beside log storage and broker, with lanes from Airflow to both; return the row's lower edge."""
        top, logs, tasks = self.top, self.height("logs"), max(self.height("tasks"), _TWO_ARROWS)
        if not {"tasks", "logs", "broker"} & set(self._content.boxes):
            return top
        if "tasks" not in self._content.boxes:
            return self.put("broker", SERVICES, self.put("logs", SERVICES, top) + _GAP)
        first = top
        if "broker" in self._content.boxes:
            first = top + _LANE
            self.lanes["airflow", "logs"] = top + _HALF_LANE + 2.0
            broker = self.put("logs", SERVICES, top, first + _LANE - top) + _GAP
            tasks_end = self.put("tasks", RIGHT, first, max(tasks, broker + _LANE - first))
            self.lanes["airflow", "broker"] = lane = tasks_end + _LANE / 2
            end = self.put("broker", SERVICES, broker, lane + _HALF_LANE - broker)
        else:
            tasks_end = self.put("tasks", RIGHT, top, tasks)
            self.lanes["airflow", "logs"] = lane = tasks_end + _LANE / 2
            end = self.put("logs", SERVICES, top, max(logs, lane + _HALF_LANE - top))
        self.lanes["airflow", "tasks"], self.lanes["tasks", "airflow"] = (first + offset for offset in _ARROWS)
        return max(end, lane + _HALF_LANE)

    def put_database(self, y: float) -> float:
        """Place the pooler, the Jobs and the Kubernetes Secrets beside the database; return the row's lower edge."""
        direct = [caller for caller in ("airflow", "tasks") if (caller, "database") in self._calls]
        third = self.put("pooler", RIGHT, y) + _GAP if "pooler" in self._content.boxes else y + _LANE * len(direct)
        for index, caller in enumerate(direct):
            self.lanes[caller, "database"] = y + _HALF_LANE + _LANE * index
        end = self.put("migration", RIGHT, third)
        database_end = self.put("database", SERVICES, y, end - y)
        return max(self.put("secrets", RIGHT, end + _GAP), database_end)


def place_rows(content: Architecture, top: float) -> Rows:
    """Place the two columns of the cluster, and each Azure service beside its callers."""
    rows = _Rows(content, top)
    second = rows.put_tasks()
    end = rows.put_database(second + MARGIN + _GAP if second > rows.top else second)
    if ("airflow", "vault") in {(flow.source, flow.target) for flow in content.flows}:
        rows.lanes["airflow", "vault"] = end + _LANE / 2
        end += _LANE
    last = end = rows.put("airflow", LEFT, rows.top, end - rows.top)
    others = [key for key, box in content.boxes.items() if key.startswith("other:") and box.side != "azure"]
    # In the left column only: the arrow from the secret sync runs through the right one.
    for key in others:
        last = rows.put(key, LEFT, last + _GAP)
    sync = last + _GAP + 20.0 + (36.0 if "sync_namespace" in content.frames else 0.0)
    rows.put("sync", RIGHT, sync)
    vault = max([end + MARGIN + _GAP, *(lane - _HALF_LANE for key, lane in rows.lanes.items() if key[1] == "vault")])
    if ("airflow", "vault") in rows.lanes:
        vault = rows.lanes["airflow", "vault"] - _HALF_LANE
    service_end = rows.put("vault", SERVICES, vault, rows.boxes["sync"].bottom - vault if "sync" in rows.boxes else 0.0)
    service_end = rows.put("values", SERVICES, service_end + ARROW_GAP)
    for key, box in content.boxes.items():
        if key.startswith("identity:") or (key.startswith("other:") and box.side == "azure"):
            service_end = rows.put(key, SERVICES, service_end + _GAP)
    return Rows(boxes=rows.boxes, lanes=rows.lanes, namespace_end=last)


def measure_height(box: Box) -> float:
    """Return the height of a box, in pixels."""
    return 34.0 + _LINE * len(box.lines)


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
