"""Plans with a registry that exists: none is made, nothing of it changes, and every image comes from it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from dryrun.plan import Plan, Resource
from tests.landing_zone_cases import EXISTING_REGISTRY, REGISTRY
from tests.plans import plan_of, planned, texts
from tests.pod_cluster_cases import POD_CLUSTER
from tests.remote_cluster_cases import THREE

OWN = "azure-native:containerregistry:Registry"
ROLE = "azure-native:authorization:RoleAssignment"
ZONE = "azure-native:privatedns:PrivateZone"
ENDPOINT = "azure-native:network:PrivateEndpoint"
DIAGNOSTICS = "azure-native:monitor:DiagnosticSetting"
SERVER = "crcontososhared.azurecr.io"
SUBSCRIPTION = REGISTRY.split("/")[2]
ACR_PULL = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
REPOSITORY_READER = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
CASES = ("existing-registry", "existing-registry-in-landing-zone", "existing-registry-granted-by-others")
every = pytest.mark.parametrize("case", CASES)


def imports(plan: Plan) -> list[Resource]:
    return [resource for resource in plan.resources if resource.type.endswith(":ImageImport")]


def roles(plan: Plan) -> list[Resource]:
    return [role for role in plan.all(ROLE) if role.inputs["scope"] == REGISTRY]


@every
def test_no_registry_is_made(case: str) -> None:
    assert planned(case).all(OWN) == []


@every
def test_the_existing_registry_is_no_resource_of_the_stack(case: str) -> None:
    found = [resource for resource in planned(case).resources if str(resource.id).lower() == REGISTRY.lower()]
    assert found == []


@every
def test_nothing_names_a_registry_of_the_stacks_own(case: str) -> None:
    plan = planned(case)
    everything = [resource.inputs for resource in plan.resources] + [plan.outputs, plan.vault]
    assert [text for value in everything for text in texts(value) if "crairflowprod" in text] == []


@every
def test_the_outputs_name_the_existing_registry(case: str) -> None:
    outputs = planned(case).outputs
    assert (outputs["registryId"], outputs["registryLoginServer"]) == (REGISTRY, SERVER)


@every
def test_images_are_imported_where_the_registry_is(case: str) -> None:
    found = imports(planned(case))
    assert len(found) >= 5
    places = {(i.inputs["subscriptionId"], i.inputs["resourceGroupName"], i.inputs["registryName"]) for i in found}
    assert places == {(SUBSCRIPTION, "rg-shared", "crContosoShared")}
    assert {i.inputs["loginServer"] for i in found} == {SERVER}


@every
def test_the_registry_has_no_endpoint_and_no_zone_of_the_stacks_own(case: str) -> None:
    plan = planned(case)
    assert [zone for zone in plan.all(ZONE) if "azurecr" in zone.inputs["privateZoneName"]] == []
    targets = [
        connection["privateLinkServiceId"]
        for endpoint in plan.all(ENDPOINT)
        for connection in endpoint.inputs["privateLinkServiceConnections"]
    ]
    assert REGISTRY not in targets


def test_nodes_may_pull_from_the_registry_and_no_more() -> None:
    (role,) = roles(planned("existing-registry"))
    assert role.name == "registry-kubelet-crcontososhared-pull"
    # The definition is that of the registry's subscription, as Azure answers.
    assert role.inputs["roleDefinitionId"] == (
        f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.Authorization/roleDefinitions/{ACR_PULL}"
    )
    assert role.inputs["principalType"] == "ServicePrincipal"
    assert "requiredGrants" not in planned("existing-registry").outputs


def test_a_registry_with_repository_permissions_gets_their_role() -> None:
    (role,) = roles(planned("existing-registry-in-landing-zone"))
    assert role.inputs["roleDefinitionId"].endswith(f"/{REPOSITORY_READER}")


def test_without_the_right_to_grant_the_roles_are_told_and_not_assigned() -> None:
    plan = planned("existing-registry-granted-by-others")
    assert roles(plan) == []
    grants: dict[str, Any] = plan.outputs["requiredGrants"]
    assert len(grants) == 4
    assert [key for key in grants if key == "registry"] == ["registry"]
    assert sorted(key for key in grants if key != "registry")[0].startswith("registry for remote-clusters-")
    assert len(set(grants.values())) == 4
    for command in grants.values():
        assert command.startswith("az role assignment create --assignee-object-id ")
        assert command.endswith(f" --role {ACR_PULL} --scope {REGISTRY}")


def test_the_nodes_of_remote_clusters_pull_from_the_existing_registry_too() -> None:
    plan = plan_of("prod", {**THREE, **EXISTING_REGISTRY})
    assert len(roles(plan)) == 4


def test_logs_of_the_registry_are_left_to_its_owners() -> None:
    watched = [item.inputs["resourceUri"] for item in planned("existing-registry-in-landing-zone").all(DIAGNOSTICS)]
    assert watched
    assert REGISTRY not in watched


def test_a_registry_of_the_stacks_own_is_watched() -> None:
    plan = planned("monitoring")
    assert plan.one(OWN).id in [item.inputs["resourceUri"] for item in plan.all(DIAGNOSTICS)]


def test_the_registry_is_read_in_its_own_subscription() -> None:
    (provider,) = planned("existing-registry").all("pulumi:providers:azure-native")
    assert provider.inputs["subscriptionId"] == SUBSCRIPTION


def test_a_customized_image_is_below_the_prefix() -> None:
    (release,) = [r for r in planned("existing-registry-in-landing-zone").releases if r.inputs["name"] == "airflow"]
    assert release.inputs["values"]["defaultAirflowRepository"] == f"{SERVER}/platform/airflow/customized/airflow"


def test_a_private_network_leaves_the_registry_to_its_owners() -> None:
    plan = plan_of("prod", {**EXISTING_REGISTRY, "network.private": True, "database.access": None})
    assert plan.all(OWN) == []
    assert "key-vault" in json.dumps([zone.name for zone in plan.all(ZONE)])


def test_a_stack_without_airflow_uses_it_too() -> None:
    plan = plan_of("dev", {**POD_CLUSTER, **EXISTING_REGISTRY})
    assert plan.all(OWN) == []
    assert plan.outputs["registryId"] == REGISTRY
    assert len(roles(plan)) == 1


def test_a_prefix_suits_a_registry_of_the_stacks_own() -> None:
    plan = planned("registry-prefix")
    assert plan.one(OWN).inputs["publicNetworkAccess"] == "Disabled"
    assert {item.inputs["targetRepository"].partition("/")[0] for item in imports(plan)} == {"airflow-prod"}
