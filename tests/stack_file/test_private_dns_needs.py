"""Private DNS zones of others: which of them a stack needs, what suits, and what is worth a warning."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from tests.landing_zone_cases import SUBNETS, ZONES, zones
from tests.plans import PROJECT, changed, shipped
from tests.pod_cluster_cases import ALONE

from .test_private_dns_rules import CLUSTER, DATABASE, PUBLIC, REGISTRY, found_in, policy, with_zones


def test_every_missing_zone_is_named_with_the_setting_that_needs_it() -> None:
    changes = {"network.private": True, "network.privateDns": {"mode": "existing"}}
    changes |= {"airflow.executor": "CeleryExecutor", "dags": {"delivery": "azureFiles"}}
    errors, _ = found_in(changes)
    assert {problem.path.rpartition(".")[2] for problem in errors} == set(ZONES)
    assert all("is required: airflow-aks:network.private: true" in problem.message for problem in errors)


@pytest.mark.parametrize(
    "changes",
    [
        with_zones(),
        # Azure ignores case.
        with_zones(registry=REGISTRY.replace("azurecr", "AzureCR")),
        with_zones(cluster=CLUSTER.replace("/privatelink.", "/data-1.privatelink.")),
        with_zones(database=DATABASE.replace("contoso", "privatelink")),
        with_zones(database=DATABASE.replace("contoso", "data.private")),
        policy(),
        policy(cluster=CLUSTER),
        # A public database needs no zone from Azure Policy's side.
        {"database.access": "public", "network.privateDns": {"mode": "policy"}},
        {"network.dnsServers": ["10.9.0.4"], **PUBLIC},
        {"network.dnsServers": ["168.63.129.16"], **PUBLIC},
    ],
)
def test_what_suits_is_taken_without_a_warning(changes: dict[str, Any]) -> None:
    assert found_in(changes) == ([], [])


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"network.dnsServers": ["10.9.0.4"]},
            "the zones are linked to the stack's network alone: without it, nodes pull no image and do not join a "
            "private cluster; set airflow-aks:network.privateDns.mode: existing",
        ),
        (
            {
                "network.private": True,
                "network.dnsServers": ["10.9.0.4"],
                "network.privateDns": {"mode": "policy", "zones": zones("database")},
            },
            "AKS links the zone of the API server to the stack's network alone: without it, nodes pull no image and do "
            "not join a private cluster; set airflow-aks:network.privateDns.zones.cluster",
        ),
    ],
)
def test_servers_that_may_not_know_the_zones_are_a_warning(changes: dict[str, Any], words: str) -> None:
    errors, (warning,) = found_in(changes)
    assert errors == []
    assert warning.path == f"{PROJECT}:network.dnsServers"
    assert words in warning.message


def test_a_stack_without_airflow_needs_no_zone_of_a_database() -> None:
    changes = {"airflow": "", "network.privateDns": {"mode": "existing"}, "cluster.privateApiServer": True}
    errors, _ = found_in(changes)
    assert {problem.path.rpartition(".")[2] for problem in errors if "privateDns" in problem.path} == {
        "registry",
        "cluster",
    }


def test_no_remedy_names_a_section_that_a_stack_without_airflow_does_not_have() -> None:
    changes = {**ALONE, "network.privateDns": {"mode": "existing", "zones": ZONES}, "network.existing": SUBNETS}
    changes |= {"registry.sku": "Premium", "network.private": True, "network.addressSpace": None}
    config = changed(shipped("dev"), changes)
    _, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert {error.path.rpartition(".")[2] for error in errors} == {
        *(ZONES.keys() - {"registry", "cluster"}),
        "databaseSubnetId",
        "gatewaySubnetId",
    }
    assert {error.message for error in errors} == {
        "airflow-aks:airflow is null, so that no setting needs it: remove it"
    }
