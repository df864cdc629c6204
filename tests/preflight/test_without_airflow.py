"""The preflight of a stack without Airflow asks nothing about what such a stack does not have."""

from __future__ import annotations

import json

import pytest

from components.azure import roles
from components.preflight.checks.rights import roles_to_assign
from components.preflight.findings import Status
from components.preflight.run_checks import CHECKS
from tests.pod_cluster_cases import ALONE

from .fake_azure import FakeAzure
from .situations import problems, result_of, situation

WORDS = ("dbforpostgresql", "keyvault", "microsoft.storage", "microsoft.cache")


@pytest.mark.parametrize("name", CHECKS)
def test_every_check_passes(azure: FakeAzure, name: str) -> None:
    result = result_of(name, situation(azure, changes=ALONE))
    assert result.status is Status.OK, problems(result)
    assert result.findings


def test_azure_is_asked_about_no_database_vault_or_storage(azure: FakeAzure) -> None:
    of = situation(azure, changes=ALONE)
    for name in CHECKS:
        result_of(name, of)
    asked = [f"{request.url} {json.dumps(str(request.body))}".lower() for request in azure.requests]
    assert asked
    assert [text for text in asked if any(word in text for word in WORDS)] == []


def test_roles_are_those_of_the_cluster(azure: FakeAzure) -> None:
    (assigned,) = roles_to_assign(situation(azure, changes=ALONE)).values()
    assert assigned == {roles.ACR_PULL, roles.MANAGED_IDENTITY_OPERATOR, roles.NETWORK_CONTRIBUTOR}


def test_a_region_without_zones_is_no_problem_for_logs_that_are_not_there(azure: FakeAzure) -> None:
    for region in azure.answers["locations"]:
        region.pop("availabilityZoneMappings", None)
    result = result_of("region", situation(azure, changes={**ALONE, "cluster.zones": []}))
    assert problems(result) == []
