"""The rights that the program itself gives to service accounts. The charts give Airflow's own accounts the rest."""

from __future__ import annotations

import pytest

from dryrun.plan import Plan
from tests.cases import EVERY
from tests.plans import planned
from tests.program.rights import Rights, rights

pytestmark = pytest.mark.usefixtures("untraced")

LAUNCH: Rights = {
    *((verb, "pods") for verb in ("create", "delete", "get", "list", "patch", "watch")),
    ("get", "pods/log"),
    ("list", "events"),
    ("watch", "events"),
}
# The accounts with rights by their namespace in the plans that give them; every other account has none.
CHAOS = {("airflow", "airflow-chaos"): {("list", "pods"), ("delete", "pods"), ("create", "events")}}
FORBIDDEN: Rights = {
    ("get", "secrets"),
    ("list", "secrets"),
    ("create", "serviceaccounts/token"),
    ("create", "rolebindings"),
    ("impersonate", "users"),
}


def tasks_in(team: str) -> dict[tuple[str, str], Rights]:
    """The rights in a team's namespace: of Airflow's accounts, and of the team's own account that runs tasks."""
    worker = LAUNCH | {("create", "pods/exec"), ("get", "pods/exec")}
    return {
        (team, "airflow-scheduler"): LAUNCH,
        (team, "airflow-api-server"): {("get", "pods"), ("list", "pods"), ("get", "pods/log")},
        (team, "airflow-cleanup"): {("list", "pods"), ("delete", "pods")},
        (team, "airflow-worker"): worker,
    }


EXPECTED: dict[str, dict[tuple[str, str], Rights]] = {
    "chaos": CHAOS,
    "existing-network-celery": CHAOS,
    "existing-registry-in-landing-zone": CHAOS,
    "teams-tasks": tasks_in("dev") | tasks_in("ops"),
    "teams-tasks-git-token": tasks_in("dev"),
}


def accounts_of(plan: Plan) -> set[str]:
    accounts = plan.all("kubernetes:core/v1:ServiceAccount")
    return {one.inputs["metadata"]["name"] for one in accounts} | {"airflow-cleanup"}


def given(plan: Plan) -> dict[tuple[str, str], Rights]:
    """Every right of every account by namespace and account, without empty ones."""
    namespaces = {one.inputs["metadata"]["name"] for one in plan.all("kubernetes:core/v1:Namespace")}
    found = {(place, account): rights(plan, place, account) for place in namespaces for account in accounts_of(plan)}
    return {key: value for key, value in found.items() if value}


@pytest.mark.parametrize("name", EVERY)
def test_the_program_gives_an_account_these_rights_and_no_others(name: str) -> None:
    assert given(planned(name)) == EXPECTED.get(name, {})


@pytest.mark.parametrize("name", EXPECTED)
def test_no_account_may_read_secrets_or_widen_its_rights(name: str) -> None:
    found = given(planned(name))
    assert found
    assert not [(account, right) for account, of in found.items() for right in of & FORBIDDEN]


def test_no_account_gets_a_role_of_the_whole_cluster() -> None:
    for name in EVERY:
        bindings = planned(name).all("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding")
        assert [one.name for one in bindings] == []
