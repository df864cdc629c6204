"""A Key Vault, a resource group and a workspace that exist: their ids, and settings that mean nothing beside them."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.case_values import VAULT_BACKEND, WORKSPACE
from tests.landing_zone_cases import EXISTING_PLACES, GROUP, VAULT
from tests.plans import PROJECT, changed, shipped

PRINCIPAL = "00000000-0000-0000-0000-00000000000a"
IN_VAULT = {"keyVault": {"existingId": VAULT}}
OWN = "is for a vault of the stack's own, and airflow-aks:keyVault.existingId is set; remove one"


def problems(changes: dict[str, Any], of: int = 1) -> list[Problem]:
    """The errors of prod with changes; its warnings with `of` 2."""
    config = changed(shipped("prod"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "prod")[of]


def vault(**settings: Any) -> dict[str, Any]:
    return {"keyVault": {"existingId": VAULT, **settings}}


def id_of(text: str) -> dict[str, Any]:
    return {"keyVault": {"existingId": text}}


# What is changed in prod; the path that the answer names, behind `airflow-aks:`; words of the answer.
WRONG: list[tuple[dict[str, Any], str, str]] = [
    (id_of("kv-platform"), "keyVault.existingId", "must be the id of a Key Vault: /subscriptions/<id>/"),
    (id_of(""), "keyVault.existingId", "must be the id of a Key Vault"),
    (id_of(f"{VAULT}/secrets/x"), "keyVault.existingId", "must be the id of a Key Vault"),
    (id_of(VAULT.replace("/vaults/", "/managedHSMs/")), "keyVault.existingId", "must be the id of a Key Vault"),
    (id_of(VAULT.replace("kv-Platform", "kv--platform")), "keyVault.existingId", "must be the id of a Key Vault"),
    (id_of(VAULT.replace("kv-Platform", "k" * 25)), "keyVault.existingId", "must be the id of a Key Vault"),
    (id_of(VAULT.replace("/subscriptions/", "/subscriptions/my-")), "keyVault.existingId", "the id of a Key Vault"),
    (id_of("https://kv-platform.vault.azure.net/"), "keyVault.existingId", "must be the id of a Key Vault"),
    ({"keyVault": {"existingId": 7}}, "keyVault.existingId", "must be text"),
    (vault(purgeProtection=True), "keyVault.purgeProtection", OWN),
    (vault(softDeleteDays=30), "keyVault.softDeleteDays", OWN),
    (vault(publicAccess=False), "keyVault.publicAccess", OWN),
    (vault(publicAccess=True), "keyVault.publicAccess", OWN),
    (vault(readerPrincipalIds=[PRINCIPAL]), "keyVault.readerPrincipalIds", OWN),
    (vault(grantAccess="no"), "keyVault.grantAccess", "must be true or false"),
    ({"keyVault": {"grantAccess": False}}, "keyVault.grantAccess", "is for a vault that exists: remove it, or set"),
    ({"keyVault": {"deleteSecrets": False}}, "keyVault.deleteSecrets", "set airflow-aks:keyVault.existingId"),
    (
        {**IN_VAULT, "naming.names": {"vault": "kv-contoso"}},
        "naming.names.vault",
        "is the name of a Key Vault of the stack's own, and airflow-aks:keyVault.existingId is set; remove one",
    ),
    (
        {**IN_VAULT, "airflow.keyVaultSecrets": {"AIRFLOW_VAR_X": "Airflow-Prod-fernet-key-1a2b3c4d"}},
        "airflow.keyVaultSecrets.AIRFLOW_VAR_X",
        "is a secret of the program itself",
    ),
    (
        {"resourceGroup": {"existingName": f"/subscriptions/{PRINCIPAL}/resourceGroups/{GROUP}"}},
        "resourceGroup.existingName",
        "must be the name of a resource group, not its id",
    ),
    ({"resourceGroup": {"existingName": "rg."}}, "resourceGroup.existingName", "the last no period"),
    ({"resourceGroup": {"existingName": ""}}, "resourceGroup.existingName", "must be the name of a resource group"),
    ({"resourceGroup": {"existing": GROUP}}, "resourceGroup.existing", "did you mean existingName?"),
    (
        {"resourceGroup": {"existingName": GROUP}, "naming.names": {"resourceGroup": "rg-contoso"}},
        "naming.names.resourceGroup",
        "airflow-aks:resourceGroup.existingName is set; remove one",
    ),
    (
        {"resourceGroup": {"existingName": GROUP}, "naming.names": {"nodeResourceGroup": GROUP}},
        "naming.names.nodeResourceGroup",
        f"is {GROUP}, which is the name of the resource group too",
    ),
    (
        {"monitoring": {"workspaceId": "log-all"}},
        "monitoring.workspaceId",
        "must be the id of a Log Analytics workspace",
    ),
    (
        {"monitoring": {"workspaceId": WORKSPACE, "retentionDays": 60}},
        "monitoring.retentionDays",
        "is for a workspace of the stack's own",
    ),
    (
        {"monitoring": {"workspaceId": WORKSPACE}, "naming.names": {"logWorkspace": "log-contoso"}},
        "naming.names.logWorkspace",
        "airflow-aks:monitoring.workspaceId is set; remove one",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), WRONG)
def test_a_wrong_setting_is_refused_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    (found,) = problems(changes)
    assert found.path == f"{PROJECT}:{path}"
    assert words in found.message


def test_all_problems_are_told_at_once() -> None:
    changes = {**vault(softDeleteDays=30, publicAccess=True), "resourceGroup": {"existingName": "rg."}}
    assert len(problems(changes)) == 3


@pytest.mark.parametrize(
    "changes",
    [
        EXISTING_PLACES,
        vault(grantAccess=False, deleteSecrets=False),
        # Names of the program in a vault of its own are free in a vault of others.
        {**IN_VAULT, "airflow.keyVaultSecrets": {"AIRFLOW_VAR_X": "airflow-fernet-key"}},
        # Another stack's, which this stack could not tell from somebody's own.
        {**IN_VAULT, "airflow.keyVaultSecrets": {"AIRFLOW_VAR_X": "airflow-dev-warehouse"}},
        {**IN_VAULT, "network.private": True},
        id_of(VAULT.upper().replace("/SUBSCRIPTIONS", "/subscriptions")),
        {"resourceGroup": {"existingName": None}, "keyVault": {"existingId": None}},
    ],
)
def test_what_exists_is_taken(changes: dict[str, Any]) -> None:
    assert problems(changes) == []


def test_a_pattern_need_not_fit_what_exists() -> None:
    pattern = "{type}-{workload}-{environment}-{region}"
    changes = {**IN_VAULT, "resourceGroup": {"existingName": GROUP}, "naming.pattern": pattern}
    assert problems(changes) == []
    (warning,) = [text.message for text in problems(changes, of=2) if "{suffix}" in text.message]
    assert "kv-" not in warning


def test_a_stack_without_airflow_takes_the_group_and_no_vault() -> None:
    of_airflow = ("access", "cluster.pools", "dags", "database", "keyVault", "logs", "secrets")
    without = {"airflow": "", **dict.fromkeys(of_airflow)}
    assert problems({**without, "resourceGroup": {"existingName": GROUP}}) == []
    (found,) = problems({**without, **IN_VAULT})
    assert found == Problem(
        path=f"{PROJECT}:keyVault",
        message=f"is for Airflow's secrets, and {PROJECT}:airflow is null: remove it, or set {PROJECT}:airflow",
    )


def test_a_backend_that_reads_another_vault_warns_of_nothing() -> None:
    arguments = '{"vault_url": "https://kv-team.vault.azure.net"}'
    for kwargs, warned in (({}, 1), ({"backend_kwargs": arguments}, 0)):
        config = {"secrets": {"backend": VAULT_BACKEND, **kwargs}}
        found = [
            text for text in problems({**IN_VAULT, "airflow.config": config}, of=2) if "reads this" in text.message
        ]
        assert len(found) == warned
