"""The division of the address space into subnets."""

from __future__ import annotations

import ipaddress

import pytest

from components.azure.subnet_plan import overlaps, plan_subnets

SPACES = ["10.40.0.0/20", "10.40.0.0/19", "10.40.0.0/16", "172.16.0.0/12", "192.168.16.0/20"]


@pytest.mark.parametrize(
    ("space", "nodes", "database", "endpoints", "gateway"),
    [
        ("10.40.0.0/20", "10.40.0.0/21", "10.40.8.0/24", "10.40.9.0/24", "10.40.10.0/24"),
        ("10.40.0.0/16", "10.40.0.0/19", "10.40.32.0/24", "10.40.33.0/24", "10.40.34.0/24"),
    ],
)
def test_plan_is_known(space: str, nodes: str, database: str, endpoints: str, gateway: str) -> None:
    plan = plan_subnets(space)
    assert (plan.nodes, plan.database, plan.private_endpoints, plan.gateway) == (nodes, database, endpoints, gateway)


@pytest.mark.parametrize("space", SPACES)
def test_subnets_are_inside_the_space_and_do_not_overlap(space: str) -> None:
    plan = plan_subnets(space)
    subnets = [
        ipaddress.IPv4Network(text) for text in (plan.nodes, plan.database, plan.private_endpoints, plan.gateway)
    ]
    assert all(subnet.subnet_of(ipaddress.IPv4Network(space)) for subnet in subnets)
    assert not any(one.overlaps(other) for one in subnets for other in subnets if one is not other)


def test_pod_range_has_room_for_256_nodes() -> None:
    assert plan_subnets("10.40.0.0/20").node_addresses == 256


@pytest.mark.parametrize(
    ("space", "inside"),
    [
        ("10.0.0.0/8", "10.0.0.0/16"),
        ("10.244.16.0/20", "10.244.0.0/16"),
        ("10.40.0.0/16", None),
        ("172.16.0.0/16", None),
    ],
)
def test_overlap_with_a_range_inside_the_cluster_is_found(space: str, inside: str | None) -> None:
    assert overlaps(space) == inside
