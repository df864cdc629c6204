"""Subnets that exist: those that the settings need, and what Azure and the program take them for."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.landing_zone_cases import INTERNAL, LANDING_ZONE, SPOKE, SUBNETS
from tests.plans import PROJECT, changed, shipped

NODES = SUBNETS["nodeSubnetId"]


def landing(*, without: str = "", **subnets: str) -> dict[str, Any]:
    """The landing zone with other subnets, or without one."""
    given = {key: value for key, value in {**SUBNETS, **subnets}.items() if key != without}
    return {**LANDING_ZONE, "network.existing": given}


def problems(changes: dict[str, Any]) -> list[Problem]:
    config = changed(shipped("prod"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "prod")[1]


# What is changed in prod; the path that the answer names, behind `airflow-aks:`; words of the answer.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    ({"network.addressSpace": None, "network.existing": {}}, "network.existing.nodeSubnetId", "is required"),
    (landing(nodeSubnetId="snet-nodes"), "network.existing.nodeSubnetId", "must be the id of a subnet"),
    (landing(nodeSubnetId=SPOKE.removesuffix("/subnets")), "network.existing.nodeSubnetId", "the id of a subnet"),
    (
        landing(databaseSubnetId=NODES.replace("Network/virtualNetworks", "Sql/servers").replace("subnets", "x")),
        "network.existing.databaseSubnetId",
        "must be the id of a subnet",
    ),
    (
        landing(privateEndpointSubnetId=NODES.replace("/subscriptions/", "/subscriptions/my-")),
        "network.existing.privateEndpointSubnetId",
        "must be the id of a subnet",
    ),
    (landing(gatewaySubnetId=f"{NODES}/x"), "network.existing.gatewaySubnetId", "must be the id of a subnet"),
    (
        {**LANDING_ZONE, "network.addressSpace": "10.60.0.0/16"},
        "network.addressSpace",
        "is for a network of the stack's own, and airflow-aks:network.existing is set",
    ),
    (
        {**LANDING_ZONE, "network.peerWith": [SPOKE.removesuffix("/subnets")]},
        "network.peerWith",
        "is for a network of the stack's own",
    ),
    (
        {"network.outbound": "userDefinedRouting"},
        "network.outbound",
        "set airflow-aks:network.existing, or choose natGateway or loadBalancer",
    ),
    (
        {**landing(without="gatewaySubnetId"), "access": {**INTERNAL, "visibility": "public"}},
        "access.visibility",
        "is public, and with airflow-aks:network.outbound: userDefinedRouting the answers would leave through the "
        "firewall",
    ),
    (
        landing(without="databaseSubnetId"),
        "network.existing.databaseSubnetId",
        "is required: airflow-aks:network.private: true needs the subnet",
    ),
    (
        {**landing(without="databaseSubnetId"), "network.private": False},
        "network.existing.databaseSubnetId",
        "is required: airflow-aks:database.access: private needs the subnet",
    ),
    (
        {**landing(without="privateEndpointSubnetId"), "network.private": False},
        "network.existing.privateEndpointSubnetId",
        "is required: airflow-aks:registry.publicAccess: false needs the subnet",
    ),
    (
        {
            **landing(without="privateEndpointSubnetId"),
            "network.private": False,
            "registry.publicAccess": True,
            "keyVault.publicAccess": True,
            "airflow.executor": "CeleryExecutor",
        },
        "network.existing.privateEndpointSubnetId",
        "is required: airflow-aks:database.access: private needs the subnet",
    ),
    (
        landing(without="gatewaySubnetId"),
        "network.existing.gatewaySubnetId",
        "is required: airflow-aks:access.visibility: internal needs the subnet",
    ),
    (
        {**LANDING_ZONE, "access": None},
        "network.existing.gatewaySubnetId",
        "no setting needs it: remove it, or set airflow-aks:access.visibility: internal",
    ),
    (
        {**LANDING_ZONE, "network.private": False, "database.access": "public"},
        "network.existing.databaseSubnetId",
        "no setting needs it: remove it, or set airflow-aks:database.access: private",
    ),
    (
        landing(databaseSubnetId=NODES.upper().replace("/SUBSCRIPTIONS", "/subscriptions")),
        "network.existing.databaseSubnetId",
        "is the same subnet as airflow-aks:network.existing.nodeSubnetId: a delegated subnet holds nothing but",
    ),
    (
        landing(gatewaySubnetId=SUBNETS["privateEndpointSubnetId"]),
        "network.existing.gatewaySubnetId",
        "is the same subnet as airflow-aks:network.existing.privateEndpointSubnetId: the gateway takes its first free",
    ),
    (
        landing(gatewaySubnetId=SUBNETS["gatewaySubnetId"].replace("vnet-spoke", "vnet-hub")),
        "network.existing.gatewaySubnetId",
        "is not in the virtual network of airflow-aks:network.existing.nodeSubnetId",
    ),
    (
        {
            **LANDING_ZONE,
            "network.private": False,
            "logs.publicAccess": False,
            "cluster.authorizedIpRanges": ["0.0.0.0/32"],
        },
        "cluster.authorizedIpRanges[0]",
        "and the address with which the nodes reach the Internet",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), WRONG)
def test_a_wrong_subnet_is_refused_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    (found,) = problems(changes)
    assert found.path == f"{PROJECT}:{path}"
    assert words in found.message


def test_all_problems_are_told_at_once() -> None:
    changes = {**landing(without="databaseSubnetId"), "network.addressSpace": "10.60.0.0/16", "access": None}
    assert {problem.path.removeprefix(f"{PROJECT}:network.") for problem in problems(changes)} == {
        "addressSpace",
        "existing.databaseSubnetId",
        "existing.gatewaySubnetId",
    }


@pytest.mark.parametrize(
    "changes",
    [
        LANDING_ZONE,
        # A NAT gateway of others on the subnet of the nodes, and a subnet for both nodes and endpoints.
        {**landing(privateEndpointSubnetId=NODES), "network.outbound": "natGateway"},
        # A gateway with a public address needs no subnet.
        {
            **landing(without="gatewaySubnetId"),
            "network.outbound": "loadBalancer",
            "access": {**INTERNAL, "visibility": "public"},
        },
        # The database in a network that is peered with that of the nodes, in another subscription.
        landing(databaseSubnetId=SUBNETS["databaseSubnetId"].replace("0f1", "0f2").replace("vnet-spoke", "vnet-data")),
    ],
)
def test_subnets_that_suit_are_taken(changes: dict[str, Any]) -> None:
    assert problems(changes) == []


def test_a_stack_without_airflow_needs_no_subnet_of_a_database() -> None:
    changes = {"airflow": "", "network.addressSpace": None, "network.existing": {"nodeSubnetId": NODES}}
    assert [problem for problem in problems(changes) if "subnet" in str(problem)] == [
        Problem(
            path=f"{PROJECT}:network.existing.privateEndpointSubnetId",
            message="is required: airflow-aks:registry.publicAccess: false needs the subnet",
        )
    ]
