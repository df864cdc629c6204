"""What a living stack says of a move into what exists, and out of it."""

from __future__ import annotations

from typing import Any

import pulumi
import pytest

from components.azure.stack_record import made_with
from tests.landing_zone_cases import EXISTING_REGISTRY

from .test_stack_record import HERE, check, settings

VAULT = f"/subscriptions/{HERE}/resourceGroups/rg-security/providers/Microsoft.KeyVault/vaults/kv-platform"


IN_GROUP = {"resourceGroup": {"existingName": "rg-data"}}


IN_VAULT = {"keyVault": {"existingId": VAULT}}


@pytest.mark.parametrize(
    ("before", "after", "said", "back"),
    [
        (
            {},
            IN_GROUP,
            "airflow-aks:resourceGroup.existingName: is set, and the stack was made in a resource group of its own: "
            "the change would replace every resource, those that hold data too, and delete the stack's own group",
            "Remove it, or move to a new stack",
        ),
        (
            IN_GROUP,
            {},
            "airflow-aks:resourceGroup.existingName: is not set, and the stack was made in a resource group that "
            "existed",
            "Set it to rg-data, or move",
        ),
        (
            IN_GROUP,
            {"resourceGroup": {"existingName": "rg-other"}},
            "airflow-aks:resourceGroup.existingName: is rg-other, and the stack was made in rg-data: the change would "
            "replace every resource",
            "Set it back, or move",
        ),
        (
            {},
            IN_VAULT,
            "airflow-aks:keyVault.existingId: is set, and the stack was made in a Key Vault of its own: the change "
            "would delete the stack's own vault with everything that others keep in it",
            "Remove it, or move",
        ),
        (
            IN_VAULT,
            {},
            "airflow-aks:keyVault.existingId: is not set, and the stack was made in a Key Vault that existed: the "
            "change would write the stack's secrets into another vault",
            f"Set it to {VAULT}, or move",
        ),
        (
            IN_VAULT,
            {"keyVault": {"existingId": f"{VAULT}-2"}},
            f"airflow-aks:keyVault.existingId: is {VAULT}-2, and the stack was made in {VAULT}: the change would write",
            "Set it back, or move",
        ),
    ],
)
def test_a_stack_does_not_move_into_what_exists_or_out(
    before: dict[str, object], after: dict[str, object], said: str, back: str
) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(**before), settings(**after))
    assert said in str(refused.value)
    assert back in str(refused.value)


@pytest.mark.parametrize("naming", [{"pattern": "{type}-x-{suffix}"}, {"names": {"cluster": "aks-contoso"}}])
def test_a_move_of_a_stack_with_chosen_names_is_told_once(naming: dict[str, object]) -> None:
    for before, after in (({}, {**IN_GROUP, **IN_VAULT}), ({**IN_GROUP, **IN_VAULT}, {})):
        with pytest.raises(pulumi.RunError, match="2 settings differ"):
            check(settings(naming=naming, **before), settings(naming=naming, **after))


def test_the_case_of_a_groups_name_is_no_move() -> None:
    assert check(settings(**IN_GROUP), settings(resourceGroup={"existingName": "RG-Data"}))


@pytest.mark.parametrize("change", [{"grantAccess": False}, {"deleteSecrets": False}])
def test_rights_and_deletion_of_secrets_are_free_to_change(change: dict[str, object]) -> None:
    assert check(settings(**IN_VAULT), settings(keyVault={"existingId": VAULT, **change}))


def test_a_stack_in_its_own_places_records_none() -> None:
    assert not [path for path in made_with(settings(), HERE) if "existing" in path]


EXISTING = {"registry": EXISTING_REGISTRY["registry"]}


@pytest.mark.parametrize("naming", [{}, {"names": {"registry": "crcontoso"}}, {"pattern": "{type}-{suffix}"}])
def test_a_stack_takes_a_registry_that_exists_and_one_of_its_own_again(naming: dict[str, Any]) -> None:
    own = settings(naming=naming)
    without_name = {key: value for key, value in naming.items() if key != "names"}
    assert check(own, settings(naming=without_name, **EXISTING))
    assert check(settings(naming=without_name, **EXISTING), settings(naming=without_name))
    assert check(own, own)


def test_a_pattern_beside_a_registry_that_exists_gives_no_name_to_one() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check(settings(**EXISTING), settings(naming={"pattern": "{type}-{suffix}"}, **EXISTING))
    assert "the cluster aks-airflow-dev" in str(refused.value)
    assert "container registry" not in str(refused.value)
