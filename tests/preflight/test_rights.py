"""The rights of the account, also under conditions."""

from __future__ import annotations

import re

import pytest

from components.azure import roles
from components.preflight.checks.rights import ASSIGN, roles_to_assign
from components.preflight.findings import Status
from components.preflight.permissions import Permissions
from tests.plans import plan_of

from .azure_answers import CONTRIBUTOR, OWNER, READER, SCOPE, permissions
from .fake_azure import FORBIDDEN, FakeAzure
from .situations import deploy, only_problem, problems, result_of, situation

ADMINISTRATOR = permissions("Microsoft.Authorization/roleAssignments/write", "*/read")
ZONE = f"{SCOPE}/resourceGroups/dns/providers/Microsoft.Network/dnsZones/example.com"
REMOTE = f"{SCOPE}/resourceGroups/gpu/providers/Microsoft.ContainerService/managedClusters/gpu"
PEER = f"{SCOPE}/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub"

IMAGE = {"repository": "customized/airflow", "tag": "1"}


def only_for(*allowed: str) -> str:
    """A condition as the portal makes it, which limits the roles that somebody may assign."""
    return (
        "((!(ActionMatches{'Microsoft.Authorization/roleAssignments/write'})) OR (@Request[Microsoft.Authorization/"
        f"roleAssignments:RoleDefinitionId] ForAnyOfAnyValues:GuidEquals {{{', '.join(allowed)}}}))"
    )


def test_owner_may_do_everything(azure: FakeAzure) -> None:
    for name in ("rights", "role assignments"):
        assert result_of(name, situation(azure)).status is Status.OK


def test_contributor_and_administrator_together_may_do_everything(azure: FakeAzure) -> None:
    azure.answers["permissions"] = [CONTRIBUTOR, ADMINISTRATOR]
    for name in ("rights", "role assignments"):
        assert result_of(name, situation(azure)).status is Status.OK


def test_contributor_alone_may_not_assign_roles(azure: FakeAzure) -> None:
    azure.answers["permissions"] = [CONTRIBUTOR]
    assert result_of("rights", situation(azure)).status is Status.OK
    text = only_problem(result_of("role assignments", situation(azure)), Status.FAILURE)
    assert f"{ASSIGN} is not allowed at {SCOPE}" in text
    assert "Role Based Access Control Administrator" in text


def test_reader_may_create_nothing(azure: FakeAzure) -> None:
    azure.answers["permissions"] = [READER]
    text = only_problem(result_of("rights", situation(azure)), Status.FAILURE)
    for action in (
        "Microsoft.ContainerService/managedClusters/write",
        "Microsoft.ContainerRegistry/registries/importImage/action",
        "Microsoft.Resources/subscriptions/resourceGroups/write",
    ):
        assert action in text


def test_condition_makes_the_right_uncertain_and_names_the_roles_that_it_lacks(azure: FakeAzure) -> None:
    azure.answers["permissions"] = [CONTRIBUTOR, {**ADMINISTRATOR, "condition": only_for(roles.ACR_PULL)}]
    text = only_problem(result_of("role assignments", situation(azure)), Status.UNKNOWN)
    assert "they do not name Key Vault Secrets User, Managed Identity Operator, Network Contributor" in text
    assert "AcrPull" not in text


def test_condition_that_names_every_role_is_still_uncertain(azure: FakeAzure) -> None:
    every = only_for(*(value for value in vars(roles).values() if isinstance(value, str) and len(value) == 36))
    azure.answers["permissions"] = [CONTRIBUTOR, {**ADMINISTRATOR, "condition": every}]
    text = only_problem(result_of("role assignments", situation(azure)), Status.UNKNOWN)
    assert "they name every role" in text


def test_condition_on_roles_does_not_limit_other_actions() -> None:
    limited = Permissions([{**OWNER, "condition": only_for(roles.ACR_PULL)}])
    assert limited.allow("Microsoft.KeyVault/vaults/write") is True
    assert limited.allow(ASSIGN) is None


def test_condition_without_an_action_limits_every_action(azure: FakeAzure) -> None:
    azure.answers["permissions"] = [{**OWNER, "condition": "@Resource[x] StringEquals 'y'"}]
    text = only_problem(result_of("rights", situation(azure)), Status.UNKNOWN)
    assert "under conditions" in text


@pytest.mark.parametrize(
    ("entries", "allowed"),
    [
        ([], False),
        ([OWNER], True),
        ([CONTRIBUTOR], False),
        ([permissions("microsoft.authorization/ROLEASSIGNMENTS/*")], True),
        ([permissions("Microsoft.Authorization/roleAssignments/read")], False),
        # What one role excludes, another one allows.
        ([CONTRIBUTOR, OWNER], True),
        ([{**OWNER, "condition": only_for()}, OWNER], True),
    ],
)
def test_permissions_are_the_union_of_the_roles(entries: list[dict[str, object]], *, allowed: bool) -> None:
    assert Permissions(entries).allow(ASSIGN) is allowed


def test_rights_are_asked_at_the_resource_group_once_it_exists(azure: FakeAzure) -> None:
    deploy(azure)
    azure.by_path["rg-airflow-dev/providers/Microsoft.Authorization/permissions"] = {"value": [READER]}
    assert "rg-airflow-dev" in only_problem(result_of("rights", situation(azure)), Status.FAILURE)
    assert "rg-airflow-dev" in only_problem(result_of("role assignments", situation(azure)), Status.FAILURE)


def refuse_at(azure: FakeAzure, scope: str) -> None:
    azure.by_path[f"{scope}/providers/Microsoft.Authorization/permissions"] = {"value": [READER]}


def test_right_to_peer_is_asked_at_the_other_network(azure: FakeAzure) -> None:
    refuse_at(azure, PEER)
    text = only_problem(result_of("rights", situation(azure, "dev", {"network.peerWith": [PEER]})), Status.FAILURE)
    assert f"Microsoft.Network/virtualNetworks/peer/action is not allowed at {PEER}" in text


def test_rights_at_a_dns_zone_are_asked_there(azure: FakeAzure) -> None:
    refuse_at(azure, ZONE)
    access = {"host": "airflow.example.com", "dnsZoneId": ZONE, "tls": {"email": "ops@example.com"}}
    there = situation(azure, "dev", {"access": access})
    assert f"dnsZones/A/write is not allowed at {ZONE}" in only_problem(result_of("rights", there), Status.FAILURE)
    assert f"{ASSIGN} is not allowed at {ZONE}" in only_problem(result_of("role assignments", there), Status.FAILURE)


def test_rights_at_a_remote_cluster_are_asked_there(azure: FakeAzure) -> None:
    refuse_at(azure, REMOTE)
    entry = {"connectionId": "gpu", "clusterId": REMOTE, "namespace": "jobs", "grantAccess": True, "azureRbac": True}
    there = situation(azure, "dev", {"remoteClusters": [entry], "airflow.image": IMAGE})
    assert "listClusterUserCredential/action is not" in only_problem(result_of("rights", there), Status.FAILURE)
    assert f"{ASSIGN} is not allowed at {REMOTE}" in only_problem(result_of("role assignments", there), Status.FAILURE)


def test_rights_at_the_cluster_of_another_stack_are_uncertain(azure: FakeAzure) -> None:
    entry = {"connectionId": "gpu", "stack": "o/p/s", "namespace": "jobs", "grantAccess": True, "azureRbac": True}
    result = result_of("role assignments", situation(azure, "dev", {"remoteClusters": [entry], "airflow.image": IMAGE}))
    assert "airflow-aks:remoteClusters[0].stack" in only_problem(result, Status.UNKNOWN)


def test_scope_that_cannot_be_read_leaves_the_answers_of_the_others(azure: FakeAzure) -> None:
    azure.once["permissions"] = [FORBIDDEN]
    result = result_of("rights", situation(azure, "dev", {"network.peerWith": [PEER]}))
    assert [finding.status for finding in result.findings] == [Status.UNKNOWN, Status.OK]
    assert "your rights at" in problems(result)[0]


ACCESS = {"host": "airflow.example.com", "dnsZoneId": ZONE, "tls": {"email": "ops@example.com"}}
TEAM = [{"name": "risk", "groupId": "33333333-3333-3333-3333-333333333333", "namespace": "risk", "role": "admin"}]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"logs.delivery": "azureFiles"},
        {"access": ACCESS},
        {"airflow.executor": "CeleryExecutor", "monitoring": {}},
        {"teams": TEAM, "cluster.adminGroupIds": [TEAM[0]["groupId"]]},
        {"teams": TEAM, "cluster.adminGroupIds": [TEAM[0]["groupId"]], "cluster.azureRbac": True},
    ],
    ids=["prod", "shares", "dns zone", "celery", "teams", "teams with Azure RBAC"],
)
@pytest.mark.usefixtures("untraced")
def test_roles_are_those_that_the_program_assigns(azure: FakeAzure, changes: dict[str, object]) -> None:
    assigned = {
        re.split("/", assignment.inputs["roleDefinitionId"])[-1]
        for assignment in plan_of("prod", changes).all("azure-native:authorization:RoleAssignment")
    }
    wanted = roles_to_assign(situation(azure, "prod", changes))
    assert set().union(*wanted.values()) == assigned
