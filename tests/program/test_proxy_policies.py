"""Network policies open the way to a company's proxy, for those that call something outside."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from dryrun.plan import Plan
from tests.cases import SELECTORS
from tests.cilium import HostTraffic
from tests.plans import plan_of

from .test_proxy import ACCESS, POLICY, RESTRICTED


def opened(plan: Plan, namespace: str, policy: str) -> Iterator[tuple[str, int]]:
    """Each peer that a network policy of Kubernetes opens, with its port."""
    for one in plan.all(POLICY):
        metadata = one.inputs["metadata"]
        if (metadata["namespace"], metadata["name"]) == (namespace, policy):
            for rule in one.inputs["spec"]["egress"]:
                for peer in rule["to"]:
                    yield peer["ipBlock"]["cidr"], int(rule["ports"][0]["port"])


def test_policies_open_the_proxy_by_its_port_or_its_address() -> None:
    named, numbered = (plan_of("prod", SELECTORS[case]) for case in ("proxy", "proxy-2.9"))
    anywhere = [("0.0.0.0/0", 3128), ("0.0.0.0/0", 3129)]
    assert sorted(opened(named, "airflow", "airflow-to-proxy")) == anywhere
    assert sorted(opened(named, "cert-manager", "to-proxy")) == anywhere
    assert list(opened(numbered, "airflow", "airflow-to-proxy")) == [("192.0.2.9/32", 3128)]


@pytest.mark.parametrize(
    ("namespace", "labels"),
    [
        ("airflow", {"component": "scheduler"}),
        ("airflow", {"component": "worker"}),
        ("airflow", {"kubernetes_pod_operator": "True"}),
        ("external-secrets", {"app": "any"}),
        ("external-secrets-gateway", {"app": "any"}),
    ],
)
def test_with_restricted_egress_callers_resolve_and_reach_the_proxy(namespace: str, labels: dict[str, str]) -> None:
    traffic = HostTraffic(plan_of("prod", RESTRICTED), namespace)
    assert traffic.resolves(labels, "proxy.example.com")
    assert traffic.reaches(labels, "proxy.example.com", 3128)
    assert traffic.reaches(labels, "proxy.example.com", 3129)
    assert not traffic.reaches(labels, "proxy.example.com", 443)
    assert not traffic.reaches(labels, "api.example.com", 3128)


def test_with_restricted_egress_the_controller_alone_of_cert_manager_reaches_the_proxy() -> None:
    plan = plan_of("prod", {**SELECTORS["proxy-restricted"], "access": ACCESS})
    traffic = HostTraffic(plan, "cert-manager")
    controller, webhook = ({"app.kubernetes.io/component": name} for name in ("controller", "webhook"))
    assert traffic.reaches(controller, "proxy.example.com", 3129)
    assert not traffic.reaches(webhook, "proxy.example.com", 3129)


def test_with_restricted_egress_a_proxy_is_reached_by_its_address_too() -> None:
    proxy = {"http": "http://192.0.2.9:3128"}
    plan = plan_of("prod", {**RESTRICTED, "proxy": proxy})
    for namespace in ("external-secrets", "external-secrets-gateway"):
        specs = HostTraffic(plan, namespace).specs
        assert "192.0.2.9/32" in str(specs["operator-to-proxy"])
    assert list(opened(plan, "airflow", "airflow-to-proxy")) == [("192.0.2.9/32", 3128)]
    assert list(opened(plan, "airflow", "launched-pods-to-proxy")) == [("192.0.2.9/32", 3128)]
