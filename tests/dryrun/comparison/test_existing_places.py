"""What a comparison says of a move between the stack's own places and those that exist."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.comparison.changes import Comparison
from dryrun.comparison.comparing import compare_plans
from tests.dryrun.comparison.plans import texts
from tests.landing_zone_cases import EXISTING_PLACES, VAULT
from tests.plans import plan_of

IN_VAULT = {"keyVault": EXISTING_PLACES["keyVault"]}
IN_GROUP = {"resourceGroup": EXISTING_PLACES["resourceGroup"]}
IN_WORKSPACE = {"monitoring": EXISTING_PLACES["monitoring"]}
OWN_WORKSPACE = {"monitoring": {"alertEmails": ["ops@example.com"]}}


def move(before: dict[str, Any], after: dict[str, Any]) -> Comparison:
    return compare_plans(plan_of("prod", before), plan_of("prod", after))


def test_a_move_into_a_vault_says_what_goes_with_the_own_one_and_that_it_is_refused() -> None:
    found = move({}, IN_VAULT)
    assert found.loses_data
    assert any("Key Vault kv-airflow-prod-" in text and "is removed" in text for text in texts(found, "data"))
    refused = f"airflow-aks:keyVault.existingId is {VAULT}, and the stack was made without it: `pulumi up` refuses it"
    assert refused in texts(found, "refused")
    assert not [text for text in texts(found, "stops") if "decrypt" in text]


def test_a_move_out_of_a_vault_is_refused() -> None:
    found = move(IN_VAULT, {})
    said = f"airflow-aks:keyVault.existingId is not set, and the stack was made with {VAULT}: `pulumi up` refuses it"
    assert said in texts(found, "refused")
    assert not [text for text in texts(found, "stops") if "decrypt" in text]


@pytest.mark.parametrize(("before", "after"), [({}, IN_GROUP), (IN_GROUP, {})])
def test_a_move_into_a_group_or_out_replaces_everything_and_is_refused(
    before: dict[str, Any], after: dict[str, Any]
) -> None:
    found = move(before, after)
    assert found.loses_data
    assert any("airflow-aks:resourceGroup.existingName" in text for text in texts(found, "refused"))
    replaced = {change.type for change in found.of("replaced")}
    assert {"azure-native:dbforpostgresql:Server", "azure-native:containerservice:ManagedCluster"} <= replaced


@pytest.mark.parametrize(("before", "after"), [(OWN_WORKSPACE, IN_WORKSPACE), (IN_WORKSPACE, OWN_WORKSPACE)])
def test_a_move_between_workspaces_loses_nothing_of_the_stack(before: dict[str, Any], after: dict[str, Any]) -> None:
    found = move(before, after)
    assert not found.loses_data
    assert texts(found, "refused") == []
