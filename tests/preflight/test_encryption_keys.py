"""The keys of a company: there, in the right place, and usable by the cluster and the database."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.checks.rights import roles_to_assign
from components.preflight.findings import CheckResult, Status
from tests.landing_zone_cases import DATABASE_IDENTITY, DATABASE_KEY, GEO_DATABASE_KEY, GEO_IDENTITY

from .azure_answers import CONTRIBUTOR, LOCATION, READER, SCOPE, SUBSCRIPTION, Json
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import only_problem, problems, result_of, situation

NAME = "encryption keys"
PRINCIPAL = "00000000-0000-0000-0000-0000000000f7"
ROLE = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
DISKS = f"{SCOPE}/resourceGroups/rg-keys/providers/Microsoft.Compute/diskEncryptionSets/des-aks"
VAULT = f"{SCOPE}/resourceGroups/rg-keys/providers/Microsoft.KeyVault/vaults/kv-keys"
KEY = f"{VAULT}/keys/airflow"
SETTING = "airflow-aks:database.customerManagedKey"
CHANGES: dict[str, Any] = {"cluster.diskEncryptionSetId": DISKS, "database.customerManagedKey": DATABASE_KEY}


def assignment(role: str = ROLE) -> Json:
    return {"properties": {"roleDefinitionId": f"{SCOPE}/providers/Microsoft.Authorization/roleDefinitions/{role}"}}


def policy(*permissions: str, object_id: str = PRINCIPAL) -> Json:
    return {"objectId": object_id, "permissions": {"keys": list(permissions)}}


def vault(**more: Any) -> Json:
    known = {"enablePurgeProtection": True, "enableRbacAuthorization": True, "publicNetworkAccess": "Enabled"}
    return {"id": VAULT, "location": LOCATION, "properties": {**known, **more}}


@pytest.fixture
def ready(azure: FakeAzure) -> FakeAzure:
    """A subscription with a set, and with a vault whose key the identity may use."""
    azure.answers["all resources"] = [{"id": VAULT, "name": "KV-Keys", "type": "Microsoft.KeyVault/vaults"}]
    azure.answers["roles"] = [assignment("acdd72a7-3385-48ef-bd42-f606fba81ae7"), assignment()]
    azure.by_path |= {
        DISKS: {"location": "Canada Central", "properties": {"encryptionType": "EncryptionAtRestWithCustomerKey"}},
        DATABASE_IDENTITY: {"properties": {"principalId": PRINCIPAL}},
        KEY: {"properties": {"kty": "RSA-HSM", "keySize": 4096, "attributes": {"enabled": True}}},
        VAULT: vault(),
    }
    return azure


def checked(azure: FakeAzure, **changes: Any) -> CheckResult:
    return result_of(NAME, situation(azure, "dev", {**CHANGES, **changes}))


def test_a_stack_with_keys_of_azure_asks_nothing(azure: FakeAzure) -> None:
    there = situation(azure, "dev")
    azure.requests.clear()
    assert result_of(NAME, there).status is Status.OK
    assert azure.requests == []


def test_keys_that_suit_pass(ready: FakeAzure) -> None:
    result = checked(ready)
    assert result.status is Status.OK, problems(result)
    (asked,) = ready.asked("roles")
    assert "assignedTo" in str(asked.url)
    assert PRINCIPAL in str(asked.url)


def test_a_set_that_does_not_exist_is_a_failure(ready: FakeAzure) -> None:
    del ready.by_path[DISKS]
    text = only_problem(checked(ready), Status.FAILURE)
    assert f"airflow-aks:cluster.diskEncryptionSetId: {DISKS} does not exist" in text


def test_a_set_of_another_region_is_a_failure(ready: FakeAzure) -> None:
    ready.by_path[DISKS]["location"] = "eastus"
    assert "des-aks is in eastus, and the stack in canadacentral" in only_problem(checked(ready), Status.FAILURE)


def test_a_set_of_another_subscription_is_a_failure(ready: FakeAzure) -> None:
    other = DISKS.replace(SUBSCRIPTION, "33333333-3333-3333-3333-333333333333")
    ready.by_path[other] = ready.by_path[DISKS]
    text = only_problem(checked(ready, **{"cluster.diskEncryptionSetId": other}), Status.FAILURE)
    assert "is in another subscription than the stack" in text


def test_a_set_for_confidential_machines_is_a_failure(ready: FakeAzure) -> None:
    ready.by_path[DISKS]["properties"]["encryptionType"] = "ConfidentialVmEncryptedWithCustomerKey"
    assert "is for confidential machines" in only_problem(checked(ready), Status.FAILURE)


def test_an_identity_that_does_not_exist_is_a_failure(ready: FakeAzure) -> None:
    del ready.by_path[DATABASE_IDENTITY]
    text = only_problem(checked(ready), Status.FAILURE)
    assert f"{SETTING}.identityId: {DATABASE_IDENTITY} does not exist" in text


def test_a_vault_that_the_account_does_not_see_is_unknown(ready: FakeAzure) -> None:
    ready.answers["all resources"] = []
    text = only_problem(checked(ready), Status.UNKNOWN)
    assert f"{SETTING}.keyId: the vault kv-keys.vault.azure.net" in text
    # The subscription of the stack, and that of the identity.
    assert len(ready.asked("all resources")) == 2


def test_a_managed_hsm_is_unknown(ready: FakeAzure) -> None:
    key = {**DATABASE_KEY, "keyId": "https://kv-keys.managedhsm.azure.net/keys/airflow"}
    text = only_problem(checked(ready, **{"database.customerManagedKey": key}), Status.UNKNOWN)
    assert "is a managed HSM" in text


def test_a_key_that_does_not_exist_is_a_failure(ready: FakeAzure) -> None:
    del ready.by_path[KEY]
    assert "kv-keys has no key airflow" in only_problem(checked(ready), Status.FAILURE)


@pytest.mark.parametrize(
    "wrong", [{"kty": "EC"}, {"kty": "RSA", "attributes": {"enabled": False}}], ids=["curve", "disabled"]
)
def test_a_key_that_the_database_cannot_use_is_a_failure(ready: FakeAzure, wrong: Json) -> None:
    ready.by_path[KEY]["properties"] = wrong
    assert "is disabled, or no RSA key" in only_problem(checked(ready), Status.FAILURE)


def test_a_vault_without_purge_protection_is_a_failure(ready: FakeAzure) -> None:
    ready.by_path[VAULT] = vault(enablePurgeProtection=None)
    assert "kv-keys has no purge protection" in only_problem(checked(ready), Status.FAILURE)


@pytest.mark.parametrize(
    "rules",
    [
        {"publicNetworkAccess": "Disabled", "networkAcls": {"bypass": "None"}},
        {"networkAcls": {"bypass": "None", "defaultAction": "Deny"}},
    ],
)
def test_a_vault_whose_firewall_keeps_the_database_out_is_a_failure(ready: FakeAzure, rules: Json) -> None:
    ready.by_path[VAULT] = vault(**rules)
    text = only_problem(checked(ready), Status.FAILURE)
    assert "does not let trusted Microsoft services pass" in text


def test_a_closed_vault_that_lets_trusted_services_pass_is_right(ready: FakeAzure) -> None:
    ready.by_path[VAULT] = vault(publicNetworkAccess="Disabled", networkAcls={"bypass": "AzureServices"})
    assert checked(ready).status is Status.OK


@pytest.mark.parametrize(("roles", "status"), [([], Status.FAILURE), ([assignment("b24988ac")], Status.UNKNOWN)])
def test_an_identity_without_the_role_is_told(ready: FakeAzure, roles: list[Json], status: Status) -> None:
    ready.answers["roles"] = roles
    text = only_problem(checked(ready), status)
    assert f"{SETTING}.identityId: the identity has no role Key Vault Crypto Service Encryption User on {KEY}" in text


def test_access_policies_count_in_a_vault_without_roles(ready: FakeAzure) -> None:
    ready.answers["roles"] = []
    policies = [policy("All", object_id=ready.by_path[DISKS]["location"]), policy("Get", "WrapKey", "UnwrapKey")]
    ready.by_path[VAULT] = vault(enableRbacAuthorization=False, accessPolicies=policies)
    assert "do not give the identity list on keys" in only_problem(checked(ready), Status.FAILURE)
    policies[1] = policy("get", "list", "wrapKey", "unwrapKey")
    assert result_of(NAME, situation(ready, "dev", CHANGES)).status is Status.OK


def test_the_key_of_the_paired_region_is_checked_too(ready: FakeAzure) -> None:
    changes = {"database.customerManagedKey": GEO_DATABASE_KEY, "database.geoRedundantBackup": True}
    text = only_problem(checked(ready, **changes), Status.FAILURE)
    assert f"{SETTING}.geoBackupIdentityId: {GEO_IDENTITY} does not exist" in text


@pytest.mark.parametrize("answer", ["disk encryption set", "identity", "vault", "key", "roles", "all resources"])
@pytest.mark.parametrize("error", [FORBIDDEN, BROKEN])
def test_what_azure_does_not_tell_is_unknown(ready: FakeAzure, answer: str, error: Any) -> None:
    ready.refuse[answer] = error
    assert checked(ready).status is Status.UNKNOWN


def test_the_rights_on_keys_and_sets_are_asked_for(ready: FakeAzure) -> None:
    there = situation(ready, "dev", CHANGES)
    assert roles_to_assign(there)[DISKS] == {"acdd72a7-3385-48ef-bd42-f606fba81ae7"}
    ready.by_path[f"{DISKS}/providers/Microsoft.Authorization/permissions"] = []
    ready.by_path[f"{DATABASE_IDENTITY}/providers/Microsoft.Authorization/permissions"] = [READER]
    found = " ".join(problems(result_of("rights", there)))
    assert f"Microsoft.Compute/diskEncryptionSets/read is not allowed at {DISKS}" in found
    assert f"userAssignedIdentities/assign/action is not allowed at {DATABASE_IDENTITY}" in found
    ready.by_path[f"{DISKS}/providers/Microsoft.Authorization/permissions"] = [CONTRIBUTOR]
    assigned = " ".join(problems(result_of("role assignments", situation(ready, "dev", CHANGES))))
    assert f"roleAssignments/write is not allowed at {DISKS}" in assigned
