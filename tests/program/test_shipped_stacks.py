"""What the shipped stack files make, in the points that matter."""

from __future__ import annotations

import json

import pytest

from tests.cases import STACKS
from tests.plans import plan_of

TAGGED_TYPES = {
    "azure-native:containerregistry:Registry",
    "azure-native:containerservice:AgentPool",
    "azure-native:containerservice:ManagedCluster",
    "azure-native:dbforpostgresql:Server",
    "azure-native:keyvault:Secret",
    "azure-native:keyvault:Vault",
    "azure-native:managedidentity:UserAssignedIdentity",
    "azure-native:network:VirtualNetwork",
    "azure-native:resources:ResourceGroup",
    "azure-native:storage:StorageAccount",
}
each_stack = pytest.mark.parametrize("stack", STACKS)


@each_stack
def test_everything_that_takes_tags_has_them(stack: str) -> None:
    plan = plan_of(stack)
    expected = {"environment": stack, "project": "airflow-aks", "stack": stack}
    tagged = {resource.type for resource in plan.resources if resource.inputs.get("tags") == expected}
    assert tagged >= TAGGED_TYPES
    assert all(resource.inputs["tags"] == expected for resource in plan.resources if "tags" in resource.inputs)


@each_stack
def test_log_storage_has_no_keys_and_no_public_blobs(stack: str) -> None:
    account = plan_of(stack).one("azure-native:storage:StorageAccount").inputs
    assert account["allowSharedKeyAccess"] is False
    assert account["allowBlobPublicAccess"] is False
    assert account["minimumTlsVersion"] == "TLS1_2"


def test_old_logs_are_deleted() -> None:
    policy = plan_of("prod").one("azure-native:storage:ManagementPolicy").inputs["policy"]["rules"][0]["definition"]
    assert policy["filters"]["prefixMatch"] == ["airflow-logs/"]
    assert policy["actions"]["baseBlob"]["delete"]["daysAfterModificationGreaterThan"] == 365


@each_stack
def test_vault_is_in_rbac_mode(stack: str) -> None:
    vault = plan_of(stack).one("azure-native:keyvault:Vault").inputs["properties"]
    assert vault["enableRbacAuthorization"] is True
    assert "accessPolicies" not in vault


def test_purge_protection_is_never_sent_as_false() -> None:
    assert "enablePurgeProtection" not in plan_of("dev").one("azure-native:keyvault:Vault").inputs["properties"]
    assert plan_of("prod").one("azure-native:keyvault:Vault").inputs["properties"]["enablePurgeProtection"] is True


@each_stack
def test_vault_secrets_stay_when_the_stack_goes(stack: str) -> None:
    assert all(secret.retain_on_delete for secret in plan_of(stack).all("azure-native:keyvault:Secret"))


@each_stack
def test_registry_has_no_stored_password(stack: str) -> None:
    assert plan_of(stack).one("azure-native:containerregistry:Registry").inputs["adminUserEnabled"] is False


def test_prod_data_is_protected() -> None:
    protected = {resource.type for resource in plan_of("prod").resources if resource.protect}
    assert protected == {
        "azure-native:containerregistry:Registry",
        "azure-native:dbforpostgresql:Database",
        "azure-native:dbforpostgresql:Server",
        "azure-native:keyvault:Vault",
        "azure-native:storage:BlobContainer",
        "azure-native:storage:StorageAccount",
    }


def test_dev_data_is_not() -> None:
    assert not [resource for resource in plan_of("dev").resources if resource.protect]


@each_stack
def test_each_identity_has_exactly_the_roles_it_needs(stack: str) -> None:
    plan = plan_of(stack)
    owners = {
        identity.outputs["principalId"]: identity.name
        for identity in plan.all("azure-native:managedidentity:UserAssignedIdentity")
    }
    granted = sorted(
        (
            owners[role.inputs["principalId"]],
            role.inputs["roleDefinitionId"].rpartition("/")[2],
            role.inputs["scope"].rpartition("/")[2].split("-")[0],
            role.inputs["principalType"],
        )
        for role in plan.all("azure-native:authorization:RoleAssignment")
    )
    registry, vault = plan.outputs["registryId"].rpartition("/")[2], "kv"
    assert granted == sorted(
        [
            ("airflow-identity-identity", "ba92f5b4-2d11-453d-a403-e96b0029c9fe", "airflow", "ServicePrincipal"),
            ("cluster-control-plane-identity", "4d97b98b-1d4f-4787-a291-c67834d212e7", "nodes", "ServicePrincipal"),
            ("cluster-control-plane-identity", "f1a07417-d97a-45cb-824c-7a7467783830", "id", "ServicePrincipal"),
            ("cluster-kubelet-identity", "7f951dda-4ed3-4680-a7ca-43fe172d538d", registry, "ServicePrincipal"),
            ("secret-sync-identity-identity", "4633458b-17de-408a-b874-0445c86b69e6", vault, "ServicePrincipal"),
        ]
    )


def test_extra_readers_of_the_vault_may_be_of_any_type() -> None:
    reader = "00000000-0000-0000-0000-000000000002"
    plan = plan_of("dev", {"keyVault.readerPrincipalIds": [reader]})
    role = plan.one("azure-native:authorization:RoleAssignment", f"key-vault-reader-{reader}")
    assert "principalType" not in role.inputs


@each_stack
def test_what_aks_changes_by_itself_is_no_drift(stack: str) -> None:
    plan = plan_of(stack)
    cluster = plan.one("azure-native:containerservice:ManagedCluster")
    assert {"kubernetesVersion", "agentPoolProfiles[0].count"} <= set(cluster.ignore_changes)
    assert all("count" in pool.ignore_changes for pool in plan.all("azure-native:containerservice:AgentPool"))


def test_version_is_ours_to_set_when_aks_does_not_move_it() -> None:
    plan = plan_of("prod", {"cluster.autoUpgrade": "patch"})
    assert "kubernetesVersion" not in plan.one("azure-native:containerservice:ManagedCluster").ignore_changes


@each_stack
def test_swapped_zones_never_replace_the_database(stack: str) -> None:
    assert "availabilityZone" in plan_of(stack).one("azure-native:dbforpostgresql:Server").ignore_changes


@each_stack
def test_windows_for_both_kinds_of_upgrade(stack: str) -> None:
    windows = plan_of(stack).all("azure-native:containerservice:MaintenanceConfiguration")
    assert sorted(window.inputs["configName"] for window in windows) == [
        "aksManagedAutoUpgradeSchedule",
        "aksManagedNodeOSUpgradeSchedule",
    ]


@each_stack
def test_namespaces_enforce_restricted_pods(stack: str) -> None:
    for namespace in plan_of(stack).all("kubernetes:core/v1:Namespace"):
        labels = namespace.inputs["metadata"]["labels"]
        assert labels["pod-security.kubernetes.io/enforce"] == "restricted"


@each_stack
def test_releases_wait_for_their_pods(stack: str) -> None:
    for release in plan_of(stack).releases:
        assert release.inputs["skipAwait"] is False
        assert release.inputs["timeout"] >= 600


@each_stack
def test_kubernetes_objects_use_the_clusters_provider(stack: str) -> None:
    plan = plan_of(stack)
    provider = plan.one("pulumi:providers:kubernetes")
    objects = [resource for resource in plan.resources if resource.type.startswith("kubernetes:")]
    assert objects
    assert all(resource.provider.startswith(provider.urn) for resource in objects)


@each_stack
def test_provider_knows_its_cluster_by_name_not_by_credential(stack: str) -> None:
    provider = plan_of(stack).one("pulumi:providers:kubernetes").inputs
    assert provider["clusterIdentifier"].startswith(f"aks-airflow-{stack}-")
    assert provider["kubeconfig"] == "[secret]"


@each_stack
def test_connect_command_names_cluster_and_service(stack: str) -> None:
    command = plan_of(stack).outputs["connectCommand"]
    assert f"--name aks-airflow-{stack}" in command
    assert "port-forward service/airflow-api-server 8080:8080" in command


def test_without_local_accounts_the_kubeconfig_uses_kubelogin() -> None:
    plan = plan_of(
        "dev",
        {"cluster.localAccounts": False, "cluster.adminGroupIds": ["00000000-0000-0000-0000-000000000001"]},
    )
    assert plan.outputs["kubeconfig"] == "[secret]"
    assert "kubelogin" not in json.dumps(plan_of("dev").outputs)


def test_prod_has_no_spot_nodes() -> None:
    pools = plan_of("prod").all("azure-native:containerservice:AgentPool")
    assert pools
    assert not [pool.name for pool in pools if "scaleSetPriority" in pool.inputs]


@each_stack
def test_only_pools_that_stay_are_grown_by_upgrades(stack: str) -> None:
    for pool in plan_of(stack).all("azure-native:containerservice:AgentPool"):
        assert ("upgradeSettings" in pool.inputs) == ("scaleSetPriority" not in pool.inputs)


def test_new_pool_has_a_name_of_its_own_in_the_same_place() -> None:
    tasks = {"name": "tasks", "minNodes": 0, "maxNodes": 20, "purpose": "workers"}
    pools = [{"name": "airflow", "minNodes": 3, "maxNodes": 9}, {**tasks, "vmSize": "Standard_E8ds_v5"}]
    before, after = (
        {pool.name: pool.inputs["agentPoolName"] for pool in plan.all("azure-native:containerservice:AgentPool")}
        for plan in (plan_of("prod"), plan_of("prod", {"cluster.pools": pools}))
    )
    assert before.keys() == after.keys()
    assert [name for name in before if before[name] != after[name]] == ["cluster-pool-tasks"]
