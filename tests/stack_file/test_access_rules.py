"""The section `access`: what is right, what is only a warning, and what comes all at once."""

from __future__ import annotations

from typing import Any

import pytest

from components.azure.dns_zone import DnsZone
from components.stack_file.checker import check
from tests.plans import PROJECT, changed, shipped
from tests.stack_file.test_bad_input import problems
from tests.stack_file.wrong_access import HOST, SECRET, SIGN_IN, ZONE


def warnings(changes: dict[str, Any]) -> dict[str, str]:
    config = changed(shipped("dev"), changes)
    _, errors, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert errors == []
    return {problem.path.removeprefix("airflow-aks:"): problem.message for problem in warned}


@pytest.mark.parametrize(
    "access",
    [
        {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}},
        {"host": HOST, "path": "/data/airflow", "dnsZoneId": ZONE, "visibility": "internal"},
        {"host": "example.com", "dnsZoneId": ZONE.upper().replace("EXAMPLE.COM", "Example.com")},
        {"host": HOST, "visibility": "internal", "tls": {"issuer": "selfSigned"}},
        {"host": HOST, "visibility": "internal", "tls": {"issuer": "keyVault", "certificate": "airflow-tls"}},
        {"host": HOST, "allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"], "replicas": 3},
        {"host": HOST, "signIn": {**SIGN_IN, "federated": True}},
    ],
)
def test_a_right_section_has_no_problem(access: dict[str, Any]) -> None:
    assert problems({"access": access}) == []


def test_a_sign_in_with_a_secret_has_no_problem() -> None:
    changes = {"access": {"host": HOST, "signIn": SIGN_IN}, **SECRET}
    assert problems(changes) == []
    assert not [path for path in warnings(changes) if "signIn" in path]


def test_a_section_that_is_left_out_owns_nothing() -> None:
    config = {"api": {"base_url": f"https://{HOST}"}, "fab": {"enable_proxy_fix": True}}
    assert problems({"airflow.config": config, "airflow.values": {"apiServer": {"args": ["bash"]}}}) == []


@pytest.mark.parametrize("empty", [None, ""])
def test_a_key_without_a_value_is_no_way_in(empty: str | None) -> None:
    assert problems({"access": empty}) == []


@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (
            {"access": {"host": HOST, "tls": {"issuer": "selfSigned", "email": "ops@example.com"}}},
            "access.tls.email",
            "letsencrypt (is selfSigned)",
        ),
        (
            {"access": {"host": HOST, "tls": {"certificate": "airflow-tls"}}},
            "access.tls.certificate",
            "keyVault (is letsencrypt)",
        ),
        (SECRET, "signInClientSecret", "is not used: it is for airflow-aks:access.signIn"),
        (
            {"access": {"host": HOST, "signIn": {**SIGN_IN, "federated": True}}, **SECRET},
            "signInClientSecret",
            "without federated: true",
        ),
    ],
)
def test_what_nothing_uses_is_a_warning(changes: dict[str, Any], path: str, words: str) -> None:
    assert words in warnings(changes)[path]


def test_every_problem_of_the_way_in_comes_at_once() -> None:
    found = problems(
        {
            "access": {
                "dnsLabel": "My Label",
                "host": "https://x",
                "path": "x",
                "visibility": "internal",
                "dnsZoneId": "x",
                "gatewayClass": "appRouting",
                "tls": {"issuer": "keyVault"},
                "allowedCidrs": ["::/0"],
                "signIn": {"tenantId": "x", "clientId": SIGN_IN["clientId"], "roles": {"Boss": ["a"], "Op": []}},
            },
            "airflow.config": {"api": {"base_url": "https://x.example.com"}},
        }
    )
    assert sorted(problem.path.removeprefix("airflow-aks:") for problem in found) == [
        "access.allowedCidrs[0]",
        "access.dnsLabel",
        "access.dnsZoneId",
        "access.gatewayClass",
        "access.host",
        "access.path",
        "access.signIn.roles",
        "access.signIn.roles.Boss",
        "access.signIn.tenantId",
        "access.tls.certificate",
        "airflow.config.api.base_url",
    ]


@pytest.mark.parametrize(
    ("wrong", "path"),
    [
        ({"dnsLabel": "X"}, "access.dnsLabel"),
        ({"host": "X"}, "access.host"),
        ({"host": HOST, "visibility": "internal", "dnsZoneId": "X"}, "access.dnsZoneId"),
    ],
)
def test_a_wrong_value_has_no_second_problem_as_its_consequence(wrong: dict[str, Any], path: str) -> None:
    assert [problem.path for problem in problems({"access": wrong})] == [f"airflow-aks:{path}"]


@pytest.mark.parametrize(
    ("host", "record"), [("example.com", "@"), ("airflow.example.com", "airflow"), ("a.b.example.com", "a.b")]
)
def test_a_record_has_the_name_of_its_host_inside_the_zone(host: str, record: str) -> None:
    zone = DnsZone.of(ZONE)
    assert (zone.resource_group_name, zone.name) == ("dns", "example.com")
    assert zone.holds(host)
    assert zone.record_name(host) == record
