"""What may talk to what."""

from __future__ import annotations

from typing import Any

import pytest

from components.settings.git_address import parse_git_address
from tests.plans import plan_of

SSH = {
    "dags.git": {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"},
    "dagsGitSshKey": {"secure": "x"},
    "dagsGitKnownHosts": "git.example.com ssh-ed25519 AAAA",
}


def policies(stack: str, changes: dict[str, Any] | None = None) -> dict[str, dict[str, Any]]:
    found = plan_of(stack, changes).all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    return {policy.inputs["metadata"]["name"]: policy.inputs["spec"] for policy in found}


def allowed(specs: dict[str, dict[str, Any]], component: str, direction: str) -> list[dict[str, Any]]:
    """The rules that hold for a component's pods."""
    return [
        rule for spec in specs.values() if _selects(spec["podSelector"], component) for rule in spec.get(direction, [])
    ]


def _selects(selector: dict[str, Any], component: str) -> bool:
    if "matchLabels" in selector:
        return False
    return all(component in expression["values"] for expression in selector.get("matchExpressions", []))


def connects(specs: dict[str, dict[str, Any]], source: str, target: str, port: int) -> bool:
    """Whether one component may open a connection to another: both sides must allow it."""

    def there(direction: str, peers: str, own: str, other: str) -> bool:
        return any(
            {"port": port}.items() <= entry.items()
            for rule in allowed(specs, own, direction)
            for peer in rule.get(peers, [])
            if "podSelector" in peer and _selects(peer["podSelector"], other)
            for entry in rule.get("ports", [])
        )

    return there("egress", "to", source, target) and there("ingress", "from", target, source)


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_everything_is_denied_that_no_policy_allows(stack: str) -> None:
    assert policies(stack)["default-deny"] == {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [
        ("worker", "api-server", 8080),
        ("scheduler", "api-server", 8080),
        ("triggerer", "api-server", 8080),
        ("api-server", "pgbouncer", 6543),
        ("scheduler", "pgbouncer", 6543),
        ("dag-processor", "pgbouncer", 6543),
        ("airflow-cleanup-pods", "pgbouncer", 6543),
        ("database-cleanup", "pgbouncer", 6543),
        ("api-server", "worker", 8793),
        ("api-server", "triggerer", 8794),
        ("scheduler", "statsd", 9125),
    ],
)
def test_airflow_reaches_what_it_needs(source: str, target: str, port: int) -> None:
    assert connects(policies("prod"), source, target, port)


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [("statsd", "pgbouncer", 6543), ("pgbouncer", "api-server", 8080), ("worker", "pgbouncer", 6543)],
)
def test_others_stay_apart(source: str, target: str, port: int) -> None:
    assert not connects(policies("prod"), source, target, port)


def test_private_database_is_reached_in_its_subnet_only() -> None:
    (rule,) = policies("prod")["pgbouncer-to-database"]["egress"]
    assert rule == {"to": [{"ipBlock": {"cidr": "10.60.32.0/24"}}], "ports": [{"protocol": "TCP", "port": 5432}]}


def test_jobs_reach_the_database_only() -> None:
    specs = policies("prod")
    assert [rule["ports"][0]["port"] for rule in allowed(specs, "migration", "egress")] == [53, 5432]


def test_without_the_charts_pooler_airflow_reaches_the_server() -> None:
    specs = policies("prod", {"database.pooler": "server"})
    assert "pgbouncer" not in specs
    assert [entry["port"] for entry in specs["airflow-to-database"]["egress"][0]["ports"]] == [5432, 6432]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_nobody_reaches_the_identity_of_the_node(stack: str) -> None:
    for spec in policies(stack).values():
        for rule in spec.get("egress", []):
            for peer in rule["to"]:
                if peer.get("ipBlock", {}).get("cidr") == "0.0.0.0/0":
                    assert "169.254.169.254/32" in peer["ipBlock"]["except"]


def test_local_executor_serves_task_logs_from_the_scheduler() -> None:
    specs = policies("prod", {"airflow.executor": "LocalExecutor"})
    assert connects(specs, "api-server", "scheduler", 8793)


OLD: dict[str, Any] = {"airflow.release": "2.9"}


@pytest.mark.parametrize(
    ("source", "target", "port"),
    [
        ("worker", "pgbouncer", 6543),
        ("webserver", "pgbouncer", 6543),
        ("scheduler", "pgbouncer", 6543),
        ("webserver", "worker", 8793),
        ("webserver", "triggerer", 8794),
        ("webserver", "statsd", 9125),
    ],
)
def test_the_older_line_reaches_what_it_needs(source: str, target: str, port: int) -> None:
    assert connects(policies("prod", OLD), source, target, port)


@pytest.mark.parametrize("source", ["worker", "scheduler", "dag-processor", "triggerer", "statsd"])
def test_nothing_of_the_older_line_calls_its_web_server(source: str) -> None:
    assert not connects(policies("prod", OLD), source, "webserver", 8080)


def test_tasks_of_the_older_line_reach_the_server_where_no_pooler_stands_between() -> None:
    specs = policies("prod", {**OLD, "database.pooler": "none"})
    assert 5432 in [entry["port"] for rule in allowed(specs, "worker", "egress") for entry in rule.get("ports", [])]


def test_schedulers_that_parse_dags_reach_git_over_ssh() -> None:
    specs = policies("prod", {**OLD, **SSH, "airflow.dagProcessors": 0})
    assert _selects(specs["git-sync-to-git"]["podSelector"], "scheduler")
    assert not _selects(policies("prod", {**OLD, **SSH})["git-sync-to-git"]["podSelector"], "scheduler")


def test_ssh_is_open_only_for_git_over_ssh() -> None:
    assert "git-sync-to-git" not in policies("prod")
    assert policies("prod", SSH)["git-sync-to-git"]["egress"][0]["ports"] == [{"protocol": "TCP", "port": 22}]


@pytest.mark.parametrize(
    ("repository", "port"),
    [
        ("https://git.example.com/dags.git", 443),
        ("https://git.example.com:8443/dags.git", 8443),
        ("git@git.example.com:team/dags.git", 22),
        ("ssh://git@git.example.com:7999/dags.git", 7999),
    ],
)
def test_port_of_the_repository_is_known(repository: str, port: int) -> None:
    assert parse_git_address(repository).port == port


CELERY = {"airflow.executor": "CeleryExecutor"}


@pytest.mark.parametrize("component", ["scheduler", "worker"])
def test_scheduler_and_workers_reach_a_private_broker_in_its_subnet(component: str) -> None:
    specs = policies("prod", CELERY)
    place = {"to": [{"ipBlock": {"cidr": "10.60.33.0/24"}}], "ports": [{"protocol": "TCP", "port": 10000}]}
    assert place in allowed(specs, component, "egress")


def test_a_public_broker_is_reached_on_its_port_only() -> None:
    (rule,) = policies("dev", CELERY)["airflow-to-broker"]["egress"]
    assert rule["ports"] == [{"protocol": "TCP", "port": 10000}]
    assert rule["to"][0]["ipBlock"]["cidr"] == "0.0.0.0/0"


@pytest.mark.parametrize("component", ["api-server", "dag-processor", "triggerer", "statsd"])
def test_no_other_component_is_let_to_the_broker(component: str) -> None:
    specs = policies("prod", CELERY)
    assert not _selects(specs["airflow-to-broker"]["podSelector"], component)


@pytest.mark.parametrize("executor", ["KubernetesExecutor", "LocalExecutor"])
def test_without_celery_nothing_leads_to_a_broker(executor: str) -> None:
    assert "airflow-to-broker" not in policies("prod", {"airflow.executor": executor})


@pytest.mark.parametrize("executor", ["CeleryExecutor", "CeleryExecutor,KubernetesExecutor"])
def test_celery_workers_reach_pooler_and_api_server_and_are_asked_for_logs(executor: str) -> None:
    specs = policies("prod", {"airflow.executor": executor})
    assert connects(specs, "worker", "pgbouncer", 6543)
    assert connects(specs, "worker", "api-server", 8080)
    assert connects(specs, "api-server", "worker", 8793)


def test_celery_workers_reach_the_server_without_the_charts_pooler() -> None:
    specs = policies("prod", {**CELERY, "database.pooler": "none"})
    assert _selects(specs["airflow-to-database"]["podSelector"], "worker")


def from_keda(specs: dict[str, dict[str, Any]]) -> list[dict[str, Any]]:
    return [rule for rule in specs["pgbouncer"]["ingress"] if "namespaceSelector" in rule["from"][0]]


def test_keda_outside_the_namespace_reaches_the_pooler_only_where_it_scales() -> None:
    (rule,) = from_keda(policies("prod", CELERY))
    assert rule["from"][0]["namespaceSelector"]["matchLabels"] == {"kubernetes.io/metadata.name": "kube-system"}
    assert rule["ports"] == [{"protocol": "TCP", "port": 6543}]
    assert not from_keda(policies("prod", {"airflow": {"executor": "CeleryExecutor", "workers": {"scaler": "hpa"}}}))
