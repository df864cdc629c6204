"""Whole plans with tasks in the namespaces of teams: what Airflow watches, and who may do what there."""

from __future__ import annotations

import pytest

from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.plans import plan_of
from tests.program.rights import Rights, rights

pytestmark = pytest.mark.usefixtures("untraced")


def tasks_plan() -> Plan:
    return plan_of("prod", SELECTORS["teams-tasks"])


def options_of(found: Plan) -> dict[str, str]:
    values = found.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    options: dict[str, str] = values["config"]["kubernetes_executor"]
    return options


def test_airflow_watches_exactly_its_namespace_and_those_of_teams_with_tasks_without_blanks() -> None:
    """Without the list, it would watch every namespace; Airflow splits it at commas and keeps blanks."""
    options = options_of(tasks_plan())
    assert options["multi_namespace_mode"] == "True"
    assert options["multi_namespace_mode_namespace_list"] == "airflow,dev,ops"
    without = options_of(plan_of("prod", SELECTORS["teams"]))
    assert not {"multi_namespace_mode", "multi_namespace_mode_namespace_list"} & without.keys()


def test_the_chart_gives_no_rights_in_the_whole_cluster() -> None:
    """`multiNamespaceMode` makes ClusterRoles of its Roles."""
    values = tasks_plan().one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    assert not values.get("multiNamespaceMode", False)


@pytest.mark.parametrize(
    ("account", "expected"),
    [
        (
            "airflow-scheduler",
            {*((verb, "pods") for verb in ("create", "get", "list", "watch", "patch", "delete"))}
            | {("get", "pods/log"), ("list", "events"), ("watch", "events")},
        ),
        ("airflow-api-server", {("get", "pods"), ("list", "pods"), ("get", "pods/log")}),
        ("airflow-cleanup", {("list", "pods"), ("delete", "pods")}),
        (
            "airflow-worker",
            {*((verb, "pods") for verb in ("create", "get", "list", "watch", "patch", "delete"))}
            | {("get", "pods/log"), ("list", "events"), ("watch", "events"), ("create", "pods/exec")}
            | {("get", "pods/exec")},
        ),
        ("airflow-triggerer", set()),
    ],
)
def test_each_account_has_these_rights_where_tasks_run_and_none_elsewhere(account: str, expected: Rights) -> None:
    assert rights(tasks_plan(), "dev", account) == expected
    assert rights(tasks_plan(), "ops", account) == expected
    assert rights(tasks_plan(), "reports", account) == set()
    assert not {resource for _, resource in expected} & {"secrets", "configmaps"}


def test_tasks_of_a_team_sign_in_to_azure_as_the_team_and_only_write_logs() -> None:
    found = tasks_plan()
    identity = found.one("azure-native:managedidentity:UserAssignedIdentity", "team-identity-dev-identity")
    credential = found.one(
        "azure-native:managedidentity:FederatedIdentityCredential", "team-identity-dev-airflow-worker"
    )
    account = found.one("kubernetes:core/v1:ServiceAccount", "team-tasks-dev-airflow-worker")
    assert credential.inputs["subject"] == "system:serviceaccount:dev:airflow-worker"
    annotations = account.inputs["metadata"]["annotations"]
    assert annotations["azure.workload.identity/client-id"] == identity.outputs["clientId"]
    assert annotations["azure.workload.identity/client-id"] != found.outputs["airflowIdentityClientId"]
    grants = found.all("azure-native:authorization:RoleAssignment")
    own = [one.inputs for one in grants if one.inputs["principalId"] == identity.outputs["principalId"]]
    assert [one["scope"].rpartition("/")[2] for one in own] == [found.outputs["logsContainerName"]]


def test_airflow_may_run_tasks_in_a_namespace_before_it_watches_it() -> None:
    release = tasks_plan().one("kubernetes:helm.sh/v3:Release", "airflow-release")
    bindings = tasks_plan().all("kubernetes:rbac.authorization.k8s.io/v1:RoleBinding")
    needed = {one.urn for one in bindings if "-airflow-" in one.name}
    assert len(needed) == 6
    assert needed <= set(release.dependencies)
