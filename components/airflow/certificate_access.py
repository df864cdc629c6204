"""Who issues the gateway's certificate or reads it from the Key Vault, and what may talk to what for it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pulumi import Input, Output

from components.azure.dns_zone import DnsZone
from components.azure.roles import DNS_ZONE_CONTRIBUTOR, KEY_VAULT_SECRETS_USER, RoleGrant
from components.kubernetes import cert_manager
from components.kubernetes.certificate_objects import SOLVER_LABEL, SOLVER_PORT
from components.settings.access_sections import AccessSettings
from components.settings.airflow_sections import SecretsSettings
from components.settings.proxy_section import ProxySettings

from .accounts import secret_sync_account
from .gateway_policies import PROXY_HTTP_PORT
from .names import GATEWAY_NAMESPACE
from .traffic.host_policies import limit_to_names
from .traffic.policy_specs import DENY, DNS, Policy, egress, in_namespace, ingress, outside, ports
from .traffic.port_numbers import HTTP_PORT, HTTPS_PORT
from .traffic.proxy_policies import open_proxy

_WEBHOOK_PORT: Final = 10250


@dataclass(frozen=True, kw_only=True)
class CertificateIdentity:
    """The service account that gets an identity, the role of the identity, and the subscription of the role's scope."""

    namespace: str
    service_account: str
    grant: RoleGrant
    subscription_id: Input[str]


def certificate_identity(
    access: AccessSettings, secrets: SecretsSettings, vault_id: Input[str], subscription_id: Input[str]
) -> CertificateIdentity | None:
    """Return the identity that signs in to Azure for the certificate; None if the source needs nothing of Azure.

    With Let's Encrypt and a DNS zone, cert-manager may write into that zone alone. With a certificate of the Key Vault,
    the secret sync may read one secret: it has the certificate's name, and holds the certificate and its private key.
    """
    if not access.tls.uses_cert_manager:
        scope = Output.format("{0}/secrets/{1}", vault_id, access.tls.certificate)
        return CertificateIdentity(
            namespace=GATEWAY_NAMESPACE,
            service_account=secret_sync_account(secrets),
            grant=RoleGrant(name="reads-certificate", role=KEY_VAULT_SECRETS_USER, scope=scope),
            subscription_id=subscription_id,
        )
    if access.tls.from_lets_encrypt and access.dns_zone_id is not None:
        return CertificateIdentity(
            namespace=cert_manager.NAMESPACE,
            service_account=cert_manager.SERVICE_ACCOUNT,
            grant=RoleGrant(name="writes-records", role=DNS_ZONE_CONTRIBUTOR, scope=access.dns_zone_id),
            subscription_id=DnsZone.of(access.dns_zone_id).subscription_id,
        )
    return None


def cert_manager_policies(
    access: AccessSettings, *, restricted: bool, proxy: ProxySettings | None = None
) -> dict[str, Policy]:
    """Return the network policies of cert-manager's namespace by their names: what no policy allows is denied.

    `restricted`: whether other policies open DNS and the hosts that cert-manager needs, instead of every address.
    """
    policies = {
        "default-deny": DENY,
        "dns": egress({}, [DNS]),
        # The Kubernetes API, whose address may change at any time; for the controller also Let's Encrypt and Azure.
        "to-https": egress({}, [outside(HTTPS_PORT)]),
        # From anywhere: AKS sends the API server's requests through a tunnel, from addresses that are not documented.
        "webhook": ingress(_pods("webhook"), [{"ports": ports([_WEBHOOK_PORT])}]),
    }
    if access.uses_http01 and access.dns_label is None:
        # The controller asks the gateway for its own answer first. Cilium sees the proxy's pod, not the public address.
        to_gateway = {"to": [in_namespace(GATEWAY_NAMESPACE)], "ports": ports([PROXY_HTTP_PORT])}
        policies["to-gateway"] = egress(_pods("controller"), [outside(HTTP_PORT), to_gateway])
    policies |= open_proxy(proxy, "to-proxy", _pods("controller"))
    return limit_to_names(policies) if restricted else policies


def solver_policy() -> Policy:
    """Return the policy that lets the gateway's proxies, in the same namespace, reach what answers Let's Encrypt."""
    from_proxies = {"from": [{"podSelector": {}}], "ports": ports([SOLVER_PORT])}
    return ingress({"matchLabels": SOLVER_LABEL}, [from_proxies])


def _pods(component: str) -> dict[str, Any]:
    return {"matchLabels": {"app.kubernetes.io/component": component}}
