"""Pods packed on nodes by first fit decreasing."""

from __future__ import annotations

import pytest

from components.azure.node_packing import Pods, fits, nodes_for, pack
from components.azure.node_room import NodeRoom

NODE = NodeRoom(4000, 16000, 90000)


def pods(number: int, cpu: int, memory: int = 100, disk: int = 100, name: str = "pod") -> Pods:
    return Pods(name, NodeRoom(cpu, memory, disk), number)


@pytest.mark.parametrize(
    ("number", "request_", "nodes", "left_over"),
    [
        (5, NodeRoom(2100, 1, 1), 4, 1),
        (4, NodeRoom(2100, 1, 1), 4, 0),
        (8, NodeRoom(2000, 1, 1), 4, 0),
        (9, NodeRoom(1, 8000, 1), 4, 1),
        (7, NodeRoom(1, 1, 40000), 3, 1),
        (3, NodeRoom(4001, 1, 1), 9, 3),
        (3, NodeRoom(1, 1, 1), 0, 3),
    ],
)
def test_pods_that_find_no_room_are_left_over(number: int, request_: NodeRoom, nodes: int, left_over: int) -> None:
    left = pack([NODE] * nodes, [Pods("pod", request_, number)])
    assert sum(group.number for group in left) == left_over


def test_sum_that_fits_is_not_enough() -> None:
    """Three pods of 2100m are less than two nodes of 4000m together, but a node takes one of them."""
    assert pack([NODE, NODE], [pods(3, 2100)]) == (pods(1, 2100),)


def test_large_pods_come_first() -> None:
    """In the given order, small pods would take the room of the large one."""
    assert pack([NODE, NODE], [pods(2, 1000), pods(1, 4000, name="large"), pods(1, 2000)]) == ()


def test_batches_come_one_after_another() -> None:
    assert pack([NODE], [pods(1, 1000)], [pods(1, 4000, name="later")]) == (pods(1, 4000, name="later"),)


def test_room_that_spreading_breaks_up_still_counts() -> None:
    """Spread, two pods of 1000m leave no node for one of 4000m; placed densely, they do."""
    assert pack([NODE, NODE], [pods(2, 1000)], [pods(1, 4000, name="later")]) == ()


def test_room_that_filling_breaks_up_still_counts() -> None:
    """Placed densely, two pods of 1000m leave 2000m and 4000m; spread, they leave 3000m on each node."""
    assert pack([NODE, NODE], [pods(2, 1000)], [pods(2, 3000, name="later")]) == ()


def test_pods_of_several_sizes_of_nodes_use_all_of_them() -> None:
    small = NodeRoom(1000, 4000, 90000)
    assert pack([small, NODE], [pods(1, 1000, name="a"), pods(1, 4000, name="b")]) == ()


@pytest.mark.parametrize(
    ("groups", "nodes"),
    [
        ([], 0),
        ([pods(1, 4000)], 1),
        ([pods(5, 1500)], 3),
        ([pods(1, 4001)], None),
        ([pods(2, 3000, name="a"), pods(2, 1000, name="b")], 2),
    ],
)
def test_nodes_for_pods_are_counted(groups: list[Pods], nodes: int | None) -> None:
    assert nodes_for(groups, NODE) == nodes


@pytest.mark.parametrize("index", [0, 1, 2])
def test_each_resource_alone_can_be_too_little(index: int) -> None:
    request = list(NODE)
    assert fits(NodeRoom(*request), NODE)
    request[index] += 1
    assert not fits(NodeRoom(*request), NODE)


def test_a_thousand_pods_on_a_thousand_nodes_are_packed() -> None:
    assert pack([NODE] * 1000, [pods(1000, 3000), pods(1000, 900, name="other")]) == ()
