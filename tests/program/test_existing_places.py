"""Plans with a Key Vault, a resource group and a workspace that exist: they are used, and nothing of them is made."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dryrun import cloud
from dryrun.picture.architecture import describe_architecture
from dryrun.plan import Plan, Resource
from tests.case_values import USER_SECRETS, WORKSPACE
from tests.landing_zone_cases import EXISTING_PLACES, GROUP, VAULT
from tests.plans import children, plan_of, planned, synced, texts

SECRET = "azure-native:keyvault:Secret"
ROLE = "azure-native:authorization:RoleAssignment"
PROVIDER = "pulumi:providers:azure-native"
SETTING = "azure-native:monitor:DiagnosticSetting"
STORE = "kubernetes:external-secrets.io/v1:SecretStore"
SECRETS_USER = "4633458b-17de-408a-b874-0445c86b69e6"
SHARED = ("existing-vault", "existing-vault-granted-by-others", "existing-places")
shared_vault = pytest.mark.parametrize("case", SHARED)


def on_the_vault(plan: Plan) -> list[Resource]:
    return [role for role in plan.all(ROLE) if role.inputs["scope"].startswith(VAULT)]


def opened(plan: Plan) -> set[str]:
    """The secrets that a role of the stack opens; `` for all of them."""
    return {role.inputs["scope"].removeprefix(VAULT).removeprefix("/secrets/") for role in on_the_vault(plan)}


def read(plan: Plan) -> set[str]:
    return {name for keys in synced(plan).values() for name in keys.values()}


@shared_vault
def test_no_vault_is_made(case: str) -> None:
    assert planned(case).all("azure-native:keyvault:Vault") == []


@shared_vault
def test_nothing_of_others_is_a_resource_of_the_stack(case: str) -> None:
    plan = planned(case)
    made = {str(resource.outputs.get("id", "")) for resource in plan.resources if resource.type != SECRET}
    assert not {VAULT, WORKSPACE} & made
    if case == "existing-places":
        assert plan.all("azure-native:resources:ResourceGroup") == []
        assert plan.all("azure-native:operationalinsights:Workspace") == []


@shared_vault
def test_secrets_are_written_into_the_vault_under_names_of_the_stack(case: str) -> None:
    plan = planned(case)
    stored = plan.all(SECRET)
    assert len(stored) >= 10
    for secret in stored:
        assert (secret.inputs["vaultName"], secret.inputs["resourceGroupName"]) == ("kv-Platform", "rg-security")
        assert re.fullmatch(r"airflow-prod-[a-z-]+-[0-9a-f]{8}", secret.inputs["secretName"])
    assert len({secret.inputs["secretName"] for secret in stored}) == len(stored)


@shared_vault
def test_the_vaults_subscription_is_asked(case: str) -> None:
    plan = planned(case)
    (provider,) = [item for item in plan.all(PROVIDER) if item.name == "key-vault-subscription"]
    assert provider.inputs["subscriptionId"] == VAULT.split("/")[2]
    assert {secret.provider.rpartition("::")[0] for secret in plan.all(SECRET)} == {provider.urn}


@shared_vault
def test_what_the_cluster_reads_is_in_the_vault(case: str) -> None:
    plan = planned(case)
    stored = {secret.inputs["secretName"] for secret in plan.all(SECRET)}
    of_users = (
        {"region", "warehouse-connection"} if "airflow-user-secrets" in synced(plan) or case != SHARED[2] else set()
    )
    assert read(plan) - stored - {"airflow-example-com"} == of_users
    assert plan.outputs["keyVaultUri"] == "https://kv-platform.vault.azure.net/"
    assert set(plan.outputs["keyVaultSecretNames"].values()) == stored


def test_the_stores_of_the_operator_are_in_the_vault() -> None:
    stores = planned("existing-vault").all(STORE)
    urls = {store.inputs["spec"]["provider"]["azurekv"]["vaultUrl"] for store in stores}
    assert urls == {"https://kv-platform.vault.azure.net/"}


@pytest.mark.parametrize("case", ["existing-vault", "existing-places"])
def test_each_secret_that_the_cluster_reads_is_opened_and_nothing_else(case: str) -> None:
    plan = planned(case)
    assert opened(plan) == read(plan)
    assert all(role.inputs["roleDefinitionId"].endswith(SECRETS_USER) for role in on_the_vault(plan))
    assert all(VAULT.split("/")[2] in role.inputs["roleDefinitionId"] for role in on_the_vault(plan))
    assert "requiredGrants" not in plan.outputs


def test_a_secret_that_two_variables_have_is_opened_once() -> None:
    twice = {"AIRFLOW_VAR_A": "Region", "AIRFLOW_VAR_B": "region"}
    plan = plan_of("prod", {"keyVault": {"existingId": VAULT}, "airflow.keyVaultSecrets": twice})
    assert [role.name for role in on_the_vault(plan) if "reads" in role.name] == ["airflow-secrets-reads-region"]


def test_roles_that_others_assign_are_told() -> None:
    plan = planned("existing-vault-granted-by-others")
    assert on_the_vault(plan) == []
    grants: dict[str, str] = plan.outputs["requiredGrants"]
    scopes = {command.rpartition(" --scope ")[2] for command in grants.values()}
    # The backend asks for any name, and so for a role on the vault.
    assert scopes == {*(f"{VAULT}/secrets/{name}" for name in read(plan)), VAULT}
    assert grants["keyVault.secretsBackend"].endswith(f"--role {SECRETS_USER} --scope {VAULT}")
    assert {"keyVault.airflow-fernet-key", "keyVault.region", "access.tls.certificate"} <= set(grants)


def test_the_backend_gets_no_role_on_the_vault_and_a_warning_says_so() -> None:
    plan = planned("existing-vault-granted-by-others")
    assert [text for text in plan.warnings if "secrets backend reads this vault" in text]
    by_us = plan_of("prod", {"keyVault": {"existingId": VAULT}, "airflow.config": _backend()})
    assert VAULT not in {role.inputs["scope"] for role in by_us.all(ROLE)}
    assert set(by_us.outputs["requiredGrants"]) == {"keyVault.secretsBackend"}


def _backend() -> dict[str, Any]:
    return {"secrets": {"backend": "airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend"}}


def test_secrets_go_with_the_stack_unless_they_are_to_stay() -> None:
    assert {secret.retain_on_delete for secret in planned("existing-vault").all(SECRET)} == {False}
    assert {secret.retain_on_delete for secret in planned("existing-vault-granted-by-others").all(SECRET)} == {True}


def test_secrets_of_an_own_vault_keep_their_names() -> None:
    plan = plan_of("prod", {"airflow.keyVaultSecrets": USER_SECRETS})
    names = {secret.inputs["secretName"] for secret in plan.all(SECRET)}
    assert {"airflow-fernet-key", "airflow-metadata-connection"} <= names
    assert "keyVaultSecretNames" not in plan.outputs


def test_the_vault_of_others_gets_no_endpoint_and_no_diagnostic_setting() -> None:
    plan = plan_of("prod", {**EXISTING_PLACES, "network.private": True})
    assert [resource.name for resource in children(plan, "key-vault")] == ["key-vault-subscription"]
    assert [item.name for item in plan.all(SETTING) if item.inputs["resourceUri"].startswith(VAULT)] == []
    zones = {zone.inputs["privateZoneName"] for zone in plan.all("azure-native:privatedns:PrivateZone")}
    assert "privatelink.vaultcore.azure.net" not in zones


def test_every_resource_is_in_the_group_that_exists() -> None:
    plan = planned("existing-places")
    groups = {
        resource.inputs["resourceGroupName"] for resource in plan.resources if "resourceGroupName" in resource.inputs
    }
    assert groups == {GROUP, "rg-security"}
    assert plan.outputs["resourceGroupName"] == GROUP


def test_resources_are_in_the_stacks_region_whatever_that_of_the_group_is() -> None:
    plan = planned("existing-places")
    assert (
        cloud.call("azure-native:resources:getResourceGroup", {"resourceGroupName": GROUP})["location"] == "westeurope"
    )
    regions = {resource.inputs["location"] for resource in plan.resources if "location" in resource.inputs}
    assert {region.lower() for region in regions} == {"canadacentral", "global"}
    assert plan.outputs["location"] == "canadacentral"


def test_the_workspace_is_read_in_its_subscription_and_gets_the_data() -> None:
    plan = planned("existing-places")
    (provider,) = [item for item in plan.all(PROVIDER) if item.name == "log-workspace-subscription"]
    assert provider.inputs["subscriptionId"] == WORKSPACE.split("/")[2]
    assert {item.inputs["workspaceId"] for item in plan.all(SETTING)} == {WORKSPACE}
    assert plan.outputs["logAnalyticsWorkspaceId"] == WORKSPACE


def test_logical_names_are_those_of_own_places() -> None:
    """Only what is not made is missing, so that nothing has two names in Pulumi."""
    plan, own = (
        planned("existing-places"),
        plan_of("prod", {"monitoring": EXISTING_PLACES["monitoring"], "airflow.executor": "CeleryExecutor"}),
    )
    assert {item.urn.rpartition("::")[2] for item in own.resources} - {
        item.urn.rpartition("::")[2] for item in plan.resources
    } == {
        "key-vault-private",
        "key-vault-private-endpoint",
        "key-vault-private-zone-group",
        "key-vault-vault",
        "monitoring-collection-key-vault-logs",
        "network-key-vault-zone",
        "network-key-vault-zone-link",
        "resource-group",
        "secret-sync-identity-reads-secrets",
    }


def test_the_picture_shows_what_exists() -> None:
    content = describe_architecture(planned("existing-places"))
    assert content.frames["group"].title == "Existing resource group"
    assert content.frames["group"].lines == (GROUP,)
    assert content.boxes["vault"].title == "Existing Key Vault"


def test_hosts_are_those_of_the_vault_that_exists() -> None:
    plan = plan_of("prod", {"keyVault": {"existingId": VAULT}, "network.egress": "restricted"})
    hosts = {text for item in plan.resources for text in texts(item.inputs) if text.endswith(".vault.azure.net")}
    assert hosts == {"kv-platform.vault.azure.net"}


def test_a_cluster_without_airflow_is_in_the_group_that_exists() -> None:
    plan = plan_of("dev", {"airflow": "", **dict.fromkeys(_OF_AIRFLOW), "resourceGroup": {"existingName": GROUP}})
    assert plan.all("azure-native:resources:ResourceGroup") == []
    assert {item.inputs["resourceGroupName"] for item in plan.resources if "resourceGroupName" in item.inputs} == {
        GROUP
    }


_OF_AIRFLOW = ("access", "cluster.pools", "dags", "database", "keyVault", "logs", "secrets")
