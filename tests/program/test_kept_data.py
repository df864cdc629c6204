"""What holds data: a replacement that cannot stand beside the old resource fails instead of deleting it."""

from __future__ import annotations

import pytest

from tests.cases import CASES, SELECTORS
from tests.plans import plan_of

HOLDS_DATA = {
    "azure-native:containerregistry:Registry",
    "azure-native:dbforpostgresql:Database",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Vault",
    "azure-native:resources:ResourceGroup",
    "azure-native:storage:BlobContainer",
    "azure-native:storage:FileShare",
    "azure-native:storage:StorageAccount",
}

# What a stack may use instead of making it, by the setting that names it.
OF_OTHERS = {
    ("registry", "existingId"): "azure-native:containerregistry:Registry",
    ("keyVault", "existingId"): "azure-native:keyvault:Vault",
    ("resourceGroup", "existingName"): "azure-native:resources:ResourceGroup",
}


@pytest.mark.parametrize("case", CASES)
def test_what_holds_data_is_never_deleted_before_its_replacement(case: str) -> None:
    plan = plan_of(*CASES[case])
    found = [resource for resource in plan.resources if resource.type in HOLDS_DATA]
    given = CASES[case][1]
    of_others = {type_ for (section, key), type_ in OF_OTHERS.items() if key in given.get(section, {})}
    assert {resource.type for resource in found} >= HOLDS_DATA - {"azure-native:storage:FileShare"} - of_others
    assert [resource.name for resource in found if resource.delete_before_replace is not False] == []


def test_both_accounts_and_their_shares_are_among_them() -> None:
    plan = plan_of("prod", SELECTORS["logs-premium"])
    names = {resource.name for resource in plan.resources if resource.delete_before_replace is False}
    assert {"log-storage-account", "log-storage-file-account", "log-storage-logs-share"} <= names


def test_data_is_protected_unless_the_stack_file_says_otherwise() -> None:
    protected = {resource.type for resource in plan_of("dev", {"protectData": None}).resources if resource.protect}
    assert protected == HOLDS_DATA - {"azure-native:resources:ResourceGroup", "azure-native:storage:FileShare"}
