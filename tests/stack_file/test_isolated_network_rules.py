"""Nodes without a way to the Internet: what they need, and what pods then call by a way of the network's own."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.case_values import WORKSPACE
from tests.cases import DNS_ZONE
from tests.landing_zone_cases import INTERNAL, ISOLATED, SUBNETS
from tests.plans import PROJECT, changed, shipped
from tests.program.test_isolated_network import ISOLATED_PODS

OWN = {**ISOLATED, "network.private": False}
PUBLIC_GIT = {"delivery": "gitSync", "git": {"repository": "https://github.com/example/dags.git"}}


def answers(changes: dict[str, Any], stack: str = "prod") -> tuple[list[Problem], list[Problem]]:
    config = changed(shipped(stack), changes)
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, stack)
    return errors, warnings


def about_outbound(problems: list[Problem]) -> dict[str, str]:
    """The messages that name the setting, by their paths behind `airflow-aks:`."""
    return {
        problem.path.removeprefix(f"{PROJECT}:"): problem.message
        for problem in problems
        if "network.outbound" in str(problem)
    }


# What is changed in prod; the path that the answer names, behind `airflow-aks:`; words of the answer.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (
        {"network.outbound": "none", "network.private": True, "access": INTERNAL},
        "network.outbound",
        "set airflow-aks:network.existing, or choose natGateway or loadBalancer",
    ),
    (
        {
            **ISOLATED,
            "network.existing": {key: value for key, value in SUBNETS.items() if key != "gatewaySubnetId"},
            "access": {**INTERNAL, "visibility": "public"},
        },
        "access.visibility",
        "is public, and with airflow-aks:network.outbound: none nothing of the cluster has a public address: set it to "
        "internal",
    ),
    (
        {**OWN, "logs.publicAccess": False, "cluster.privateApiServer": False},
        "cluster.privateApiServer",
        "is false, and with airflow-aks:network.outbound: none nodes reach no public address: set it to true",
    ),
    (
        {**OWN, "logs.publicAccess": False, "cluster.privateApiServer": True, "registry.publicAccess": True},
        "registry.publicAccess",
        "is true, and with airflow-aks:network.outbound: none nodes reach no public address: set it to false",
    ),
    (
        {**OWN, "cluster.privateApiServer": True},
        "logs.publicAccess",
        "or close all services with airflow-aks:network.private: true",
    ),
    (
        {**ISOLATED, "cluster.nodeOsUpgrade": "SecurityPatch"},
        "cluster.nodeOsUpgrade",
        "is SecurityPatch, and with airflow-aks:network.outbound: none nodes reach no package server: set it to "
        "NodeImage or None",
    ),
    (
        {**ISOLATED, "cluster.nodeOsUpgrade": "Unmanaged"},
        "cluster.nodeOsUpgrade",
        "is Unmanaged",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), WRONG)
def test_a_setting_that_isolated_nodes_cannot_have_is_refused(changes: dict[str, Any], path: str, words: str) -> None:
    (found,) = answers(changes)[0]
    assert found.path == f"{PROJECT}:{path}"
    assert words in found.message


def test_all_problems_are_told_at_once() -> None:
    changes = {
        "network.outbound": "none",
        "registry": {"sku": "Standard", "publicAccess": True},
        "keyVault.publicAccess": True,
        "database.access": "public",
        "cluster.nodeOsUpgrade": "Unmanaged",
        "access": {**INTERNAL, "visibility": "public"},
    }
    assert set(about_outbound(answers(changes)[0])) == {
        "network.outbound",
        "access.visibility",
        "cluster.nodeOsUpgrade",
        "cluster.privateApiServer",
        "database.access",
        "keyVault.publicAccess",
        "logs.publicAccess",
        "registry.publicAccess",
        "registry.sku",
    }


def test_one_setting_closes_every_service() -> None:
    assert answers(ISOLATED)[0] == []


def test_a_private_registry_that_is_not_premium_is_told_once() -> None:
    (found,) = answers({**ISOLATED, "registry": {"sku": "Standard"}})[0]
    assert found.path == f"{PROJECT}:network.private"
    assert "needs airflow-aks:registry.sku: Premium" in found.message


@pytest.mark.parametrize("outbound", ["natGateway", "loadBalancer", "userDefinedRouting"])
def test_another_way_out_needs_nothing_of_it(outbound: str) -> None:
    changes = {**ISOLATED, "network.outbound": outbound, "cluster.nodeOsUpgrade": "SecurityPatch", "dags": PUBLIC_GIT}
    assert [found for answer in answers(changes) for found in answer if "outbound: none" in found.message] == []


def test_a_stack_without_airflow_needs_its_own_services_private() -> None:
    changes = {**ISOLATED_PODS, "network.private": False, "registry": {"sku": "Basic"}}
    assert set(about_outbound(answers(changes, "dev")[0])) == {
        "cluster.privateApiServer",
        "registry.publicAccess",
        "registry.sku",
    }
    assert answers(ISOLATED_PODS, "dev")[0] == []


def test_kubernetes_of_a_stack_without_airflow_is_new_enough() -> None:
    (found,) = answers({**ISOLATED_PODS, "cluster.kubernetesVersion": "1.29"}, "dev")[0]
    assert found.path == f"{PROJECT}:cluster.kubernetesVersion"
    assert found.message == "is 1.29: airflow-aks:network.outbound: none needs 1.30 or newer"


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({"dags": PUBLIC_GIT}, "dags.git.repository", "is on github.com, and with airflow-aks:network.outbound: none"),
        (
            {"dags": {"delivery": "gitBundle", "git": {"repository": "https://data.visualstudio.com/x/_git/dags"}}},
            "dags.git.repository",
            "use a repository in your network, or airflow-aks:dags.delivery: image or azureFiles",
        ),
        (
            {
                "access": {
                    **INTERNAL,
                    "host": "airflow.example.com",
                    "dnsZoneId": DNS_ZONE,
                    "tls": {"email": "o@example.com"},
                }
            },
            "access.tls.issuer",
            "pods reach it by a proxy or route of your network only: use keyVault or selfSigned",
        ),
        ({"monitoring": {}}, "monitoring", "a private link scope of Azure Monitor, or airflow-aks:monitoring."),
        ({"cluster.azurePolicy": True}, "cluster.azurePolicy", "calls public hosts of Azure Policy, and with"),
        (
            {"cluster.defenderWorkspaceId": WORKSPACE},
            "cluster.defenderWorkspaceId",
            "sends to public addresses of Defender for Cloud, and with airflow-aks:network.outbound: none",
        ),
    ],
)
def test_what_pods_call_on_the_internet_is_a_warning(changes: dict[str, Any], path: str, words: str) -> None:
    errors, warnings = answers({**ISOLATED, **changes})
    assert errors == []
    assert words in about_outbound(warnings)[path]


@pytest.mark.parametrize(
    "changes",
    [{"dags": PUBLIC_GIT}, {"monitoring": {}}, {"cluster.azurePolicy": True}],
    ids=["git", "monitoring", "Azure Policy"],
)
def test_what_the_proxy_of_the_stack_file_reaches_is_no_warning(changes: dict[str, Any]) -> None:
    errors, warnings = answers({**ISOLATED, **changes, "proxy": {"http": "http://proxy.example.com:3128"}})
    assert errors == []
    assert about_outbound(warnings) == {}


@pytest.mark.parametrize("changes", [{}, {"dags": {"delivery": "azureFiles"}}, {"monitoring": {"logAnalytics": False}}])
def test_what_stays_inside_is_no_warning(changes: dict[str, Any]) -> None:
    assert about_outbound(answers({**ISOLATED, **changes})[1]) == {}
