"""Names where several stacks share a place: what tells them apart, and what Azure accepts of it."""

from __future__ import annotations

import re

import pytest

from components.airflow import names as airflow_names
from components.airflow.vault.shared_vault import marked_name
from components.airflow.vault.user_secrets import OWN_SECRETS
from components.settings.model import GitCredentials, Settings
from components.settings.name_types import OTHER_NAME_TYPES
from components.settings.names import name_form, physical_names, stack_mark
from components.settings.pins import load_pins

VAULT = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg/providers/Microsoft.KeyVault/vaults/KV-Hub"
)
# Prefix and stack have 40 characters together at most.
LONG = {"stack": "a-stack-of-many-words", "naming": {"prefix": "data-platform-core"}}
# The longest id of a connection to another cluster.
LONGEST_REMOTE = f"airflow-remote-cluster-{'x' * 60}"


def settings(**changes: object) -> Settings:
    given = {"project": "airflow-aks", "stack": "prod", "location": "canadacentral", **changes}
    return Settings(git_credentials=GitCredentials(), pins=load_pins(), **given)  # type: ignore[arg-type]


def test_a_vault_that_exists_has_its_own_name_as_its_host_has_it() -> None:
    found = settings(keyVault={"existingId": VAULT})
    assert physical_names(found, "abc123").vault == "kv-hub"
    assert name_form(found, "vault").is_known


def test_a_group_that_exists_has_its_own_name_whatever_the_pattern_is() -> None:
    found = settings(resourceGroup={"existingName": "RG.Data"}, naming={"pattern": "{type}-{workload}"})
    assert physical_names(found, "abc123").resource_group == "RG.Data"
    assert physical_names(found, "abc123").pattern == "{type}-airflow"


@pytest.mark.parametrize("changes", [{}, LONG])
def test_names_in_a_group_that_exists_are_accepted_by_azure(changes: dict[str, object]) -> None:
    names = physical_names(settings(resourceGroup={"existingName": "rg"}, **changes), "abc123")
    for kind in OTHER_NAME_TYPES.values():
        assert kind.accepts(names.by_pattern(kind.abbreviation, kind.ending))


def test_names_in_a_group_of_the_stacks_own_stay() -> None:
    assert physical_names(settings(), "abc123").by_pattern("nsg", "network-nodes-security") == "network-nodes-security"


@pytest.mark.parametrize("changes", [{}, LONG, {"stack": "Prod_2.eu"}])
def test_names_of_secrets_are_accepted_by_azure(changes: dict[str, object]) -> None:
    mark = stack_mark(settings(**changes))
    storage = [f"{airflow_names.STORAGE_VAULT_SECRET}-{end}" for end in airflow_names.STORAGE_VAULT_ENDINGS.values()]
    for name in (*OWN_SECRETS, *storage, LONGEST_REMOTE):
        assert re.fullmatch(r"[0-9a-zA-Z-]{1,127}", f"{marked_name(mark, name)}-00000000")


def test_marks_of_stacks_differ() -> None:
    stacks = ("prod", "Prod", "prod.2", "prod-2", "prod_2")
    marks = {stack_mark(settings(stack=stack)) for stack in stacks}
    assert len(marks) == len(stacks)
    assert stack_mark(settings()) == "airflow-prod"


def test_no_stack_has_the_name_of_a_secret_of_another() -> None:
    """Also where one stack's name begins with that of another."""
    names = [
        marked_name(stack_mark(settings(stack=stack)), name)
        for stack in ("prod", "prod-aks", "prod-aks-airflow", "prod-git")
        for name in (*OWN_SECRETS, LONGEST_REMOTE)
    ]
    assert len(set(names)) == len(names)
