"""Plans with the security baseline: what each setting adds, and that nothing of a company's own is a resource."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.outside_hosts import outside_hosts
from components.settings.names import stack_names
from components.stack_file.checker import check
from dryrun.cost.not_priced import list_not_priced
from dryrun.plan import Plan
from tests.case_values import WORKSPACE
from tests.landing_zone_cases import (
    DATABASE_IDENTITY,
    DATABASE_KEY,
    DISK_ENCRYPTION_SET,
    GEO_DATABASE_KEY,
    GEO_IDENTITY,
    SECURITY_BASELINE,
)
from tests.plans import PROJECT, changed, plan_of, planned, shipped
from tests.pod_cluster_cases import POD_CLUSTER

CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
SERVER = "azure-native:dbforpostgresql:Server"
ROLE = "azure-native:authorization:RoleAssignment"
NAMESPACE = "kubernetes:core/v1:Namespace"
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
LEVEL = "pod-security.kubernetes.io/enforce"


def cluster(plan: Plan) -> dict[str, Any]:
    return dict(plan.one(CLUSTER).inputs)


def hosts(changes: dict[str, Any]) -> set[tuple[str, str]]:
    """Each host that the changes add, with what reaches it."""
    found = []
    for given in ({}, changes):
        config = changed(shipped("dev"), given)
        settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
        assert settings is not None, errors
        names = stack_names(settings, "00000000-0000-0000-0000-000000000001")
        found.append({(one.host, one.purpose) for one in outside_hosts(settings, names)})
    return found[1] - found[0]


def test_a_stack_without_the_settings_leaves_all_of_it_to_others() -> None:
    for stack in ("dev", "prod"):
        inputs, server = cluster(plan_of(stack)), plan_of(stack).one(SERVER).inputs
        assert "diskEncryptionSetID" not in inputs
        assert "azurepolicy" not in inputs.get("addonProfiles", {})
        assert "defender" not in inputs["securityProfile"]
        assert not [pool for pool in inputs["agentPoolProfiles"] if "enableEncryptionAtHost" in pool]
        assert not {"identity", "dataEncryption"} & set(server)


def test_azure_policy_is_an_add_on() -> None:
    assert cluster(planned("azure-policy"))["addonProfiles"] == {"azurepolicy": {"enabled": True}}


def test_azure_policy_stands_beside_the_other_add_ons() -> None:
    plan = plan_of("prod", {"cluster.azurePolicy": True, "secrets.delivery": "csi", "monitoring": {}})
    assert set(cluster(plan)["addonProfiles"]) == {"azureKeyvaultSecretsProvider", "azurepolicy", "omsagent"}


def test_defender_sends_to_the_workspace() -> None:
    assert cluster(planned("defender"))["securityProfile"]["defender"] == {
        "logAnalyticsWorkspaceResourceId": WORKSPACE,
        "securityMonitoring": {"enabled": True},
    }


def test_what_the_stack_file_sets_is_no_longer_left_to_others() -> None:
    before, after = (set(plan.one(CLUSTER).ignore_changes) for plan in (planned("prod"), planned("security-baseline")))
    assert before - after == {"addonProfiles", "addonProfiles.azurepolicy", "securityProfile.defender"}
    before, after = (set(plan.one(SERVER).ignore_changes) for plan in (planned("prod"), planned("security-baseline")))
    assert before - after == {"dataEncryption", "identity"}


def test_the_clusters_identity_reads_the_disk_encryption_set_before_the_cluster_comes() -> None:
    plan = planned("disk-encryption-set")
    assert cluster(plan)["diskEncryptionSetID"] == DISK_ENCRYPTION_SET
    (grant,) = [role for role in plan.all(ROLE) if role.inputs["scope"] == DISK_ENCRYPTION_SET]
    assert grant.inputs["roleDefinitionId"].endswith(f"/{READER}")
    assert grant.urn in plan.one(CLUSTER).dependencies


def test_every_pool_encrypts_at_the_host() -> None:
    plan = planned("host-encryption")
    pools = [*cluster(plan)["agentPoolProfiles"], *(pool.inputs for pool in plan.all(POOL))]
    assert len(pools) == 1 + len(plan.all(POOL)) > 2
    assert all(pool["enableEncryptionAtHost"] is True for pool in pools)


def test_the_database_uses_the_key_by_the_identity() -> None:
    server = planned("database-key").one(SERVER).inputs
    assert server["identity"] == {"type": "UserAssigned", "userAssignedIdentities": {DATABASE_IDENTITY: {}}}
    assert server["dataEncryption"] == {
        "type": "AzureKeyVault",
        "primaryKeyURI": DATABASE_KEY["keyId"],
        "primaryUserAssignedIdentityId": DATABASE_IDENTITY,
    }


def test_backups_in_the_paired_region_have_a_key_and_an_identity_there() -> None:
    server = planned("database-key-geo").one(SERVER).inputs
    assert set(server["identity"]["userAssignedIdentities"]) == {DATABASE_IDENTITY, GEO_IDENTITY}
    assert server["dataEncryption"]["geoBackupKeyURI"] == GEO_DATABASE_KEY["geoBackupKeyId"]
    assert server["dataEncryption"]["geoBackupUserAssignedIdentityId"] == GEO_IDENTITY


def test_a_restored_server_has_the_key_of_the_first_one() -> None:
    servers = planned("security-baseline-restored").all(SERVER)
    assert len(servers) == 2
    assert servers[0].inputs["dataEncryption"] == servers[1].inputs["dataEncryption"]
    assert servers[0].inputs["identity"] == servers[1].inputs["identity"]


def test_nothing_that_the_company_has_is_a_resource_of_the_stack() -> None:
    theirs = {DISK_ENCRYPTION_SET, DATABASE_IDENTITY, WORKSPACE}
    assert not [one for one in planned("security-baseline").resources if one.outputs.get("id") in theirs]


def test_a_cluster_without_airflow_has_the_baseline_of_a_cluster() -> None:
    changes = {key: value for key, value in SECURITY_BASELINE.items() if key.startswith("cluster.")}
    inputs = cluster(plan_of("dev", {**POD_CLUSTER, **changes}))
    assert inputs["diskEncryptionSetID"] == DISK_ENCRYPTION_SET
    assert inputs["addonProfiles"]["azurepolicy"] == {"enabled": True}


def test_a_firewall_must_let_azure_policy_pass() -> None:
    assert hosts({"cluster.azurePolicy": True}) == {
        (host, "Azure Policy")
        for host in (
            "data.policy.core.windows.net",
            "store.policy.core.windows.net",
            "login.windows.net",
            "dc.services.visualstudio.com",
        )
    }


def test_a_firewall_must_let_defender_pass() -> None:
    assert hosts({"cluster.defenderWorkspaceId": WORKSPACE}) == {
        (host, "Defender")
        for host in (
            "*.cloud.defender.microsoft.com",
            "*.ods.opinsights.azure.com",
            "*.oms.opinsights.azure.com",
            "login.microsoftonline.com",
        )
    }


def test_the_price_of_defender_is_left_out_and_said_so() -> None:
    added = set(list_not_priced(planned("security-baseline"))) - set(list_not_priced(planned("prod")))
    assert added == {"Microsoft Defender for Containers, by the vCPU of the nodes"}


CASES = ("security-baseline", "celery-executor", "secrets-csi", "access-label", "chaos", "teams")


@pytest.mark.parametrize("name", CASES)
def test_pods_meet_the_baseline_of_azure_policy(name: str) -> None:
    """Kubernetes itself holds every namespace to more than the initiative "pod security baseline standards" asks."""
    namespaces = [one.inputs["metadata"] for one in planned(name).all(NAMESPACE)]
    assert namespaces
    assert {one["name"]: one["labels"][LEVEL] for one in namespaces} == {
        one["name"]: "restricted" for one in namespaces
    }
