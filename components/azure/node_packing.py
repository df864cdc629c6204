"""Packs pods on nodes, to find out whether the nodes have room for the pods' requests."""

from __future__ import annotations

import heapq
from collections.abc import Callable, Sequence
from typing import NamedTuple

from .node_room import NodeRoom


class Pods(NamedTuple):
    """Equal pods of one Deployment or Job: the request of each pod, and the number of pods."""

    name: str
    request: NodeRoom
    number: int


def fits(request: NodeRoom, room: NodeRoom) -> bool:
    """Return whether a node that has this room left can take the pod."""
    return request.cpu <= room.cpu and request.memory <= room.memory and request.disk <= room.disk


def pack(nodes: Sequence[NodeRoom], *batches: Sequence[Pods]) -> tuple[Pods, ...]:
    """Place pods on nodes, and return the pods that find no room.

    Batches are placed in the given order; the pods within a batch are placed largest first. Two strategies are tried:
    spread over the nodes, as the scheduler prefers, and as dense as possible. The real placement can be either.
    The chart's topology spread constraints (`ScheduleAnyway`) and anti-affinity only prefer spreading, and the
    autoscaler favours dense nodes, because it adds a node only when the others are full. The result is the unplaced
    pods of the strategy that leaves fewer of them. Nodes alternate between zones, so spreading over nodes spreads over
    zones as well.
    """
    return min((_pack(nodes, batches, place) for place in (_spread, _fill)), key=count)


def count(groups: Sequence[Pods]) -> int:
    """Return the number of pods in all groups."""
    return sum(group.number for group in groups)


def nodes_for(pods: Sequence[Pods], room: NodeRoom) -> int | None:
    """Return the number of empty nodes with this room that the pods need; None if a pod fits on no such node."""
    if not all(fits(group.request, room) for group in pods):
        return None
    nodes, left_over = 0, tuple(pods)
    while left_over:
        nodes, left_over = nodes + 1, _pack([room], [left_over], _fill)
    return nodes


def _pack(
    nodes: Sequence[NodeRoom], batches: Sequence[Sequence[Pods]], place: Callable[[Pods, list[NodeRoom]], int]
) -> tuple[Pods, ...]:
    """Place each batch with the largest pods first.

    `place` takes the room of a group's pods from the nodes, and returns the number of pods that find no room.
    """
    rooms, left_over = list(nodes), []
    largest = NodeRoom(*(max((room[index] for room in nodes), default=0) or 1 for index in range(3)))
    for batch in batches:
        for group in sorted(batch, key=lambda group: _share(group.request, largest), reverse=True):
            if missing := place(group, rooms):
                left_over.append(group._replace(number=missing))
    return tuple(left_over)


def _spread(group: Pods, rooms: list[NodeRoom]) -> int:
    """Place each pod on a node with room, on the first of those that have the fewest pods of its group."""
    candidates = [(0, index) for index, room in enumerate(rooms) if fits(group.request, room)]
    placed = 0
    while candidates and placed < group.number:
        pods, index = heapq.heappop(candidates)
        rooms[index] = _subtract(rooms[index], group.request)
        placed += 1
        if fits(group.request, rooms[index]):
            heapq.heappush(candidates, (pods + 1, index))
    return group.number - placed


def _fill(group: Pods, rooms: list[NodeRoom]) -> int:
    """Place each pod on the first node that has room."""
    missing = group.number
    for index in range(len(rooms)):
        while missing and fits(group.request, rooms[index]):
            rooms[index] = _subtract(rooms[index], group.request)
            missing -= 1
    return missing


def _share(request: NodeRoom, room: NodeRoom) -> float:
    """Return the largest share of a node's cpu, memory or disk that a pod requests."""
    return max(asked / available for asked, available in zip(request, room, strict=True))


def _subtract(room: NodeRoom, request: NodeRoom) -> NodeRoom:
    return NodeRoom(room.cpu - request.cpu, room.memory - request.memory, room.disk - request.disk)
