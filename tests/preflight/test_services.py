"""The resource providers, the database, the version of Kubernetes, and the policies."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from components.preflight.findings import Status
from components.preflight.situation import Situation

from .azure_answers import CONTRIBUTOR, READER, SCOPE, capabilities, denial, permissions
from .fake_azure import FakeAzure
from .situations import deploy, names_of, only_problem, problems, result_of, situation

CELERY = {"airflow.executor": "CeleryExecutor", "monitoring": {}}
SERVER = ("Microsoft.DBforPostgreSQL/flexibleServers", names_of("prod").database_server)


@pytest.mark.parametrize("name", ["resource providers", "database", "Kubernetes version", "policies"])
@pytest.mark.parametrize("changes", [{}, CELERY], ids=["as shipped", "with everything"])
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_services_that_are_offered_pass(azure: FakeAzure, name: str, stack: str, changes: dict[str, Any]) -> None:
    result = result_of(name, situation(azure, stack, changes))
    assert result.status is Status.OK, problems(result)
    assert result.findings


def set_state(azure: FakeAzure, namespace: str, state: str) -> None:
    (provider,) = (entry for entry in azure.answers["providers"] if entry["namespace"].lower() == namespace.lower())
    provider["registrationState"] = state


def test_provider_that_is_not_registered_is_registered_at_its_first_use(azure: FakeAzure) -> None:
    set_state(azure, "Microsoft.KeyVault", "NotRegistered")
    text = only_problem(result_of("resource providers", situation(azure)), Status.WARNING)
    assert "Microsoft.KeyVault is NotRegistered: Azure registers it at the first use" in text
    assert "az provider register --namespace Microsoft.KeyVault --wait" in text


def test_provider_that_the_account_may_not_register_is_refused(azure: FakeAzure) -> None:
    set_state(azure, "Microsoft.KeyVault", "NotRegistered")
    azure.answers["permissions"] = [READER]
    text = only_problem(result_of("resource providers", situation(azure)), Status.FAILURE)
    assert "you may not register it" in text


def test_right_to_register_under_a_condition_is_uncertain(azure: FakeAzure) -> None:
    set_state(azure, "Microsoft.KeyVault", "NotRegistered")
    azure.answers["permissions"] = [permissions("*", condition="@Resource[x] StringEquals 'y'")]
    assert "conditions" in only_problem(result_of("resource providers", situation(azure)), Status.UNKNOWN)


def test_provider_that_azure_registers_right_now_is_a_warning(azure: FakeAzure) -> None:
    set_state(azure, "Microsoft.Storage", "Registering")
    azure.answers["permissions"] = [READER]
    assert "wait until" in only_problem(result_of("resource providers", situation(azure)), Status.WARNING)


def test_monitoring_needs_its_provider_beforehand(azure: FakeAzure) -> None:
    set_state(azure, "Microsoft.Insights", "NotRegistered")
    azure.answers["permissions"] = [CONTRIBUTOR]
    assert result_of("resource providers", situation(azure)).status is Status.OK
    result = result_of("resource providers", situation(azure, "dev", {"monitoring": {}}))
    assert "a diagnostic setting fails without it" in only_problem(result, Status.FAILURE)


@pytest.mark.parametrize(
    ("executor", "status"), [("KubernetesExecutor", Status.OK), ("CeleryExecutor", Status.WARNING)]
)
def test_broker_needs_a_provider_that_other_executors_do_not(azure: FakeAzure, executor: str, status: Status) -> None:
    set_state(azure, "Microsoft.Cache", "NotRegistered")
    result = result_of("resource providers", situation(azure, "dev", {"airflow.executor": executor}))
    assert result.status is status, problems(result)


def test_service_that_the_region_lacks_is_named(azure: FakeAzure) -> None:
    (provider,) = (entry for entry in azure.answers["providers"] if entry["namespace"] == "Microsoft.Cache")
    provider["resourceTypes"][1]["locations"] = ["East US"]
    text = only_problem(result_of("resource providers", situation(azure, "dev", CELERY)), Status.FAILURE)
    assert text.startswith("failure azure-native:location: Microsoft.Cache/redisEnterprise is not offered in canada")


def restrict(azure: FakeAzure) -> None:
    (capability,) = azure.answers["capabilities"]
    capability["supportedFeatures"] = [{"name": "OfferRestricted", "status": "Enabled"}]
    capability["reason"] = "Subscriptions are restricted from provisioning in this region."


@pytest.mark.parametrize("empty", [True, False], ids=["no capabilities", "restricted"])
def test_region_that_is_closed_to_new_servers_is_refused(azure: FakeAzure, *, empty: bool) -> None:
    if empty:
        azure.answers["capabilities"] = []
    else:
        restrict(azure)
    text = only_problem(result_of("database", situation(azure, "prod")), Status.FAILURE)
    assert text.startswith("failure azure-native:location: Azure has closed canadacentral to new PostgreSQL servers")
    assert empty or "Subscriptions are restricted" in text


def test_server_that_exists_is_not_touched_by_a_closed_region(azure: FakeAzure) -> None:
    restrict(azure)
    deploy(azure, "prod", SERVER)
    assert result_of("database", situation(azure, "prod")).status is Status.OK


def test_features_in_the_older_properties_count_too(azure: FakeAzure) -> None:
    (capability,) = azure.answers["capabilities"]
    del capability["supportedFeatures"]
    assert result_of("database", situation(azure, "prod")).status is Status.OK
    capability["zoneRedundantHaSupported"] = "Disabled"
    assert result_of("database", situation(azure, "prod")).status is Status.FAILURE
    capability["restricted"] = "Enabled"
    assert "has closed" in only_problem(result_of("database", situation(azure, "prod")), Status.FAILURE)


def disable(azure: FakeAzure, *features: str) -> None:
    (capability,) = azure.answers["capabilities"]
    for feature in capability["supportedFeatures"]:
        if feature["name"] in features:
            feature["status"] = "Disabled"


@pytest.mark.parametrize(
    ("disabled", "said"),
    [
        ("ZoneRedundantHa", "database.highAvailability: the region offers no standby in another zone"),
        ("GeoBackup", "database.geoRedundantBackup: the region offers no geo-redundant backups"),
        ("ZoneRedundantHaAndGeoBackup", "database.geoRedundantBackup: the region does not offer a standby"),
    ],
)
def test_redundancy_that_the_region_lacks_is_refused(azure: FakeAzure, disabled: str, said: str) -> None:
    disable(azure, disabled)
    result = result_of("database", situation(azure, "prod", {"database.geoRedundantBackup": True}))
    assert said in only_problem(result, Status.FAILURE)


def test_every_fault_of_the_database_is_told_at_once(azure: FakeAzure) -> None:
    changes = {"database.sku": "Standard_D8ds_v5", "database.version": "14"}
    (capability,) = azure.answers["capabilities"]
    capability["supportedServerVersions"][0]["status"] = "Disabled"
    size, version = problems(result_of("database", situation(azure, "prod", changes)))
    assert size.startswith("failure airflow-aks:database.sku: Standard_D8ds_v5 is not offered")
    assert "Standard_D2ds_v5" in size
    assert version.startswith("failure airflow-aks:database.version: version 14 is not offered -> use one of 15, 16")


def test_tier_that_the_region_lacks_is_refused(azure: FakeAzure) -> None:
    azure.answers["capabilities"][0]["supportedServerEditions"] = capabilities()[0]["supportedServerEditions"][:1]
    text = only_problem(result_of("database", situation(azure, "prod")), Status.FAILURE)
    assert "database.tier: tier GeneralPurpose is not offered -> use one of Burstable" in text


def test_size_without_the_standby_is_refused(azure: FakeAzure) -> None:
    for size in azure.answers["capabilities"][0]["supportedServerEditions"][1]["supportedServerSkus"]:
        size["supportedHaMode"] = ["SameZone"]
    text = only_problem(result_of("database", situation(azure, "prod")), Status.FAILURE)
    assert "Standard_D4ds_v5 has no standby of kind ZoneRedundant -> use Disabled or SameZone" in text


@pytest.mark.parametrize(
    ("version", "said"),
    [
        ("1.37", "1.37 is only a preview -> use one of 1.34, 1.35, 1.36"),
        ("1.33", "1.33 is not offered in canadacentral with tier Free"),
        ("1.30", "1.30 is not offered in canadacentral with tier Free"),
    ],
)
def test_version_that_azure_does_not_offer_is_refused(azure: FakeAzure, version: str, said: str) -> None:
    result = result_of("Kubernetes version", with_version(azure, version))
    assert said in only_problem(result, Status.FAILURE)


def with_version(azure: FakeAzure, version: str, tier: str = "Free") -> Situation:
    """A situation with a version that the checker, which knows versions of its own, may refuse."""
    there = situation(azure)
    cluster = there.settings.cluster.model_copy(update={"kubernetes_version": version, "tier": tier})
    return replace(there, settings=there.settings.model_copy(update={"cluster": cluster}))


def test_premium_tier_needs_a_version_with_long_term_support(azure: FakeAzure) -> None:
    assert result_of("Kubernetes version", with_version(azure, "1.33", "Premium")).status is Status.OK
    for entry in azure.answers["versions"]:
        entry["capabilities"]["supportPlan"] = ["KubernetesOfficial"]
    result = result_of("Kubernetes version", with_version(azure, "1.35", "Premium"))
    assert "with tier Premium -> choose another region" in only_problem(result, Status.FAILURE)


def test_cluster_that_exists_may_have_an_older_version(azure: FakeAzure) -> None:
    deploy(azure, "dev", ("Microsoft.ContainerService/managedClusters", names_of().cluster))
    text = only_problem(result_of("Kubernetes version", with_version(azure, "1.32")), Status.WARNING)
    assert "so that the cluster could not be made again" in text


def deny(azure: FakeAzure, kind: str, *evaluations: Any) -> None:
    """Answer like this to the resources of a type, and that all is well to the others."""
    azure.policies_by_type[kind] = {"contentEvaluationResult": {"policyEvaluations": list(evaluations)}}


VAULT = "Microsoft.KeyVault/vaults"


def test_policy_that_denies_a_setting_is_named(azure: FakeAzure) -> None:
    deny(azure, VAULT, denial("no-public-vaults", "properties.publicNetworkAccess"))
    text = only_problem(result_of("policies", situation(azure)), Status.FAILURE)
    assert f"the policy assignment no-public-vaults denies {VAULT} {names_of().vault} because of" in text
    assert "docs/tenant-policies.md" in text


def test_policy_on_tags_is_certain_because_all_tags_are_sent(azure: FakeAzure) -> None:
    deny(azure, VAULT, denial("cost-center", "tags.costCenter"))
    assert "because of tags.costCenter" in only_problem(result_of("policies", situation(azure)), Status.FAILURE)


def test_policy_on_a_property_that_is_not_sent_is_uncertain(azure: FakeAzure) -> None:
    deny(azure, VAULT, denial("odd", "properties.publicNetworkAccess", "properties.createMode"))
    text = only_problem(result_of("policies", situation(azure)), Status.UNKNOWN)
    assert "odd may deny" in text
    assert "depending on properties.createMode" in text


@pytest.mark.parametrize("effect", ["Audit", "Modify", "DeployIfNotExists", "Append"])
def test_policy_with_another_effect_is_no_problem(azure: FakeAzure, effect: str) -> None:
    deny(azure, VAULT, denial("soft", "properties.publicNetworkAccess", effect=effect))
    assert result_of("policies", situation(azure)).status is Status.OK


def test_policies_are_asked_at_the_subscription_until_the_group_exists(azure: FakeAzure) -> None:
    result_of("policies", situation(azure))
    assert {str(request.url).partition("/providers")[0] for request in azure.asked("policies")} == {
        f"https://management.azure.com{SCOPE}"
    }
    azure.requests.clear()
    deploy(azure)
    result_of("policies", situation(azure))
    bodies = {
        json.loads(request.body)["resourceDetails"]["resourceContent"]["type"]: str(request.url)
        for request in azure.asked("policies")
    }
    assert "/resourceGroups/rg-airflow-dev/" in bodies[VAULT]
    # AKS puts nodes into a resource group of its own.
    assert "/resourceGroups/" not in bodies["Microsoft.Compute/virtualMachineScaleSets"]
    assert "Microsoft.Resources/subscriptions/resourceGroups" not in bodies
