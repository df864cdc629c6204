"""Whole plans with chaos and without it."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from dryrun.plan import Plan
from tests.plans import PROJECT, changed, children, plan_of, shipped
from tests.program.rights import rights

pytestmark = pytest.mark.usefixtures("untraced")

CHAOS = {"chaos": {"target": "scheduler"}}


def spec_of(plan: Plan) -> Any:
    return plan.one("kubernetes:apps/v1:Deployment", "chaos-chaoskube").inputs["spec"]["template"]["spec"]


def policy_of(plan: Plan) -> Any:
    policies = plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    return next(one.inputs["spec"] for one in policies if one.inputs["metadata"]["name"] == "chaos-to-api-server")


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_plan_that_asks_for_no_chaos_has_nothing_of_it(stack: str) -> None:
    assert not [one.urn for one in plan_of(stack).resources if "chaos" in one.urn]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_chaos_is_four_resources_an_image_and_a_policy(stack: str) -> None:
    with_it, without = plan_of(stack, CHAOS), plan_of(stack)
    added = {one.urn for one in with_it.resources} - {one.urn for one in without.resources}
    assert {urn.rpartition("::")[2] for urn in added} == {
        "chaos",
        "chaos-airflow-chaos",
        "chaos-role",
        "chaos-role-binding",
        "chaos-chaoskube",
        "images-chaoskube",
        "airflow-namespace-chaos-to-api-server",
    }
    assert {one.type.rpartition(":")[2] for one in children(with_it, "chaos")} == {
        "ServiceAccount",
        "Role",
        "RoleBinding",
        "Deployment",
    }


def test_chaoskube_lists_and_deletes_pods_of_airflow_and_nothing_more() -> None:
    plan = plan_of("prod", CHAOS)
    assert rights(plan, "airflow", "airflow-chaos") == {("list", "pods"), ("delete", "pods"), ("create", "events")}
    assert ("create", "pods") not in rights(plan, "airflow", "airflow-chaos")
    everything = {one.inputs["metadata"].get("namespace") for one in children(plan, "chaos")}
    assert everything == {"airflow"}


@pytest.mark.parametrize(
    ("release", "target", "component"),
    [
        ("3.3", "apiServer", "api-server"),
        ("2.9", "apiServer", "webserver"),
        ("2.9", "dagProcessor", "dag-processor"),
        ("3.3", "pgbouncer", "pgbouncer"),
        ("3.3", "triggerer", "triggerer"),
    ],
)
def test_each_target_is_selected_by_the_labels_of_its_release_line(release: str, target: str, component: str) -> None:
    spec = spec_of(plan_of("prod", {"airflow.release": release, "chaos": {"target": target}}))
    assert f"--labels=component={component},release=airflow,tier=airflow" in spec["containers"][0]["args"]


def test_pods_are_deleted_only_after_the_release_is_there() -> None:
    plan = plan_of("prod", CHAOS)
    release = plan.one("kubernetes:helm.sh/v3:Release", "airflow-release")
    assert release.urn in plan.one("kubernetes:apps/v1:Deployment", "chaos-chaoskube").dependencies


def test_chaoskube_takes_no_room_of_airflows_nodes() -> None:
    spec = spec_of(plan_of("prod", CHAOS))
    assert spec["nodeSelector"] == {"kubernetes.azure.com/mode": "system"}
    assert spec["tolerations"] == [{"key": "CriticalAddonsOnly", "operator": "Exists"}]


def test_chaoskube_reaches_a_private_api_server_inside_the_network_alone() -> None:
    (rule,) = policy_of(plan_of("prod", {**CHAOS, "cluster.privateApiServer": True}))["egress"]
    nodes = plan_of("prod").one("azure-native:network:Subnet", "network-nodes").inputs["addressPrefix"]
    assert rule == {"to": [{"ipBlock": {"cidr": nodes}}], "ports": [{"protocol": "TCP", "port": 443}]}


def test_chaoskube_reaches_a_public_api_server_by_its_port_alone() -> None:
    (rule,) = policy_of(plan_of("dev", CHAOS))["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 443}]
    assert rule["to"][0]["ipBlock"]["cidr"] == "0.0.0.0/0"


def warnings(changes: dict[str, Any]) -> list[str]:
    config = changed(shipped("dev"), changes)
    _, errors, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert errors == []
    return [problem.message for problem in warned if problem.path == "airflow-aks:chaos.target"]


def test_a_scheduler_that_runs_tasks_is_a_warning() -> None:
    local = {**CHAOS, "airflow.executor": "LocalExecutor"}
    assert "runs tasks in the scheduler" in warnings(local)[0]
    assert warnings(CHAOS) == []
    assert warnings({**local, "chaos": {"target": "scheduler", "dryRun": True}}) == []
