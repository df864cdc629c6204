"""Rules for allowed connections, and warnings of those that the policies stop."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from tests.plans import PROJECT, changed, plan_of, shipped

EGRESS, INGRESS = "network.allowedEgress", "network.allowedIngress"


# Without the warning about the example DAGs.
OWN_DAGS = {"dags.git.repository": "https://git.example.com/team/dags.git"}


def checked(changes: dict[str, Any], stack: str = "prod") -> tuple[dict[str, str], dict[str, str]]:
    """Errors and warnings, by their paths behind the namespace."""
    config = changed(shipped(stack), {**OWN_DAGS, **changes})
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, stack)
    texts = [{p.path.removeprefix(f"{PROJECT}:"): p.message for p in problems} for problems in (errors, warnings)]
    assert [len(text) for text in texts] == [len(errors), len(warnings)]
    return texts[0], texts[1]


def environment(**variables: str) -> dict[str, Any]:
    return {"airflow.environment": variables}


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        ({EGRESS: [{"port": 636}]}, f"{EGRESS}[0]", "must have either host or cidr, and has neither"),
        ({EGRESS: [{"host": "a.b.c", "cidr": "10.1.0.0/16", "port": 1}]}, f"{EGRESS}[0]", "has both: remove one"),
        ({EGRESS: [{"host": "ldaps://a.example.com", "port": 1}]}, f"{EGRESS}[0].host", "without https:// and port"),
        ({EGRESS: [{"host": "a.example.com:636", "port": 636}]}, f"{EGRESS}[0].host", "without https:// and port"),
        ({EGRESS: [{"host": "10.1.2.3", "port": 636}]}, f"{EGRESS}[0].host", "use cidr"),
        ({EGRESS: [{"host": "*.example.com", "port": 636}]}, f"{EGRESS}[0].host", "the name of a host alone"),
        ({EGRESS: [{"cidr": "10.1.2.3", "port": 0}]}, f"{EGRESS}[0].port", "at least 1"),
        ({EGRESS: [{"cidr": "10.1.2.3/16", "port": 1}]}, f"{EGRESS}[0].cidr", "CIDR form"),
        ({EGRESS: [{"host": "a.b.c", "port": 65536}]}, f"{EGRESS}[0].port", "at most 65535"),
        ({EGRESS: [{"host": "a.b.c"}]}, f"{EGRESS}[0].port", "is required"),
        ({EGRESS: [{"host": "a.b.c", "port": 1, "for": ["webserver"]}]}, f"{EGRESS}[0].for[0]", "one of apiServer"),
        (
            {EGRESS: [{"host": "a.b.c", "port": 1, "to": ["apiServer"]}]},
            f"{EGRESS}[0].to",
            "known keys: cidr, for, host",
        ),
        ({EGRESS: [{"cidr": "169.254.169.254/32", "port": 80}]}, f"{EGRESS}[0].cidr", "the node's own identity"),
        ({EGRESS: [{"cidr": "10.244.3.0/24", "port": 80}]}, f"{EGRESS}[0].cidr", "use host: <service>.<namespace>.svc"),
        ({EGRESS: [{"cidr": "10.0.0.0/16", "port": 80}]}, f"{EGRESS}[0].cidr", "inside 10.0.0.0/16"),
        ({INGRESS: [{"cidr": "10.244.0.0/16", "port": 1, "to": ["statsd"]}]}, f"{INGRESS}[0].cidr", "use namespace"),
        ({INGRESS: [{"port": 8080, "to": ["apiServer"]}]}, f"{INGRESS}[0]", "must have either namespace or cidr"),
        ({INGRESS: [{"namespace": "gateway", "port": 8080}]}, f"{INGRESS}[0].to", "is required"),
        ({INGRESS: [{"namespace": "gateway", "port": 8080, "to": []}]}, f"{INGRESS}[0].to", "must not be empty"),
        ({INGRESS: [{"namespace": "Gate", "port": 8080, "to": ["apiServer"]}]}, f"{INGRESS}[0].namespace", "namespace"),
        (
            {EGRESS: [{"host": "a.b.c", "port": 1, "for": ["scheduler", "triggerer"]}], "airflow.triggerers": 0},
            f"{EGRESS}[0].for[1]",
            "the stack runs no triggerer: airflow-aks:airflow.triggerers is 0",
        ),
        (
            {EGRESS: [{"host": "a.b.c", "port": 1, "for": ["workers"]}], "airflow.executor": "LocalExecutor"},
            f"{EGRESS}[0].for[0]",
            "name `scheduler`",
        ),
        (
            {EGRESS: [{"host": "a.b.c", "port": 1, "for": ["taskPods"]}], "airflow.executor": "CeleryExecutor"},
            f"{EGRESS}[0].for[0]",
            "airflow-aks:airflow.executor is CeleryExecutor",
        ),
        (
            {INGRESS: [{"namespace": "x", "port": 9127, "to": ["pgbouncer"]}], "database.pooler": "none"},
            f"{INGRESS}[0].to[0]",
            "airflow-aks:database.pooler is none",
        ),
        (environment(HTTP_PROXY="http://proxy:99999"), "airflow.environment.HTTP_PROXY", "a port from 1 to 65535"),
        (environment(https_proxy="http://[proxy/"), "airflow.environment.https_proxy", "the name of a host"),
        ({"airflow.config": {"smtp": {"smtp_port": 70000}}}, "airflow.config.smtp.smtp_port", "a port from 1 to 65535"),
        (environment(LDAP_SERVER="ldaps://ldap.example.com:66636"), "airflow.environment.LDAP_SERVER", "a port from 1"),
        (
            environment(AIRFLOW__METRICS__OTEL_PORT="grpc"),
            "airflow.environment.AIRFLOW__METRICS__OTEL_PORT",
            "a port from 1 to 65535",
        ),
    ],
)
def test_wrong_connections_are_named_by_their_path(changes: dict[str, Any], path: str, words: str) -> None:
    errors, _ = checked(changes)
    assert words in errors[path]


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


def test_an_address_of_a_service_is_told_to_be_a_name() -> None:
    warning = checked(environment(HTTP_PROXY="http://10.0.7.7:3128"))[1]["airflow.environment.HTTP_PROXY"]
    assert "use <service>.<namespace>.svc" in warning


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


def test_every_error_appears_with_the_others() -> None:
    errors, _ = checked(
        {
            EGRESS: [{"port": 636}, {"cidr": "10.244.0.0/16", "port": 80}],
            INGRESS: [{"cidr": "10.80.0.0/24", "port": 9102, "to": ["pgbouncer"]}],
            "database.pooler": "none",
            "cluster.tier": "Gold",
            **environment(HTTP_PROXY="http://proxy:0"),
        }
    )
    assert sorted(errors) == [
        "airflow.environment.HTTP_PROXY",
        "cluster.tier",
        f"{EGRESS}[0]",
        f"{EGRESS}[1].cidr",
        f"{INGRESS}[0].to[0]",
    ]
