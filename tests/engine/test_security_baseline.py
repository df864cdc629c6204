"""The security baseline of a stack: what it needs, what it leaves as it was, and what a living stack can still get."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from tests.case_values import WORKSPACE
from tests.engine import checks
from tests.engine.security_team import FEATURE, KEY, KEY_ROLE, VAULT, lend_keys, lent
from tests.landing_zone_cases import DATABASE_IDENTITY, DATABASE_KEY, DISK_ENCRYPTION_SET

from .existing_objects import CloudObject
from .test_operations_restore import restore, set_restore
from .workspace import Workspace

CLUSTER = "azure-native:containerservice:ManagedCluster"
SERVER = "azure-native:dbforpostgresql:Server"
BASELINE: dict[str, Any] = {
    "azurePolicy": True,
    "defenderWorkspaceId": WORKSPACE,
    "diskEncryptionSetId": DISK_ENCRYPTION_SET,
    "hostEncryption": True,
}


@pytest.fixture
def baseline(prod: Workspace) -> Workspace:
    lend_keys(prod.cloud)
    prod.change("cluster", **BASELINE)
    prod.change("database", customerManagedKey=DATABASE_KEY)
    return prod


def cluster(workspace: Workspace) -> dict[str, Any]:
    return workspace.cloud.find(CLUSTER).inputs


def applied(workspace: Workspace) -> list[str]:
    """Bring a change there, and say what was touched; what is lent is in no state."""
    workspace.cloud.operations.clear()
    workspace.up()
    checks.data_is_kept(workspace)
    return checks.operations(workspace, "create", "update", "delete")


def no_change(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


def test_a_stack_comes_and_goes_and_what_the_company_has_stays_as_it_was(baseline: Workspace) -> None:
    before = copy.deepcopy(lent(baseline.cloud))
    assert len(before) == 7
    baseline.up()
    no_change(baseline)
    baseline.preview("--refresh", "--expect-no-changes")
    assert lent(baseline.cloud) == before
    assert baseline.cloud.find(SERVER).inputs["dataEncryption"]["primaryKeyURI"] == DATABASE_KEY["keyId"]
    assert cluster(baseline)["diskEncryptionSetID"] == DISK_ENCRYPTION_SET
    assert not {name for _, name in baseline.in_state() if name.startswith("lent-")}
    baseline.unprotect()
    baseline.destroy()
    assert lent(baseline.cloud) == before
    assert set(baseline.cloud.objects) == set(before)


# What is missing; words of Azure's refusal.
MISSING = {
    DISK_ENCRYPTION_SET: "DiskEncryptionSetNotFound",
    DATABASE_IDENTITY: "FailedIdentityOperation",
    KEY: "AzureKeyVaultKeyNameNotFound",
    KEY_ROLE: "AzureKeyVaultMissingPermissions",
    WORKSPACE: "GetLogAnalyticsWorkspaceError",
    FEATURE: "EncryptionAtHost' is not enabled",
}


@pytest.mark.parametrize("missing", MISSING, ids=[key.rpartition("/")[2] for key in MISSING])
def test_what_is_missing_stops_the_update_which_goes_on_when_it_is_there(baseline: Workspace, missing: str) -> None:
    gone = baseline.cloud.objects.pop(missing)
    refused = baseline.up(check=False)
    assert refused.code != 0
    assert MISSING[missing] in refused.output
    baseline.cloud.objects[missing] = gone
    baseline.up()
    no_change(baseline)


@pytest.mark.parametrize(
    ("section", "changes"),
    [
        ("cluster", {"diskEncryptionSetId": DISK_ENCRYPTION_SET}),
        ("cluster", {"hostEncryption": True}),
        ("database", {"customerManagedKey": DATABASE_KEY}),
    ],
)
def test_a_living_stack_does_not_get_what_azure_fixes_at_creation(
    living_prod: Workspace, section: str, changes: dict[str, Any]
) -> None:
    lend_keys(living_prod.cloud)
    living_prod.change(section, **changes)
    for refused in (living_prod.preview(check=False), living_prod.up(check=False)):
        assert refused.code != 0
        assert (
            f"airflow-aks:{section}.{next(iter(changes))}: is set, and the stack was made without it" in refused.output
        )
    assert checks.operations(living_prod, "create", "update", "delete") == []


def test_a_living_stack_does_not_lose_its_keys(baseline: Workspace) -> None:
    baseline.up()
    baseline.cloud.operations.clear()
    baseline.change("cluster", diskEncryptionSetId=None, hostEncryption=False)
    baseline.change("database", customerManagedKey=None)
    refused = baseline.up(check=False)
    assert "3 settings differ from what the stack prod was made with" in refused.output
    assert checks.operations(baseline, "create", "update", "delete") == []


def test_a_living_stack_gets_azure_policy_and_defender_and_leaves_them_on(living_prod: Workspace) -> None:
    lend_keys(living_prod.cloud)
    living_prod.change("cluster", azurePolicy=True, defenderWorkspaceId=WORKSPACE)
    assert applied(living_prod) == ["cluster-cluster"]
    no_change(living_prod)
    living_prod.change("cluster", azurePolicy=False, defenderWorkspaceId=None)
    assert applied(living_prod) == []
    living_prod.preview("--refresh", "--expect-no-changes")
    assert cluster(living_prod)["addonProfiles"]["azurepolicy"] == {"enabled": True}
    assert cluster(living_prod)["securityProfile"]["defender"]["logAnalyticsWorkspaceResourceId"] == WORKSPACE


def test_what_the_stack_file_sets_is_brought_back(baseline: Workspace) -> None:
    baseline.up()
    before = copy.deepcopy(cluster(baseline))

    def turn_off(inputs: dict[str, Any]) -> None:
        inputs["addonProfiles"]["azurepolicy"] = {"enabled": False}
        inputs["securityProfile"]["defender"] = {"securityMonitoring": {"enabled": False}}

    baseline.cloud.change_outside(CLUSTER, "cluster-cluster", turn_off)
    baseline.up("--refresh")
    assert cluster(baseline) == before


def test_another_key_updates_the_server_alone(baseline: Workspace) -> None:
    baseline.up()
    other = f"{VAULT}/keys/airflow-next"
    baseline.cloud.objects[other] = CloudObject("azure-native:keyvault:Key", "lent-next", {}, {}, other)
    key_id = DATABASE_KEY["keyId"].replace("/airflow", "/airflow-next")
    baseline.change("database", customerManagedKey={**DATABASE_KEY, "keyId": key_id})
    assert applied(baseline) == ["database-server"]
    assert baseline.cloud.find(SERVER).inputs["dataEncryption"]["primaryKeyURI"] == key_id
    no_change(baseline)


def test_a_restored_server_is_encrypted_with_the_same_key(baseline: Workspace) -> None:
    baseline.up()
    restore(baseline)
    assert "database-restored-1-server" in applied(baseline)
    first, second = (baseline.cloud.find(SERVER, f"database{part}-server").inputs for part in ("", "-restored-1"))
    assert second["createMode"] == "PointInTimeRestore"
    assert second["dataEncryption"] == first["dataEncryption"]
    assert second["identity"] == first["identity"]
    no_change(baseline)
    set_restore(baseline, "inUse", "true")
    applied(baseline)
    baseline.preview("--refresh", "--expect-no-changes")
