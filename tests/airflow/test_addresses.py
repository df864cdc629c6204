"""Hosts and ports in the texts of a stack file."""

from __future__ import annotations

import pytest

from components.airflow.traffic.addresses import Address, find_addresses, read_address
from components.airflow.traffic.policy_specs import anywhere, in_namespace, in_range


def found(text: str) -> list[tuple[str, int]]:
    return [(address.host, address.port) for address in find_addresses(text)]


@pytest.mark.parametrize(
    ("text", "addresses"),
    [
        ("http://proxy.example.com:3128", [("proxy.example.com", 3128)]),
        ("https://user@vault.example.com:8200/v1?x=1", [("vault.example.com", 8200)]),
        ("ldaps://ldap.example.com", [("ldap.example.com", 636)]),
        ("postgresql+psycopg2://db.example.com/warehouse", [("db.example.com", 5432)]),
        ("ssh://git@git.example.com:7999/team/dags.git", [("git.example.com", 7999)]),
        ("git@git.example.com:team/dags.git", [("git.example.com", 22)]),
        ("10.1.2.3:4317", [("10.1.2.3", 4317)]),
        (
            "kafka-1.example.com:9092,kafka-2.example.com:9093",
            [("kafka-1.example.com", 9092), ("kafka-2.example.com", 9093)],
        ),
        ('{"a": [{"url": "http://marquez.lineage.svc:5000"}]}', [("marquez.lineage.svc", 5000)]),
        ('{"host": "es.example.com", "port": "9200"}', [("es.example.com", 9200)]),
    ],
)
def test_addresses_are_found(text: str, addresses: list[tuple[str, int]]) -> None:
    assert found(text) == addresses


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12:30",
        "module:8",
        "INFO",
        "ops@example.com",
        "https://",
        "https://[host/",
        "http://[::1]:4318",
        "http://host.example.com:99999",
        "http://host.example.com:port",
        "wasb://logs@",
        '{"host": "es.example.com", "port": "x"}',
        "{not json",
        "[" * 100_000,
    ],
)
def test_what_only_looks_like_an_address_is_left_out(text: str) -> None:
    assert found(text) == []


@pytest.mark.parametrize(
    "text", ["http://proxy.example.com:0", "proxy.example.com:65536", "proxy:", "http://[host/", "http:///x"]
)
def test_an_address_that_no_connection_can_have_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must have"):
        read_address(text)


@pytest.mark.parametrize(
    ("host", "peers"),
    [
        ("ldap.corp.example.com", [anywhere()]),
        ("ldap.corp.example.com.", [anywhere()]),
        ("a.svc.example.com", [anywhere()]),
        ("10.1.2.3", [in_range("10.1.2.3/32")]),
        ("vault.secrets.svc", [in_namespace("secrets")]),
        ("VAULT-0.vault.secrets.svc.cluster.local", [in_namespace("secrets")]),
        ("proxy", [anywhere(), in_namespace("airflow")]),
        ("vault.secrets", [anywhere(), in_namespace("secrets")]),
    ],
)
def test_a_host_opens_its_namespace_or_what_is_outside(host: str, peers: list[object]) -> None:
    assert Address(host=host, port=1).peers == peers


def test_every_range_that_holds_the_identity_of_the_node_leaves_it_out() -> None:
    assert in_range("169.254.0.0/16")["ipBlock"]["except"] == ["169.254.169.254/32"]
    assert in_range("0.0.0.0/0")["ipBlock"]["except"] == ["169.254.169.254/32", "168.63.129.16/32"]
    assert "except" not in in_range("10.0.0.0/8")["ipBlock"]
