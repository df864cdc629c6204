"""The registry that exists: there, honoring the nodes' role, open to nodes and imports, and not in place of data."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.checks.names import unique_names
from components.preflight.checks.rights import ASSIGN, roles_to_assign
from components.preflight.findings import CheckResult, Status
from components.preflight.policy_subjects import list_subjects
from components.preflight.stack_in_azure import REGISTRY as TYPE
from tests.landing_zone_cases import EXISTING_REGISTRY, ISOLATED, LANDING_ZONE, REGISTRY

from .azure_answers import CONTRIBUTOR, READER, Json
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import deploy, names_of, only_problem, problems, result_of, situation

NAME = "existing registry"
SETTING = "airflow-aks:registry.existingId"
ROLE = "Container Registry Repository Reader"
ZONE = ("Microsoft.Network/privateDnsZones", "privatelink.azurecr.io")
IMPORT = "Microsoft.ContainerRegistry/registries/importImage/action"
ADMINISTRATOR = "ask an owner of the scope for the role Role Based Access Control Administrator"


def registry(*endpoints: str, **properties: Any) -> Json:
    """A registry as Azure answers, with private endpoints in these states."""
    connections = [{"properties": {"privateLinkServiceConnectionState": {"status": state}}} for state in endpoints]
    known = {
        "loginServer": "crcontososhared.azurecr.io",
        "publicNetworkAccess": "Enabled",
        "networkRuleSet": {"defaultAction": "Allow", "ipRules": []},
        "networkRuleBypassOptions": "AzureServices",
        "roleAssignmentMode": "LegacyRegistryPermissions",
        "privateEndpointConnections": connections,
    }
    return {"id": REGISTRY, "sku": {"name": "Premium"}, "properties": {**known, **properties}}


@pytest.fixture
def shared(azure: FakeAzure) -> FakeAzure:
    azure.by_path[REGISTRY] = registry()
    return azure


def checked(azure: FakeAzure, stack: str = "prod", **more: Any) -> CheckResult:
    return result_of(NAME, situation(azure, stack, {"registry": {**EXISTING_REGISTRY["registry"], **more}}))


def test_a_registry_of_the_stacks_own_asks_nothing(azure: FakeAzure) -> None:
    assert result_of(NAME, situation(azure, "prod")).status is Status.OK
    assert azure.asked("registry") == []


def test_a_registry_that_suits_passes(shared: FakeAzure) -> None:
    result = checked(shared)
    assert result.status is Status.OK, problems(result)
    assert len(shared.asked("registry")) == 1


def test_an_older_answer_without_a_mode_is_of_a_registry_without_repository_permissions(shared: FakeAzure) -> None:
    del shared.by_path[REGISTRY]["properties"]["roleAssignmentMode"]
    assert checked(shared).status is Status.OK


def test_a_registry_that_does_not_exist_is_a_failure(azure: FakeAzure) -> None:
    text = only_problem(checked(azure), Status.FAILURE)
    assert f"{SETTING}: {REGISTRY} does not exist" in text


@pytest.mark.parametrize(
    ("error", "remedy"), [(FORBIDDEN, "ask for the role Reader there"), (BROKEN, "run this again")]
)
def test_what_azure_does_not_tell_is_unknown(shared: FakeAzure, error: Any, remedy: str) -> None:
    shared.refuse["registry"] = error
    assert remedy in only_problem(checked(shared), Status.UNKNOWN)


@pytest.mark.parametrize("grant", [True, False])
def test_repository_permissions_need_the_role_for_them(shared: FakeAzure, grant: bool) -> None:
    shared.by_path[REGISTRY] = registry(roleAssignmentMode="AbacRepositoryPermissions")
    text = only_problem(checked(shared, grantAccess=grant), Status.FAILURE)
    assert f"does not honor AcrPull: no node could pull -> set airflow-aks:registry.pullRole to {ROLE}" in text
    assert checked(shared, pullRole=ROLE).status is Status.OK


def test_the_role_for_repository_permissions_needs_them(shared: FakeAzure) -> None:
    text = only_problem(checked(shared, pullRole=ROLE), Status.WARNING)
    assert "set airflow-aks:registry.pullRole to AcrPull" in text


@pytest.mark.parametrize("endpoints", [(), ("Pending", "Rejected", "Disconnected")])
def test_a_closed_registry_without_an_endpoint_is_a_failure(shared: FakeAzure, endpoints: tuple[str, ...]) -> None:
    shared.by_path[REGISTRY] = registry(*endpoints, publicNetworkAccess="Disabled")
    text = only_problem(checked(shared), Status.FAILURE)
    assert "neither a public address nor an approved private endpoint" in text


def test_a_closed_registry_with_an_endpoint_is_its_owners_to_judge(shared: FakeAzure) -> None:
    shared.by_path[REGISTRY] = registry("Approved", publicNetworkAccess="Disabled")
    assert "only its owners know" in only_problem(checked(shared), Status.UNKNOWN)


def test_a_registry_for_some_addresses_is_its_owners_to_judge(shared: FakeAzure) -> None:
    shared.by_path[REGISTRY] = registry(networkRuleSet={"defaultAction": "Deny"})
    assert "lets in some addresses only" in only_problem(checked(shared), Status.UNKNOWN)


@pytest.mark.parametrize("closed", [{"publicNetworkAccess": "Disabled"}, {"networkRuleSet": {"defaultAction": "Deny"}}])
def test_a_closed_registry_must_trust_azure_for_imports(shared: FakeAzure, closed: Json) -> None:
    shared.by_path[REGISTRY] = registry("Approved", networkRuleBypassOptions="None", **closed)
    result = checked(shared)
    assert result.status is Status.UNKNOWN
    assert [text for text in problems(result) if "ask its owners to allow trusted Microsoft services" in text]


def test_an_open_registry_needs_no_trust(shared: FakeAzure) -> None:
    shared.by_path[REGISTRY] = registry(networkRuleBypassOptions="None")
    assert checked(shared).status is Status.OK


def test_a_registry_of_the_stacks_own_that_would_go_is_told(shared: FakeAzure) -> None:
    own = names_of("prod").registry
    deploy(shared, "prod", (TYPE, own))
    text = only_problem(checked(shared), Status.WARNING)
    assert f"the stack has the registry {own} of its own: `pulumi up` deletes it at its end" in text


def test_a_zone_that_hides_the_registry_is_a_failure(shared: FakeAzure) -> None:
    deploy(shared, "prod", ZONE)
    assert checked(shared).status is Status.OK
    shared.by_path[REGISTRY] = registry("Approved")
    text = only_problem(checked(shared), Status.FAILURE)
    assert "set airflow-aks:registry.publicAccess to true, and run `pulumi up`, which deletes the zone" in text


def test_rights_are_asked_at_the_registry(shared: FakeAzure) -> None:
    shared.by_path[f"{REGISTRY}/providers/Microsoft.Authorization/permissions"] = {"value": [READER]}
    there = situation(shared, "prod", EXISTING_REGISTRY)
    text = only_problem(result_of("rights", there), Status.FAILURE)
    assert f"{IMPORT} is not allowed at {REGISTRY}" in text
    text = only_problem(result_of("role assignments", there), Status.FAILURE)
    assert f"{ASSIGN} is not allowed at {REGISTRY}" in text
    assert ADMINISTRATOR in text


def test_without_grants_no_right_to_assign_is_asked(shared: FakeAzure) -> None:
    shared.by_path[f"{REGISTRY}/providers/Microsoft.Authorization/permissions"] = {"value": [CONTRIBUTOR]}
    changes = {"registry": {**EXISTING_REGISTRY["registry"], "grantAccess": False}}
    assert result_of("role assignments", situation(shared, "prod", changes)).status is Status.OK
    assert result_of("rights", situation(shared, "prod", changes)).status is Status.OK


def test_the_role_is_assigned_on_the_registry_alone(shared: FakeAzure) -> None:
    changes = {**LANDING_ZONE, "registry": {**EXISTING_REGISTRY["registry"], "pullRole": ROLE}}
    wanted = roles_to_assign(situation(shared, "prod", changes))
    assert wanted[REGISTRY] == {"b93aa761-3e63-49ed-ac28-beffa264f7ac"}
    assert "7f951dda-4ed3-4680-a7ca-43fe172d538d" not in {role for roles in wanted.values() for role in roles}


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nothing_is_asked_about_a_registry_of_the_stacks_own(shared: FakeAzure, stack: str) -> None:
    there = situation(shared, stack, EXISTING_REGISTRY)
    assert TYPE not in {subject.kind for subject in list_subjects(there)}
    assert TYPE not in there.resource_types
    assert TYPE not in {name.resource_type for name in unique_names(there)}


CACHE = f"{REGISTRY}/cacheRules/aks-managed-mcr"
RULE = {"sourceRepository": "mcr.microsoft.com/*", "targetRepository": "aks-managed-repository/*"}


def isolated(azure: FakeAzure) -> CheckResult:
    return result_of(NAME, situation(azure, "prod", {**ISOLATED, **EXISTING_REGISTRY}))


def test_nodes_without_a_way_out_start_from_the_cache_of_a_registry_that_exists(azure: FakeAzure) -> None:
    azure.by_path[REGISTRY] = registry("Approved")
    azure.by_path[CACHE] = {"properties": RULE}
    assert isolated(azure).status is Status.OK


def test_a_registry_that_exists_without_a_cache_or_an_endpoint_starts_no_node(azure: FakeAzure) -> None:
    azure.by_path[REGISTRY] = registry()
    said = problems(isolated(azure))
    assert any("has no private endpoint" in line for line in said)
    assert any("has no cache rule aks-managed-mcr" in line for line in said)


def test_a_cache_of_other_images_starts_no_node(azure: FakeAzure) -> None:
    azure.by_path[REGISTRY] = registry("Approved")
    azure.by_path[CACHE] = {"properties": {**RULE, "sourceRepository": "docker.io/*"}}
    assert "is another than nodes start from" in only_problem(isolated(azure), Status.FAILURE)
