"""With `network.egress: restricted`, External Secrets, the gateway and cert-manager reach what they need alone."""

from __future__ import annotations

from typing import Any

import pytest

from tests.cases import SELECTORS
from tests.cilium import POLICY, HostTraffic
from tests.cluster.traffic import Endpoint
from tests.plans import at, plan_of, planned
from tests.program.restricted_traffic import INTERNET, RESTRICTED, addresses, hosts


def test_external_secrets_reaches_the_vault_the_sign_in_and_kubernetes_and_nothing_else() -> None:
    plan = plan_of("prod", RESTRICTED)
    traffic = HostTraffic(plan, "external-secrets")
    vault = f"{plan.one('azure-native:keyvault:Vault').inputs['vaultName']}.vault.azure.net"
    for host in (vault, "login.microsoftonline.com"):
        assert traffic.reaches({}, host, 443)
    assert traffic.calls_kubernetes({})
    assert not traffic.resolves({}, "api.example.com")
    operator = plan.one("kubernetes:helm.sh/v3:Release", "secret-sync-external-secrets-operator")
    assert {policy.urn for policy in plan.all(POLICY) if "external-secrets" in policy.name} <= set(
        operator.dependencies
    )


def test_the_driver_of_csi_reads_the_vault_on_the_node_and_needs_no_policy() -> None:
    assert not hosts({"secrets.delivery": "csi"}, "external-secrets").specs


def test_the_gateway_calls_kubernetes_and_no_address_of_the_internet() -> None:
    plan = planned("egress-restricted-public")
    (namespace,) = {
        policy.inputs["metadata"]["namespace"] for policy in plan.all(POLICY) if policy.name.startswith("gateway-")
    }
    controller, proxy = {"control-plane": "envoy-gateway"}, {"app.kubernetes.io/name": "envoy"}
    traffic = HostTraffic(plan, namespace)
    assert traffic.calls_kubernetes(controller)
    assert traffic.calls_kubernetes({"app": "certgen"})
    assert not traffic.calls_kubernetes(proxy)
    for labels in (controller, {"app": "certgen"}):
        assert not addresses(plan).allows(Endpoint(namespace, labels), INTERNET, 443)
        assert addresses(planned("access-label")).allows(Endpoint(namespace, labels), INTERNET, 443)


def certificates(**access: Any) -> HostTraffic:
    return hosts({"access": access}, "cert-manager")


CONTROLLER = {"app.kubernetes.io/component": "controller"}
MAIL = {"email": "ops@example.com"}


def test_cert_manager_orders_at_the_authority_of_the_stack_file_and_at_no_other() -> None:
    for issuer, server, other in (
        ("letsencrypt", "acme-v02.api.letsencrypt.org", "acme-staging-v02.api.letsencrypt.org"),
        ("letsencryptStaging", "acme-staging-v02.api.letsencrypt.org", "acme-v02.api.letsencrypt.org"),
    ):
        traffic = certificates(dnsLabel="my-airflow", tls={"issuer": issuer, **MAIL})
        assert traffic.reaches(CONTROLLER, server, 443)
        assert not traffic.resolves(CONTROLLER, other)
        assert not traffic.reaches({"app.kubernetes.io/component": "webhook"}, server, 443)
        assert not traffic.resolves(CONTROLLER, "management.azure.com")
        assert traffic.calls_kubernetes(CONTROLLER)


def test_cert_manager_writes_and_asks_for_its_record_in_the_dns_zone() -> None:
    access = SELECTORS["access-internal"]["access"]
    traffic = certificates(**access)
    for host in ("login.microsoftonline.com", "management.azure.com"):
        assert traffic.reaches(CONTROLLER, host, 443)
    zone = access["host"].partition(".")[2]
    for name in (f"_acme-challenge.{access['host']}", access["host"], zone):
        assert traffic.resolves(CONTROLLER, name)


def test_an_authority_of_the_clusters_own_needs_no_host() -> None:
    traffic = certificates(host="airflow.example.com", tls={"issuer": "selfSigned"})
    assert traffic.calls_kubernetes(CONTROLLER)
    assert not [match for spec in traffic.specs.values() for match in at(spec, "toFQDNs")]


@pytest.mark.parametrize("issuer", ["letsencrypt", "selfSigned"])
def test_no_network_policy_opens_an_address_of_the_internet_to_cert_manager(issuer: str) -> None:
    tls = {"issuer": issuer, **(MAIL if issuer == "letsencrypt" else {})}
    access = {"host": "airflow.example.com", "tls": tls}
    traffic = addresses(plan_of("prod", {**RESTRICTED, "access": access}))
    for port in (53, 80, 443):
        assert not traffic.allows(Endpoint("cert-manager", CONTROLLER), INTERNET, port)


def test_a_certificate_of_the_vault_is_read_by_an_operator_that_reaches_the_vault() -> None:
    access = {"host": "airflow.example.com", "tls": {"issuer": "keyVault", "certificate": "airflow"}}
    plan = plan_of("prod", {**RESTRICTED, "access": access})
    vault = f"{plan.one('azure-native:keyvault:Vault').inputs['vaultName']}.vault.azure.net"
    assert HostTraffic(plan, "external-secrets-gateway").reaches({}, vault, 443)
    assert not HostTraffic(plan, "cert-manager").specs
