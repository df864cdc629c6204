"""Whole plans with teams and without them: namespaces, rights in Kubernetes, and roles in Azure."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.azure.roles import AKS_CLUSTER_USER, AKS_RBAC_ADMIN, AKS_RBAC_READER, AKS_RBAC_WRITER
from dryrun.plan import Plan, Resource
from tests.cases import SELECTORS, TEAMS
from tests.plans import ROOT, children, plan_of
from tests.program.rights import Rights, rights

pytestmark = pytest.mark.usefixtures("untraced")

ROLES = {team["role"]: team for team in TEAMS}
each_role = pytest.mark.parametrize("role", ["viewer", "developer", "admin"])
each_stack = pytest.mark.parametrize("stack", ["dev", "prod"])
each_namespace = pytest.mark.parametrize("namespace", [team["namespace"] for team in TEAMS])
# What no role of a team may ever do.
NEVER = {
    ("create", "resourcequotas"),
    ("delete", "resourcequotas"),
    ("update", "limitranges"),
    ("delete", "namespaces"),
    ("create", "serviceaccounts/token"),
    ("impersonate", "serviceaccounts"),
    ("escalate", "roles"),
    ("bind", "roles"),
}
FORBIDDEN: dict[str, Rights] = {
    "viewer": {("get", "secrets"), ("create", "pods"), ("create", "pods/exec"), ("update", "deployments")},
    "developer": {("get", "secrets"), ("create", "networkpolicies"), ("create", "serviceaccounts"), ("get", "roles")},
    "admin": set(),
}


def plan() -> Plan:
    return plan_of("prod", SELECTORS["teams"])


def of_namespace(kind: str, namespace: str) -> list[Resource]:
    return [one for one in plan().all(kind) if one.inputs["metadata"].get("namespace") == namespace]


def rights_of(role: str) -> Rights:
    return rights(plan(), ROLES[role]["namespace"], ROLES[role]["groupId"].lower())


def documented(role: str) -> Rights:
    """The rights of a role in the table of the page."""
    page = (ROOT / "docs" / "teams.md").read_text(encoding="utf-8")
    table = page.partition("| resource | viewer | developer | admin |\n")[2].partition("\n\n")[0]
    found: Rights = set()
    for line in table.splitlines()[1:]:
        resources, *cells = [cell.strip() for cell in line.strip("|").split("|")]
        verbs = cells[["viewer", "developer", "admin"].index(role)].split()
        found |= {(verb, resource) for resource in re.findall("`(.+?)`", resources) for verb in verbs}
    return found


@each_stack
def test_a_plan_without_teams_has_nothing_of_them(stack: str) -> None:
    assert not [one.urn for one in plan_of(stack).resources if "team" in one.urn.lower()]


@each_stack
def test_teams_add_nothing_but_what_is_theirs(stack: str) -> None:
    without = {
        one.urn
        for one in plan_of(stack, {"cluster.adminGroupIds": SELECTORS["teams"]["cluster.adminGroupIds"]}).resources
    }
    added = [one for one in plan_of(stack, SELECTORS["teams"]).resources if one.urn not in without]
    assert {one.name.partition("-")[0] for one in added} == {"team", "teams"}


@each_role
def test_a_role_has_the_rights_that_the_page_lists_and_no_others(role: str) -> None:
    assert rights_of(role) == documented(role)
    assert not rights_of(role) & (NEVER | FORBIDDEN[role])


def test_each_role_has_the_rights_of_the_one_before_it() -> None:
    assert rights_of("viewer") < rights_of("developer") < rights_of("admin")


def test_nobody_but_an_admin_touches_secrets() -> None:
    verbs = {role: {verb for verb, resource in rights_of(role) if resource == "secrets"} for role in ROLES}
    assert (verbs["viewer"], verbs["developer"]) == (set(), set())
    assert "get" in verbs["admin"]


def test_a_group_has_rights_in_its_own_namespaces_alone() -> None:
    for team in TEAMS:
        for namespace in {"airflow", "reports", "dev", "ops"}:
            own = {one["namespace"] for one in TEAMS if one["groupId"].lower() == team["groupId"].lower()}
            assert bool(rights(plan(), namespace, team["groupId"].lower())) is (namespace in own)


def test_no_right_goes_beyond_a_namespace() -> None:
    kinds = {one.type.rpartition(":")[2] for one in children(plan(), "teams")}
    assert kinds == {"Namespace", "ResourceQuota", "LimitRange", "NetworkPolicy", "Role", "RoleBinding"}


@each_namespace
def test_namespace_enforces_pod_security_and_denies_all_traffic_but_dns(namespace: str) -> None:
    (found,) = [
        one for one in plan().all("kubernetes:core/v1:Namespace") if one.inputs["metadata"]["name"] == namespace
    ]
    labels = found.inputs["metadata"]["labels"]
    assert {labels[f"pod-security.kubernetes.io/{mode}"] for mode in ("enforce", "audit", "warn")} == {"restricted"}
    policies = of_namespace("kubernetes:networking.k8s.io/v1:NetworkPolicy", namespace)
    specs = {one.inputs["metadata"]["name"]: one.inputs["spec"] for one in policies}
    assert specs["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
    assert {port["port"] for rule in specs["dns"]["egress"] for port in rule["ports"]} == {53}
    assert set(specs) == {"default-deny", "dns"}


@each_namespace
def test_namespace_has_a_quota_that_allows_no_public_address(namespace: str) -> None:
    (quota,) = of_namespace("kubernetes:core/v1:ResourceQuota", namespace)
    hard = quota.inputs["spec"]["hard"]
    assert (hard["services.loadbalancers"], hard["services.nodeports"]) == ("0", "0")
    assert (hard["requests.cpu"], hard["limits.memory"], hard["pods"]) == ("8", "32Gi", "50")


@each_namespace
def test_a_container_without_a_size_gets_one_because_the_quota_would_refuse_it(namespace: str) -> None:
    (limits,) = of_namespace("kubernetes:core/v1:LimitRange", namespace)
    (item,) = limits.inputs["spec"]["limits"]
    (quota,) = of_namespace("kubernetes:core/v1:ResourceQuota", namespace)
    counted = {name.partition(".")[2] for name in quota.inputs["spec"]["hard"] if name.startswith("requests.")}
    assert set(item["default"]) == set(item["defaultRequest"]) == counted


def assignments(of: Plan) -> list[dict[str, Any]]:
    return [
        one.inputs
        for one in of.all("azure-native:authorization:RoleAssignment")
        if one.inputs["principalType"] == "Group"
    ]


def role_id(assignment: dict[str, Any]) -> str:
    return str(assignment["roleDefinitionId"]).rpartition("/")[2]


def test_a_group_may_fetch_a_kubeconfig_of_the_cluster_and_nothing_more() -> None:
    found = assignments(plan())
    assert {(role_id(one), one["scope"]) for one in found} == {(AKS_CLUSTER_USER, plan().outputs["clusterId"])}


def test_a_group_with_two_namespaces_has_one_assignment_because_azure_refuses_a_second() -> None:
    for name in ("teams", "teams-azure-rbac"):
        found = assignments(plan_of("prod", SELECTORS[name]))
        keys = [(one["principalId"].lower(), role_id(one), one["scope"]) for one in found]
        assert len(keys) == len(set(keys))
    assert len(assignments(plan())) == 2


def test_azure_rbac_takes_the_place_of_role_bindings_in_each_namespace() -> None:
    azure = plan_of("prod", SELECTORS["teams-azure-rbac"])
    assert azure.one("azure-native:containerservice:ManagedCluster").inputs["aadProfile"]["enableAzureRBAC"] is True
    assert not [one for one in children(azure, "teams") if "Role" in one.type]
    scopes = {one["scope"]: role_id(one) for one in assignments(azure) if role_id(one) != AKS_CLUSTER_USER}
    cluster = azure.outputs["clusterId"]
    assert scopes == {
        f"{cluster}/namespaces/reports": AKS_RBAC_READER,
        f"{cluster}/namespaces/dev": AKS_RBAC_WRITER,
        f"{cluster}/namespaces/ops": AKS_RBAC_ADMIN,
    }


def test_without_azure_rbac_the_cluster_says_so_because_aks_keeps_an_omitted_field() -> None:
    cluster = plan().one("azure-native:containerservice:ManagedCluster")
    assert cluster.inputs["aadProfile"]["enableAzureRBAC"] is False


def test_rights_come_after_the_limits_of_the_namespace() -> None:
    quota = plan().one("kubernetes:core/v1:ResourceQuota", "teams-dev-quota")
    policy = plan().one("kubernetes:networking.k8s.io/v1:NetworkPolicy", "teams-dev-default-deny")
    assert {quota.urn, policy.urn} <= set(
        plan().one("kubernetes:rbac.authorization.k8s.io/v1:Role", "teams-dev-role").dependencies
    )
