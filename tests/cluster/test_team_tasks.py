"""Tasks in the namespaces of teams, in a real cluster: a task pod runs there, and nobody has more rights for it."""

from __future__ import annotations

import configparser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.cases import SELECTORS
from tests.cluster import applied_plan, checks
from tests.plans import plan_of

from .access_reviews import may
from .api import Api, Object
from .azure_view import AzureView
from .live_cluster import LiveCluster
from .traffic import Endpoint, Traffic
from .waiting import wait_until

AIRFLOW, TEAM = "airflow", "dev"
# Sections for Airflow's own pods, or for parts that are off.
NOT_FOR_TASKS = {"celery", "celery_kubernetes_executor", "elasticsearch", "elasticsearch_configs", "kerberos"}
NOT_FOR_TASKS |= {"fab", "scheduler", "traces", "webserver", "kubernetes_executor"}
OTHER_ADDRESS = {("core", "execution_api_server_url"), ("metrics", "statsd_host")}


def applied(name: str, cluster: LiveCluster, provider: Path) -> Api:
    plan = plan_of("prod", SELECTORS[name])
    cluster.clear()
    cluster.play(AzureView.of_plan(plan))
    applied_plan.apply(cluster, provider, plan)
    applied_plan.wait_until_running(cluster, AIRFLOW)
    return cluster.api


@pytest.fixture(scope="module")
def api(cluster: LiveCluster, provider: Path) -> Iterator[Api]:
    yield applied("teams-tasks", cluster, provider)
    cluster.end_playing()


def task_pod(api: Api, namespace: str) -> Object:
    """A pod as KubernetesExecutor makes one when a DAG overrides the namespace, with the scheduler's rights."""
    pod = yaml.safe_load(config_map(api, AIRFLOW)["pod_template_file.yaml"])
    pod["metadata"] |= {"name": "a-task", "namespace": namespace}
    if api.find("v1", "Pod", "a-task", namespace) is None:
        api.acting_as("airflow-scheduler", AIRFLOW).create(pod)
    wait_until(lambda: checks.running(api.find("v1", "Pod", "a-task", namespace) or {}), 60)
    found = api.find("v1", "Pod", "a-task", namespace)
    assert found is not None
    return found


def config_map(api: Api, namespace: str) -> dict[str, str]:
    found = api.find("v1", "ConfigMap", "airflow-config", namespace)
    assert found is not None
    data: dict[str, str] = found["data"]
    return data


@pytest.mark.parametrize("namespace", ["dev", "ops"])
def test_a_task_pod_of_the_charts_template_runs_in_the_namespace_of_a_team(namespace: str, api: Api) -> None:
    """It starts only if every Secret, key, ConfigMap and account that it names is there, and the quota has room."""
    assert task_pod(api, namespace)["spec"]["serviceAccountName"] == "airflow-worker"


def options(text: str) -> dict[tuple[str, str], str]:
    parser = configparser.RawConfigParser()
    parser.read_string(text)
    return {(section, key): value for section in parser.sections() for key, value in parser.items(section)}


def test_tasks_of_a_team_read_the_options_that_the_chart_gives_its_own_tasks(api: Api) -> None:
    chart, ours = (options(config_map(api, namespace)["airflow.cfg"]) for namespace in (AIRFLOW, TEAM))
    for_tasks = (key for key in chart if key[0] not in NOT_FOR_TASKS and not key[1].startswith("otel"))
    needed = {key: chart[key] for key in for_tasks}
    differing = {key for key, value in needed.items() if ours.get(key) != value}
    assert differing == OTHER_ADDRESS
    services = [item["metadata"]["name"] for item in api.list("v1", "Service", AIRFLOW)]
    assert {"airflow-api-server", "airflow-statsd"} <= set(services)
    for key in OTHER_ADDRESS:
        assert ours[key].replace(".airflow.svc.cluster.local", "") == needed[key]


def test_the_team_has_no_way_into_the_database_and_no_key_of_airflow(api: Api) -> None:
    for name in ("airflow-metadata-connection", "airflow-fernet-key", "airflow-api-secret-key"):
        real, stand_in = (api.find("v1", "Secret", name, namespace) for namespace in (AIRFLOW, TEAM))
        assert real is not None
        assert stand_in is not None
        assert set(real["data"]) == set(stand_in["data"])
        assert not set(real["data"].values()) & set(stand_in["data"].values())


# Account, its namespace, what it may do in the team's namespace and what it may not.
ACCOUNTS = [
    (AIRFLOW, "airflow-scheduler", ("create", "pods"), ("create", "pods/exec")),
    (AIRFLOW, "airflow-scheduler", ("watch", "pods"), ("get", "secrets")),
    (AIRFLOW, "airflow-api-server", ("get", "pods/log"), ("create", "pods")),
    (AIRFLOW, "airflow-cleanup", ("delete", "pods"), ("create", "pods")),
    (TEAM, "airflow-worker", ("create", "pods/exec"), ("get", "secrets")),
]


@pytest.mark.parametrize(("home", "account", "allowed", "denied"), ACCOUNTS)
def test_an_account_may_do_its_part_and_no_more(
    home: str, account: str, allowed: tuple[str, str], denied: tuple[str, str], api: Api
) -> None:
    assert may(api, home, account, *allowed, TEAM)
    assert not may(api, home, account, *denied, TEAM)


def test_rights_are_in_the_namespaces_where_tasks_run_and_in_no_other(api: Api) -> None:
    """`multiNamespaceMode` of the chart would give them in every namespace of the cluster."""
    for namespace in ("reports", "kube-system", "default", ""):
        assert not may(api, AIRFLOW, "airflow-scheduler", "list", "pods", namespace)
    assert not may(api, TEAM, "airflow-worker", "create", "pods", AIRFLOW)
    assert not may(api, TEAM, "airflow-worker", "create", "pods", "ops")


def test_task_pods_reach_airflow_and_the_log_store_and_never_the_database_of_airflow(api: Api) -> None:
    task = Endpoint.of(task_pod(api, TEAM))
    traffic = Traffic.of(api)

    def of(component: str) -> Endpoint:
        pods = api.list("v1", "Pod", AIRFLOW)
        return next(Endpoint.of(pod) for pod in pods if pod["metadata"]["labels"].get("component") == component)

    assert traffic.allows(task, of("api-server"), 8080)
    assert traffic.allows(task, of("statsd"), 9125, "UDP")
    assert traffic.allows(task, Endpoint(address="203.0.113.8"), 443)
    assert not traffic.allows(task, of("pgbouncer"), 6543)
    assert not traffic.allows(task, of("scheduler"), 8793)
    for address in ("169.254.169.254", "168.63.129.16"):
        assert not traffic.allows(task, Endpoint(address=address), 80)
    stranger = Endpoint(TEAM, {"app": "else"})
    assert not traffic.allows(stranger, Endpoint(address="203.0.113.8"), 443)
    assert not traffic.allows(Endpoint("reports"), of("api-server"), 8080)


def test_failed_task_pods_of_every_namespace_are_cleaned_up(api: Api) -> None:
    cron: Any = api.find("batch/v1", "CronJob", "airflow-cleanup", AIRFLOW)
    (container,) = cron["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    for namespace in (AIRFLOW, "dev", "ops"):
        assert f"--namespace={namespace} --min-completed-minutes=1440" in container["args"][-1]


# The last one: it leaves another plan in the cluster.
def test_a_task_pod_with_a_git_token_runs_there_too(cluster: LiveCluster, provider: Path) -> None:
    api = applied("teams-tasks-git-token", cluster, provider)
    task_pod(api, TEAM)
    secret = api.find("v1", "Secret", "airflow-git-connection", TEAM)
    assert secret is not None
    assert set(secret["data"]) == {"connection"}
    cluster.end_playing()
