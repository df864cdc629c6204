"""The evaluator of network policies by itself: each rule of the documentation once."""

from __future__ import annotations

from typing import Any

import pytest

from .traffic import Endpoint, Traffic, matches

NAMESPACES = {"a": {"team": "blue", "kubernetes.io/metadata.name": "a"}, "b": {"kubernetes.io/metadata.name": "b"}}
WEB = Endpoint("a", {"app": "web"}, {"http": 8080})
DATA = Endpoint("a", {"app": "data"}, {"sql": 5432})
OTHER = Endpoint("b", {"app": "web"})
OUTSIDE = Endpoint(address="203.0.113.7")
METADATA = Endpoint(address="169.254.169.254")


def policy(spec: dict[str, Any], namespace: str = "a") -> dict[str, Any]:
    return {"metadata": {"name": "p", "namespace": namespace}, "spec": spec}


def traffic(*specs: dict[str, Any]) -> Traffic:
    return Traffic([policy(spec) for spec in specs], NAMESPACES)


DENY = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
OUT = {"podSelector": {"matchLabels": {"app": "web"}}, "policyTypes": ["Egress"]}
IN = {"podSelector": {"matchLabels": {"app": "data"}}, "policyTypes": ["Ingress"]}
TO_DATA = {**OUT, "egress": [{"to": [{"podSelector": {"matchLabels": {"app": "data"}}}], "ports": [{"port": 5432}]}]}
FROM_WEB = {**IN, "ingress": [{"from": [{"podSelector": {"matchLabels": {"app": "web"}}}], "ports": [{"port": "sql"}]}]}


def test_without_policies_everything_passes() -> None:
    assert traffic().allows(OTHER, DATA, 1)


def test_a_policy_without_rules_denies() -> None:
    assert not traffic(DENY).allows(WEB, OUTSIDE, 443)
    assert not traffic(DENY).allows(OTHER, WEB, 8080)


def test_both_ends_must_let_it_pass() -> None:
    assert not traffic(DENY, TO_DATA).allows(WEB, DATA, 5432)
    assert not traffic(DENY, FROM_WEB).allows(WEB, DATA, 5432)
    assert traffic(DENY, TO_DATA, FROM_WEB).allows(WEB, DATA, 5432)


def test_another_port_or_protocol_does_not_pass() -> None:
    both = traffic(DENY, TO_DATA, FROM_WEB)
    assert not both.allows(WEB, DATA, 5433)
    assert not both.allows(WEB, DATA, 5432, "UDP")


def test_a_selector_of_pods_is_of_the_same_namespace() -> None:
    assert not traffic(FROM_WEB).allows(OTHER, DATA, 5432)


@pytest.mark.parametrize(
    ("selector", "passes"),
    [
        ({}, True),
        ({"matchLabels": {"kubernetes.io/metadata.name": "b"}}, True),
        ({"matchLabels": {"team": "blue"}}, False),
    ],
)
def test_a_selector_of_namespaces_is_of_their_labels(selector: dict[str, Any], passes: bool) -> None:
    assert traffic({**IN, "ingress": [{"from": [{"namespaceSelector": selector}]}]}).allows(OTHER, DATA, 1) is passes


def test_pods_and_namespaces_of_one_peer_must_both_match() -> None:
    peer = {"namespaceSelector": {}, "podSelector": {"matchLabels": {"app": "data"}}}
    assert not traffic({**IN, "ingress": [{"from": [peer]}]}).allows(OTHER, DATA, 1)


def test_a_range_is_of_addresses_outside_without_those_excepted() -> None:
    block = {"cidr": "0.0.0.0/0", "except": ["169.254.169.254/32"]}
    out = traffic({**OUT, "egress": [{"to": [{"ipBlock": block}]}]})
    assert out.allows(WEB, OUTSIDE, 443)
    assert not out.allows(WEB, METADATA, 80)
    assert not out.allows(WEB, DATA, 5432)


def test_a_rule_without_peers_is_for_everybody_and_without_ports_for_every_port() -> None:
    assert traffic({**OUT, "egress": [{}]}).allows(WEB, OUTSIDE, 12345, "UDP")


def test_a_range_of_ports_ends_with_its_end() -> None:
    out = traffic({**OUT, "egress": [{"ports": [{"port": 8000, "endPort": 8100}]}]})
    assert [out.allows(WEB, DATA, port) for port in (7999, 8000, 8100, 8101)] == [False, True, True, False]


def test_directions_that_are_not_said_follow_the_rules() -> None:
    spec = {"podSelector": {}, "ingress": [{}]}
    assert traffic(spec).allows(WEB, OUTSIDE, 443)
    assert not traffic({**spec, "egress": [{"ports": [{"port": 80}]}]}).allows(WEB, OUTSIDE, 443)


@pytest.mark.parametrize(
    ("operator", "values", "met"),
    [
        ("In", ["web"], True),
        ("In", ["data"], False),
        ("NotIn", ["data"], True),
        ("NotIn", ["web"], False),
        ("Exists", [], True),
        ("DoesNotExist", [], False),
    ],
)
def test_expressions(operator: str, values: list[str], met: bool) -> None:
    selector = {"matchExpressions": [{"key": "app", "operator": operator, "values": values}]}
    assert matches(selector, {"app": "web"}) is met
