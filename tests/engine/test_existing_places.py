"""A stack in a resource group, a Key Vault and a workspace of others: it uses them, and leaves them when it goes."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from tests.engine import checks
from tests.engine.existing_places import PLACES, SECURITY, VAULT, WORKSPACE, lend_places, lent
from tests.landing_zone_cases import GROUP

from .workspace import Workspace

IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
ROLE = "azure-native:authorization:RoleAssignment"
SECRET = "azure-native:keyvault:Secret"
CERTIFICATE = {"host": "airflow.example.com", "tls": {"issuer": "keyVault", "certificate": "airflow-tls"}}
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"


def write(workspace: Workspace, **sections: Any) -> None:
    """Write whole sections of the stack file; None leaves one out."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    for section, settings in sections.items():
        content["config"].pop(f"airflow-aks:{section}", None)
        if settings is not None:
            content["config"][f"airflow-aks:{section}"] = settings
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def in_the_vault(workspace: Workspace) -> list[str]:
    """The secrets in the vault of others, but for theirs."""
    return [
        item.inputs["secretName"]
        for key, item in workspace.cloud.objects.items()
        if item.type == SECRET and key.startswith(VAULT) and not item.name.startswith("lent-")
    ]


@pytest.fixture
def guest(prod: Workspace) -> Workspace:
    lend_places(prod.cloud)
    write(prod, **PLACES)
    return prod


def test_a_stack_comes_and_goes_and_what_existed_stays_as_it_was(guest: Workspace) -> None:
    before = lent(guest.cloud)
    assert len(before) == 6
    guest.up()
    assert guest.up().changes.keys() == {"unchanged"}
    guest.preview("--refresh", "--expect-no-changes")
    assert lent(guest.cloud) == before
    assert len(in_the_vault(guest)) >= 10
    assert {type_ for type_, _ in guest.in_state()} & {
        "azure-native:keyvault:Vault",
        "azure-native:operationalinsights:Workspace",
        "azure-native:resources:ResourceGroup",
    } == set()
    guest.unprotect()
    guest.destroy()
    assert lent(guest.cloud) == before
    assert set(guest.cloud.objects) == set(before)
    # A later stack of the same name meets no secret of the first, of which Azure keeps the names.
    gone = len(guest.cloud.soft_deleted_secrets)
    assert gone >= 10
    guest.up()
    assert guest.up().changes.keys() == {"unchanged"}
    assert len(guest.cloud.soft_deleted_secrets) == gone


def test_what_others_change_of_their_things_is_no_drift(guest: Workspace) -> None:
    guest.up()
    guest.cloud.objects[VAULT].inputs["tags"] = {"reviewed": "yes"}
    guest.cloud.objects[WORKSPACE].inputs["retentionInDays"] = 730
    group = next(item for item in guest.cloud.objects.values() if item.name == f"lent-{GROUP}")
    group.inputs["tags"] = {"costCenter": "7"}
    guest.cloud.operations.clear()
    guest.up("--refresh")
    assert checks.operations(guest, "create", "update", "delete") == []
    assert group.inputs["tags"] == {"costCenter": "7"}


def test_who_may_not_delete_secrets_leaves_them_and_destroys_the_rest(guest: Workspace) -> None:
    guest.up()
    guest.unprotect()
    guest.cloud.may_delete_secrets = False
    refused = guest.destroy(check=False)
    assert refused.code != 0
    assert "Microsoft.KeyVault/vaults/secrets/delete" in refused.output
    write(guest, keyVault={"existingId": VAULT, "deleteSecrets": False})
    guest.up()
    stored = in_the_vault(guest)
    guest.destroy()
    assert in_the_vault(guest) == stored
    assert {item.type for item in guest.cloud.objects.values() if not item.name.startswith("lent-")} == {SECRET}
    # The next stack has names of its own.
    guest.up()
    assert len(in_the_vault(guest)) == 2 * len(stored)


def test_roles_that_others_assign_are_waited_for(guest: Workspace) -> None:
    write(guest, keyVault={"existingId": VAULT, "grantAccess": False})
    refused = guest.up(check=False)
    assert refused.code != 0
    assert "ForbiddenByRbac" in refused.output
    reader = guest.cloud.find(IDENTITY, "secret-sync-identity-identity").outputs["principalId"]
    names = in_the_vault(guest)
    # The commands that are missing stand in the output of the update that fails.
    assert all(f"--scope {VAULT}/secrets/{name}" in refused.output for name in names if "async" not in name)
    assert f"--assignee-object-id {reader}" in refused.output
    for name in names:
        inputs = {"principalId": reader, "roleDefinitionId": SECRETS_USER, "scope": f"{VAULT}/secrets/{name}"}
        guest.cloud.create_outside(ROLE, f"lent-{name}", inputs)
    guest.up()
    assert guest.up().changes.keys() == {"unchanged"}
    assert reader in guest.run("stack", "output", "requiredGrants", "--stack", "prod", check=True).output
    write(guest, keyVault={"existingId": VAULT})
    for name in names:
        guest.cloud.delete_outside(ROLE, f"lent-{name}")
    guest.up()
    assert guest.up().changes.keys() == {"unchanged"}


@pytest.mark.parametrize("delivery", ["externalSecrets", "csi"])
def test_what_others_keep_in_the_vault_is_read_from_there(guest: Workspace, delivery: str) -> None:
    """The certificate and a secret of the user's own are none that the stack stores or deletes."""
    place = {"resourceGroupName": SECURITY, "vaultName": "kv-Platform"}
    for name in ("region", "airflow-tls"):
        secret = {**place, "secretName": name, "properties": {"value": "x"}}
        guest.cloud.create_outside(SECRET, f"lent-{name}", secret)
    guest.change("airflow", keyVaultSecrets={"AIRFLOW_VAR_REGION": "region"})
    write(guest, secrets={"delivery": delivery}, access=CERTIFICATE)
    guest.up()
    assert guest.up().changes.keys() == {"unchanged"}
    opened = {item.inputs["scope"].rpartition("/")[2] for item in guest.cloud.objects.values() if item.type == ROLE}
    assert {"region", "airflow-tls"} <= opened
    before = lent(guest.cloud)
    guest.unprotect()
    guest.destroy()
    assert lent(guest.cloud) == before
    assert set(guest.cloud.objects) == set(before)


def test_a_vault_with_access_policies_is_told_by_the_preview(guest: Workspace) -> None:
    guest.cloud.objects[VAULT].inputs["properties"]["enableRbacAuthorization"] = False
    refused = guest.preview(check=False)
    assert refused.code != 0
    assert "airflow-aks:keyVault.existingId: access policies decide who may read the secrets" in refused.output
    assert checks.operations(guest, "create") == []


@pytest.mark.parametrize("name", ["lent-kv-Platform", "lent-log-all", f"lent-{GROUP}"])
def test_what_does_not_exist_is_told_by_the_preview(guest: Workspace, name: str) -> None:
    for key in [key for key, item in guest.cloud.objects.items() if item.name == name]:
        del guest.cloud.objects[key]
    refused = guest.preview(check=False)
    assert refused.code != 0
    assert name.removeprefix("lent-") in refused.output
    assert checks.operations(guest, "create") == []


@pytest.mark.parametrize(
    ("section", "said"),
    [
        ("keyVault", "airflow-aks:keyVault.existingId: is set, and the stack was made in a Key Vault of its own"),
        ("resourceGroup", "airflow-aks:resourceGroup.existingName: is set, and the stack was made in a resource group"),
    ],
)
def test_a_living_stack_does_not_move_into_what_exists(living_prod: Workspace, section: str, said: str) -> None:
    lend_places(living_prod.cloud)
    write(living_prod, **{section: PLACES[section]})
    for refused in (living_prod.preview(check=False), living_prod.up(check=False)):
        assert refused.code != 0
        assert said in refused.output
    assert checks.operations(living_prod, "create", "update", "delete") == []


def test_a_living_stack_does_not_move_out_of_what_exists(guest: Workspace) -> None:
    guest.up()
    guest.cloud.operations.clear()
    for section in ("keyVault", "resourceGroup"):
        write(guest, **{**PLACES, section: None})
        refused = guest.up(check=False)
        assert refused.code != 0
        assert "is not set, and the stack was made in a " in refused.output
        assert checks.operations(guest, "create", "update", "delete") == []
    write(guest, **PLACES)
    assert guest.up().changes.keys() == {"unchanged"}


def test_a_living_stack_moves_into_a_workspace_of_others_and_back(living_prod: Workspace) -> None:
    lend_places(living_prod.cloud)
    before = lent(living_prod.cloud)
    kinds = "azure-native:operationalinsights:Workspace"
    write(living_prod, monitoring={"alertEmails": ["ops@example.com"]})
    living_prod.up()
    write(living_prod, monitoring=PLACES["monitoring"])
    living_prod.up()
    assert living_prod.up().changes.keys() == {"unchanged"}
    # Data of the first one is kept: AKS would refuse every update of a cluster whose workspace is gone.
    assert len([item for item in living_prod.cloud.objects.values() if item.type == kinds]) == 2
    write(living_prod, monitoring={"alertEmails": ["ops@example.com"]})
    living_prod.up()
    assert living_prod.up().changes.keys() == {"unchanged"}
    assert lent(living_prod.cloud) == before
