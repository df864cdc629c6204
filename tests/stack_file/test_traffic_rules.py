"""Rules for allowed connections."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack_file.connections import EGRESS, INGRESS, checked, environment


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


def test_an_address_of_a_service_is_told_to_be_a_name() -> None:
    warning = checked(environment(HTTP_PROXY="http://10.0.7.7:3128"))[1]["airflow.environment.HTTP_PROXY"]
    assert "use <service>.<namespace>.svc" in warning


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
