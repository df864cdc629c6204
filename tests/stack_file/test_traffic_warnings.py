"""Warnings of connections that the policies stop."""

from __future__ import annotations

from typing import Any

import pytest

from tests.plans import plan_of
from tests.stack_file.connections import EGRESS, INGRESS, OWN_DAGS, checked, environment


@pytest.mark.parametrize(
    ("changes", "path", "entry"),
    [
        (
            environment(KAFKA="kafka.example.com:9092"),
            "airflow.environment.KAFKA",
            "{host: kafka.example.com, port: 9092, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            environment(AUDIT_HOST="audit.example.com", AUDIT_PORT="6514"),
            "airflow.environment.AUDIT_HOST",
            "{host: audit.example.com, port: 6514, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            environment(REDIS="redis://10.70.1.5"),
            "airflow.environment.REDIS",
            "{cidr: 10.70.1.5/32, port: 6379, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            {"airflow.config": {"sentry": {"sentry_dsn": "http://key@sentry.example.com:9000/1"}}},
            "airflow.config.sentry.sentry_dsn",
            "{host: sentry.example.com, port: 9000, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            environment(FEATURES="http://flags.platform.svc:8000"),
            "airflow.environment.FEATURES",
            "{host: flags.platform.svc, port: 8000, for: [apiServer, dagProcessor, scheduler, triggerer, workers]}",
        ),
        (
            {"airflow.values": {"scheduler": {"env": [{"name": "AUDIT", "value": "http://audit.example.com:8088"}]}}},
            "airflow.values.scheduler.env[0].value",
            "{host: audit.example.com, port: 8088, for: [scheduler]}",
        ),
        (
            {
                "airflow.values": {
                    "dagProcessor": {
                        "dagBundleConfigList": [
                            {
                                "name": "team",
                                "classpath": "x.Y",
                                "kwargs": {"repo_url": "git@git.example.com:team/x.git"},
                            }
                        ]
                    }
                }
            },
            "airflow.values.dagProcessor.dagBundleConfigList[0].kwargs.repo_url",
            "{host: git.example.com, port: 22, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            {"airflow.release": "2.9", **environment(KAFKA="kafka.example.com:9092")},
            "airflow.environment.KAFKA",
            "{host: kafka.example.com, port: 9092, for: [apiServer, dagProcessor, scheduler]}",
        ),
        (
            {"airflow.executor": "LocalExecutor", **environment(KAFKA="kafka.example.com:9092")},
            "airflow.environment.KAFKA",
            "{host: kafka.example.com, port: 9092, for: [apiServer, dagProcessor]}",
        ),
    ],
)
def test_an_address_that_no_policy_opens_is_a_warning_with_the_entry_that_would(
    changes: dict[str, Any], path: str, entry: str
) -> None:
    errors, warnings = checked(changes)
    assert errors == {}
    assert f"add {entry} to airflow-aks:network.allowedEgress" in warnings[path]


@pytest.mark.parametrize(
    ("variable", "entry"),
    [
        ("kafka.example.com:9092", {"host": "kafka.example.com", "port": 9092, "for": ["apiServer"]}),
        ("kafka.example.com:9092", {"cidr": "10.70.0.0/16", "port": 9092, "for": ["workers"]}),
        ("10.70.1.5:9092", {"cidr": "10.70.0.0/16", "port": 9092}),
        ("http://kafka.data.svc:9092", {"host": "other.data.svc.cluster.local", "port": 9092}),
    ],
)
def test_an_entry_for_the_address_ends_the_warning(variable: str, entry: dict[str, Any]) -> None:
    assert "airflow.environment.KAFKA" in checked(environment(KAFKA=variable))[1]
    assert "airflow.environment.KAFKA" not in checked({**environment(KAFKA=variable), EGRESS: [entry]})[1]


@pytest.mark.parametrize(
    ("variable", "entry"),
    [
        ("kafka.example.com:9092", {"host": "kafka.example.com", "port": 9093}),
        ("10.70.1.5:9092", {"cidr": "10.71.0.0/16", "port": 9092}),
        ("http://kafka.data.svc:9092", {"host": "kafka.lake.svc", "port": 9092}),
    ],
)
def test_an_entry_for_another_address_does_not_end_it(variable: str, entry: dict[str, Any]) -> None:
    assert "airflow.environment.KAFKA" in checked({**environment(KAFKA=variable), EGRESS: [entry]})[1]


@pytest.mark.parametrize(
    "changes",
    [
        {},
        environment(WEBHOOK="https://hooks.example.com/x", TEAM="data", START="12:30"),
        environment(
            AIRFLOW_CONN_WAREHOUSE="postgresql://wh.example.com:5432/x", AIRFLOW_VAR_URL="http://a.example.com"
        ),
        environment(SIDECAR="http://localhost:9000", NO_PROXY="10.0.0.0/8,a.example.com:80"),
        {"airflow.config": {"api": {"base_url": "http://airflow.example.com:8443/airflow"}}},
        {"airflow.config": {"smtp": {"smtp_host": "smtp.example.com", "smtp_port": 587}}},
        {"airflow.keyVaultSecrets": {"AIRFLOW_CONN_WAREHOUSE": "warehouse", "AIRFLOW__SMTP__SMTP_PASSWORD": "mail"}},
    ],
)
def test_what_is_open_or_only_for_tasks_is_no_warning(changes: dict[str, Any]) -> None:
    assert checked(changes)[1] == {}


@pytest.mark.parametrize(
    ("variable", "users"),
    [
        ("HTTPS_PROXY", "apiServer, dagProcessor, scheduler, triggerer, workers"),
        ("AIRFLOW_CONN_SMTP_DEFAULT", "dagProcessor, triggerer, workers"),
        ("AUTH_LDAP_SERVER", "apiServer"),
        ("AIRFLOW__SECRETS__BACKEND_KWARGS", "apiServer, dagProcessor, scheduler, triggerer, workers"),
    ],
)
def test_an_address_in_the_key_vault_cannot_be_read_and_is_a_warning(variable: str, users: str) -> None:
    secret = {"airflow.keyVaultSecrets": {variable: "team-secret"}}
    assert f"for: [{users}]" in checked(secret)[1][f"airflow.keyVaultSecrets.{variable}"]
    entry = {"host": "a.example.com", "port": 1, "for": users.split(", ")}
    assert checked({**secret, EGRESS: [entry]})[1] == {}


def test_a_way_in_on_the_port_of_a_service_is_a_warning() -> None:
    entries = [
        {"namespace": "gateway", "port": 80, "to": ["apiServer"]},
        {"namespace": "gateway", "port": 8080, "to": ["apiServer"]},
        {"namespace": "monitoring", "port": 9127, "to": ["pgbouncer"]},
    ]
    assert list(checked({INGRESS: entries})[1]) == [f"{INGRESS}[0].port"]


def test_every_warning_appears_once_in_the_plan_with_the_others() -> None:
    changes = {
        **OWN_DAGS,
        **environment(KAFKA="kafka-1.example.com:9092,kafka-2.example.com:9092"),
        "airflow.keyVaultSecrets": {"HTTPS_PROXY": "proxy"},
        "logs.redundancy": "Standard_LRS",
        INGRESS: [{"namespace": "gateway", "port": 80, "to": ["apiServer"]}],
    }
    assert [warning.partition(": ")[0].partition(":")[2] for warning in plan_of("prod", changes).warnings] == [
        "logs.redundancy",
        "airflow.environment.KAFKA",
        "airflow.keyVaultSecrets.HTTPS_PROXY",
        "network.allowedIngress[0].port",
    ]


RESTRICTED = {"network.egress": "restricted", "network.outbound": "natGateway"}


def test_with_restricted_egress_a_range_opens_no_name() -> None:
    entry = {"cidr": "10.70.0.0/16", "port": 9092, "for": ["workers"]}
    named, numbered = (
        checked({**RESTRICTED, **environment(KAFKA=place), EGRESS: [entry]})[1]
        for place in ("kafka.example.com:9092", "10.70.1.5:9092")
    )
    assert "airflow.environment.KAFKA" in named
    assert "airflow.environment.KAFKA" not in numbered


@pytest.mark.parametrize(
    ("entry", "warns"),
    [
        ({"host": "trino.data.svc", "port": 8080, "for": ["taskPods"]}, True),
        ({"host": "trino.data.svc", "port": 8080}, True),
        ({"host": "trino.data.svc", "port": 8080, "for": ["scheduler"]}, False),
        ({"host": "trino.example.com", "port": 8080, "for": ["taskPods"]}, False),
        ({"cidr": "10.70.0.0/16", "port": 8080}, False),
    ],
)
def test_an_entry_for_a_service_does_not_reach_the_tasks_of_teams(entry: dict[str, Any], warns: bool) -> None:
    group = "00000000-0000-0000-0000-000000000001"
    team = {"name": "dev", "groupId": group, "namespace": "dev", "runsTasks": True}
    warnings = checked({"cluster.adminGroupIds": [group], "teams": [team], EGRESS: [entry]})[1]
    assert ("network.allowedEgress[0]" in warnings) is warns
    assert all("tasks in dev reach" in warnings[path] for path in warnings if path == "network.allowedEgress[0]")
