"""A resource group that exists: what others have in it, and what has the name of something of the stack."""

from __future__ import annotations

import pytest

from components.preflight.findings import Status
from components.preflight.stack_in_azure import find_stack
from tests.landing_zone_cases import EXISTING_PLACES, GROUP, LANDING_ZONE, OF_LANDING_ZONE
from tests.landing_zone_cases import zones as zones_of_others
from tests.plans import PROJECT

from .azure_answers import LOCATION
from .fake_azure import FakeAzure
from .situations import only_problem, result_of, situation
from .test_existing_places import checked, entry


def test_resources_of_others_in_the_group_are_no_problem(company: FakeAzure) -> None:
    company.answers["resources"] = [
        entry("Microsoft.ContainerService/managedClusters", "aks-airflow-dev", "dev"),
        entry("Microsoft.Network/networkSecurityGroups", "nsg-platform"),
    ]
    assert checked(company, "resource groups").status is Status.OK


@pytest.mark.parametrize(
    ("kind", "name", "words"),
    [
        ("Microsoft.ContainerService/managedClusters", "AKS-airflow-prod", "set airflow-aks:naming.prefix to a word"),
        ("Microsoft.Network/virtualNetworks", "vnet-airflow-prod", "set airflow-aks:naming.prefix to a word"),
        ("Microsoft.Network/privateDnsZones", "privatelink.azurecr.io", "use another resource group for this stack"),
    ],
)
def test_a_name_that_others_have_in_the_group_is_a_failure(
    company: FakeAzure, kind: str, name: str, words: str
) -> None:
    company.answers["resources"] = [entry(kind, name, "dev")]
    text = only_problem(checked(company, "resource groups"), Status.FAILURE)
    assert f"{GROUP} has " in text
    assert words in text


def test_networks_and_zones_of_others_may_be_in_the_group_of_a_stack_that_makes_none(company: FakeAzure) -> None:
    company.answers["resources"] = [
        entry("Microsoft.Network/virtualNetworks", "vnet-airflow-prod"),
        *(entry("Microsoft.Network/privateDnsZones", zone.rpartition("/")[2]) for zone in OF_LANDING_ZONE.values()),
    ]
    zones = {
        "network.privateDns": {"mode": "existing", "zones": zones_of_others("registry", "blob", "database", "cluster")}
    }
    of = situation(company, "prod", {**LANDING_ZONE, **zones, **EXISTING_PLACES})
    assert result_of("resource groups", of).status is Status.OK


def test_resources_with_the_tags_of_the_stack_are_its_own(company: FakeAzure) -> None:
    zone = entry("Microsoft.Network/privateDnsZones", "privatelink.azurecr.io", "prod")
    company.answers["resources"] = [
        zone,
        entry("Microsoft.ContainerService/managedClusters", "aks-airflow-prod", "prod"),
    ]
    company.by_path["/resourceGroups/rg-airflow-prod-nodes"] = {"name": "rg-airflow-prod-nodes", "location": LOCATION}
    of = situation(company, "prod", EXISTING_PLACES)
    assert of.stack.own
    assert of.stack.others == frozenset()
    assert result_of("resource groups", of).status is Status.OK


def test_a_group_of_nodes_that_exists_is_a_failure(company: FakeAzure) -> None:
    company.by_path["/resourceGroups/rg-airflow-prod-nodes"] = {"name": "rg-airflow-prod-nodes", "location": LOCATION}
    text = only_problem(checked(company, "resource groups"), Status.FAILURE)
    assert "AKS makes the resource group of the nodes itself" in text


def test_a_group_with_the_tags_of_the_stack_that_is_empty_has_nothing_of_it(company: FakeAzure) -> None:
    company.by_path[f"/resourceGroups/{GROUP}"]["tags"] = {"project": PROJECT, "stack": "prod"}
    of = situation(company, "prod", EXISTING_PLACES)
    found = find_stack(of.arm, of.names, PROJECT, "prod", shared=True)
    assert (found.exists, found.own) == (True, False)
