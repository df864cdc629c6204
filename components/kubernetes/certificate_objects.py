"""The issuers and certificates of a gateway in cert-manager's form, as plain values.

Sources: cert-manager, "ACME", "HTTP01", "AzureDNS", "CA", "Certificate resource".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .certificate_secret import TLS_SECRET

AUTHORITY_SECRET: Final = "airflow-tls-authority"  # noqa: S105 - a name
# Each server has an account of its own, and so a key of its own.
ACME_SERVERS: Final = {
    "letsencrypt": "https://acme-v02.api.letsencrypt.org/directory",
    "letsencrypt-staging": "https://acme-staging-v02.api.letsencrypt.org/directory",
}
# The port on which cert-manager's solver answers HTTP-01, and the label of its pods.
SOLVER_PORT: Final = 8089
SOLVER_LABEL: Final = {"acme.cert-manager.io/http01-solver": "true"}
# Not all usages that a key could have: browsers want this one, and an elliptic curve encrypts no keys.
_USAGES: Final = ["digital signature", "server auth"]
# Ten years. Who trusts the authority need not trust it again at each renewal of a certificate.
_AUTHORITY_DURATION: Final = "87600h"
_AUTHORITY_USAGES: Final = ["digital signature", "cert sign", "crl sign"]
_SOLVER_RESOURCES: Final = {
    "requests": {"cpu": "10m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
    "limits": {"cpu": "100m", "memory": "64Mi", "ephemeral-storage": "64Mi"},
}
# Azure answers for a name of its own as soon as the address exists.
_UNTIL_AZURE_ANSWERS: Final = "60s"

Spec = dict[str, Any]


def acme_issuer_spec(server: str, email: str | None, solver: Spec) -> Spec:
    """Return an Issuer that orders from an ACME server; `server` is a key of ACME_SERVERS."""
    return {
        "acme": {
            "server": ACME_SERVERS[server],
            **({"email": email} if email else {}),
            "privateKeySecretRef": {"name": f"{server}-account-key"},
            "solvers": [solver],
        }
    }


def http_solver(gateway: str, namespace: str, node_selector: Mapping[str, str], *, azure_name: bool) -> Spec:
    """Return the solver that answers a request to the gateway's HTTP listener.

    cert-manager itself asks first, and waits until the host's DNS record leads to the gateway. With a name that Azure
    gives (`azure_name`) it only waits a minute: some clusters cannot reach their own public address.
    """
    return {
        "http01": {
            "gatewayHTTPRoute": {
                "parentRefs": [{"kind": "Gateway", "name": gateway, "namespace": namespace, "sectionName": "http"}],
                # Not the default, NodePort, which would open a port of every node.
                "serviceType": "ClusterIP",
                "podTemplate": {"spec": {"nodeSelector": dict(node_selector), "resources": _SOLVER_RESOURCES}},
            }
        },
        **({"waitInsteadOfSelfCheck": _UNTIL_AZURE_ANSWERS} if azure_name else {}),
    }


def dns_solver(zone_id: str, client_id: str) -> Spec:
    """Return the solver that writes a TXT record into an Azure DNS zone with a workload identity."""
    _, _, subscription, _, resource_group, _, _, _, zone = zone_id.split("/")
    return {
        "dns01": {
            "azureDNS": {
                "environment": "AzurePublicCloud",
                "subscriptionID": subscription,
                "resourceGroupName": resource_group,
                "hostedZoneName": zone,
                "managedIdentity": {"clientID": client_id},
            }
        }
    }


def certificate_spec(host: str, issuer: str, labels: Mapping[str, str]) -> Spec:
    """Return the gateway's Certificate.

    `labels` are those of its Secret. The host is no common name, which has a limit of 64 characters.
    """
    return {
        "secretName": TLS_SECRET,
        "secretTemplate": {"labels": dict(labels)},
        "dnsNames": [host],
        "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": issuer},
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "usages": _USAGES,
        # A share of the lifetime, not a time: authorities shorten lifetimes, and the certificate's own counts.
        "renewBeforePercentage": 33,
        "revisionHistoryLimit": 1,
    }


def authority_spec(host: str, issuer: str) -> Spec:
    """Return the Certificate of the cluster's own authority, which keeps its key when it is renewed."""
    return {
        "secretName": AUTHORITY_SECRET,
        "isCA": True,
        "commonName": f"airflow-aks {host}"[:64],
        "duration": _AUTHORITY_DURATION,
        "issuerRef": {"group": "cert-manager.io", "kind": "Issuer", "name": issuer},
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Never"},
        "usages": _AUTHORITY_USAGES,
        "renewBeforePercentage": 33,
        "revisionHistoryLimit": 1,
    }
