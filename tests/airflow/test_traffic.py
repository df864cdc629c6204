"""Traffic that the program's own policies would stop without a word, if it did not know of it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.airflow.network_policies import network_policies
from components.airflow.traffic.addresses import Address
from components.airflow.traffic.policy_evaluation import may_reach
from components.settings.model import Settings
from components.stack_file.checker import check
from tests.plans import PROJECT, changed, plan_of, shipped

EVERY = {"api-server", "dag-processor", "scheduler", "triggerer", "worker"}
OLD = {"airflow.release": "2.9"}


def settings_of(changes: dict[str, Any], stack: str = "prod") -> Settings:
    config = changed(shipped(stack), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert settings is not None, errors
    return settings


def added(changes: dict[str, Any], base: dict[str, Any] | None = None) -> dict[str, Any]:
    """The policies that changes add."""
    before = network_policies(settings_of(base or {}))
    after = network_policies(settings_of({**(base or {}), **changes}))
    assert {name: after[name] for name in before} == before
    return {name: spec for name, spec in after.items() if name not in before}


def reaching(changes: dict[str, Any], host: str, port: int) -> set[str]:
    """The components that may connect to a host."""
    policies = network_policies(settings_of(changes))
    labels = {*EVERY, "webserver", "pgbouncer", "statsd", "migration"}
    return {label for label in labels if may_reach(policies, label, Address(host=host, port=port))}


def environment(**variables: str) -> dict[str, Any]:
    return {"airflow.environment": variables}


def config(section: str, **options: Any) -> dict[str, Any]:
    return {"airflow.config": {section: options}}


@pytest.mark.parametrize(
    ("changes", "host", "port", "users"),
    [
        (config("smtp", smtp_host="smtp.example.com", smtp_port=587), "smtp.example.com", 587, {"dag-processor"}),
        (config("smtp", smtp_host="smtp.example.com"), "smtp.example.com", 25, {"dag-processor"}),
        (
            environment(AIRFLOW__SMTP__SMTP_HOST="relay.example.com", AIRFLOW__SMTP__SMTP_PORT="2525"),
            "relay.example.com",
            2525,
            {"dag-processor"},
        ),
        (
            environment(AIRFLOW_CONN_SMTP_DEFAULT="smtp://relay.example.com:588"),
            "relay.example.com",
            588,
            {"dag-processor"},
        ),
        (
            environment(AIRFLOW_CONN_ALERTS='{"conn_type": "smtp", "host": "relay.example.com"}'),
            "relay.example.com",
            465,
            {"dag-processor"},
        ),
        (environment(HTTPS_PROXY="http://proxy.example.com:3128"), "proxy.example.com", 3128, EVERY),
        (environment(http_proxy="proxy.example.com:8080"), "proxy.example.com", 8080, EVERY),
        (environment(ALL_PROXY="socks5h://proxy.example.com"), "proxy.example.com", 1080, EVERY),
        (environment(HTTP_PROXY="http://10.70.1.4:8888"), "10.70.1.4", 8888, EVERY),
        (environment(AUTH_LDAP_SERVER="ldap.example.com"), "ldap.example.com", 636, {"api-server"}),
        (environment(LDAP_HOST="ldap.example.com", LDAP_PORT="3269"), "ldap.example.com", 3269, {"api-server"}),
        (environment(LDAP_HOST="ldap.example.com:1636"), "ldap.example.com", 1636, {"api-server"}),
        (environment(LDAP_URI="ldaps://ldap.example.com"), "ldap.example.com", 636, {"api-server"}),
        (
            environment(DIRECTORY="ldap://a.example.com,ldap://b.example.com:3268"),
            "b.example.com",
            3268,
            {"api-server"},
        ),
        (
            config("secrets", backend_kwargs=json.dumps({"url": "https://vault.example.com:8200"})),
            "vault.example.com",
            8200,
            EVERY,
        ),
        (environment(AIRFLOW__SECRETS__BACKEND_KWARG__URL="http://v.example.com:8201"), "v.example.com", 8201, EVERY),
        (
            config("workers", secrets_backend_kwargs='{"url": "https://vault.example.com:8202"}'),
            "vault.example.com",
            8202,
            EVERY,
        ),
        (environment(VAULT_ADDR="https://vault.vault.svc:8200"), "vault.vault.svc", 8200, EVERY),
        (config("metrics", otel_on=True, otel_host="otel.example.com"), "otel.example.com", 8889, EVERY),
        (
            config("traces", otel_host="otel.monitoring.svc.cluster.local", otel_port=4318),
            "x.monitoring.svc",
            4318,
            EVERY,
        ),
        (environment(OTEL_EXPORTER_OTLP_ENDPOINT="http://otel.example.com:4317"), "otel.example.com", 4317, EVERY),
        (environment(OTEL_EXPORTER_OTLP_TRACES_ENDPOINT="otel.example.com:4319"), "otel.example.com", 4319, EVERY),
        (config("elasticsearch", host="http://es.example.com:9201"), "es.example.com", 9201, {"api-server"}),
        (config("opensearch", host="os.example.com", port=9202), "os.example.com", 9202, {"api-server"}),
        (
            config("openlineage", transport='{"type": "http", "url": "http://marquez.example.com:5000"}'),
            "marquez.example.com",
            5000,
            {"scheduler"},
        ),
    ],
)
def test_what_a_setting_names_is_open_for_those_who_use_it(
    changes: dict[str, Any], host: str, port: int, users: set[str]
) -> None:
    # Tasks and triggers reach every address outside the cluster.
    assert reaching(changes, host, port) == users | {"triggerer", "worker"}
    assert not reaching({}, host, port) & {"api-server", "dag-processor", "scheduler"}


def test_scheduler_of_the_older_line_sends_mail_too() -> None:
    changes = {**OLD, **config("smtp", smtp_host="smtp.example.com", smtp_port=587)}
    assert reaching(changes, "smtp.example.com", 587) >= {"dag-processor", "scheduler"}


def test_web_server_of_the_older_line_reaches_the_directory() -> None:
    changes = {**OLD, **environment(LDAP_URI="ldaps://ldap.example.com:3269")}
    assert "webserver" in reaching(changes, "ldap.example.com", 3269)


def test_tasks_in_the_scheduler_reach_mail_inside_the_cluster() -> None:
    changes = {"airflow.executor": "LocalExecutor", **config("smtp", smtp_host="relay.mail.svc", smtp_port=587)}
    assert "scheduler" in reaching(changes, "relay.mail.svc", 587)


def test_variable_of_one_component_opens_its_port_for_it_alone() -> None:
    values = {"scheduler": {"env": [{"name": "HTTPS_PROXY", "value": "http://proxy.example.com:3128"}]}}
    assert list(added({"airflow.values": values})) == ["scheduler-to-proxy"]
    assert "dag-processor" not in reaching({"airflow.values": values}, "proxy.example.com", 3128)


@pytest.mark.parametrize(
    "changes",
    [
        config("secrets", backend_kwargs='{"vault_url": "https://kv-team.vault.azure.net"}'),
        config("smtp", smtp_host="localhost", smtp_port=2525),
        config("smtp", smtp_port=587),
        environment(HTTPS_PROXY="", NO_PROXY="localhost,.svc"),
        environment(OTEL_EXPORTER_OTLP_ENDPOINT="http://127.0.0.1:4317"),
        environment(TEAM="data"),
    ],
)
def test_nothing_is_opened_that_is_open_already_or_leads_nowhere(changes: dict[str, Any]) -> None:
    assert added(changes) == {}


def test_an_address_given_twice_is_one_rule() -> None:
    proxy = "http://proxy.example.com:3128"
    (policy,) = added(environment(HTTP_PROXY=proxy, HTTPS_PROXY=proxy, https_proxy=proxy)).values()
    assert len(policy["egress"]) == 1


def test_an_entry_opens_its_port_for_its_components() -> None:
    entries = [
        {"host": "ldap.example.com", "port": 636, "for": ["apiServer"]},
        {"cidr": "10.70.0.0/16", "port": 1433, "for": ["dagProcessor", "apiServer"]},
    ]
    policies = added({"network.allowedEgress": entries})
    assert set(policies) == {"allowed-egress-api-server", "allowed-egress-dag-processor"}
    assert policies["allowed-egress-dag-processor"] == {
        "podSelector": {"matchExpressions": [{"key": "component", "operator": "In", "values": ["dag-processor"]}]},
        "policyTypes": ["Egress"],
        "egress": [{"to": [{"ipBlock": {"cidr": "10.70.0.0/16"}}], "ports": [{"protocol": "TCP", "port": 1433}]}],
    }
    assert len(policies["allowed-egress-api-server"]["egress"]) == 2


def test_an_entry_without_components_is_for_all_of_airflow() -> None:
    entry = {"host": "kafka.example.com", "port": 9092}
    assert reaching({"network.allowedEgress": [entry]}, "kafka.example.com", 9092) == EVERY
    assert len(added({"network.allowedEgress": [entry]}, {"airflow.triggerers": 0})) == len(EVERY) - 1


def test_tasks_reach_a_service_inside_the_cluster_by_an_entry() -> None:
    entry = {"host": "minio.storage.svc", "port": 9000, "for": ["workers", "taskPods"]}
    assert reaching({}, "minio.storage.svc", 9000) == set()
    assert reaching({"network.allowedEgress": [entry]}, "minio.storage.svc", 9000) == {"worker"}


@pytest.mark.parametrize(
    ("entry", "peer", "name"),
    [
        (
            {"namespace": "gateway", "port": 8080, "to": ["apiServer"]},
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "gateway"}}},
            "api-server",
        ),
        (
            {"cidr": "10.80.0.0/24", "port": 8080, "to": ["apiServer"]},
            {"ipBlock": {"cidr": "10.80.0.0/24"}},
            "api-server",
        ),
        (
            {"namespace": "monitoring", "port": 9102, "to": ["statsd"]},
            {"namespaceSelector": {"matchLabels": {"kubernetes.io/metadata.name": "monitoring"}}},
            "statsd",
        ),
    ],
)
def test_a_way_in_is_open_on_its_port_only(entry: dict[str, Any], peer: dict[str, Any], name: str) -> None:
    policies = added({"network.allowedIngress": [entry]})
    assert list(policies) == [f"allowed-ingress-{name}"]
    (rule,) = policies[f"allowed-ingress-{name}"]["ingress"]
    assert rule == {"from": [peer], "ports": [{"protocol": "TCP", "port": entry["port"]}]}


def test_a_way_into_the_web_server_of_the_older_line_is_open() -> None:
    entry = {"namespace": "gateway", "port": 8080, "to": ["apiServer"]}
    assert list(added({"network.allowedIngress": [entry]}, OLD)) == ["allowed-ingress-webserver"]


def test_the_policies_stand_in_the_namespace() -> None:
    changes = {
        "network.allowedEgress": [{"host": "ldap.example.com", "port": 636, "for": ["apiServer"]}],
        "network.allowedIngress": [{"namespace": "gateway", "port": 8080, "to": ["apiServer"]}],
        **config("smtp", smtp_host="smtp.example.com", smtp_port=587),
    }
    plan = plan_of("prod", changes)
    names = {
        policy.inputs["metadata"]["name"]: policy.inputs["metadata"]["namespace"]
        for policy in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")
    }
    assert {names[name] for name in ("allowed-egress-api-server", "allowed-ingress-api-server", "airflow-to-mail")} == {
        "airflow"
    }
    assert not [warning for warning in plan.warnings if "network" in warning]
