"""Airflow's connection to another AKS cluster, with a kubeconfig that holds no credential."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any, Final

from components.azure.kubeconfig import AKS_SERVER_ID

# Where the workload identity webhook mounts the token of the pod's service account.
# Source: Azure Workload Identity, "Mutating Admission Webhook".
TOKEN_FILE: Final = "/var/run/secrets/azure/tokens/azure-identity-token"  # noqa: S105 - a path, not a token
# kubelogin's name for Azure's public cloud, the only one in which the program runs.
_CLOUD: Final = "AzurePublicCloud"
# What Pod Security "restricted" asks of the sidecar that hands an XCom over. Its image would run as root by default.
_SIDECAR_CONTEXT: Final = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "runAsUser": 65534,
    "seccompProfile": {"type": "RuntimeDefault"},
}


@dataclass(frozen=True, kw_only=True)
class Target:
    """A namespace of a cluster, and the identity as which tasks call it. The CA certificate is in base64."""

    connection_id: str
    namespace: str
    server: str
    certificate_authority: str
    tenant_id: str
    client_id: str


def kubeconfig(target: Target) -> dict[str, Any]:
    """Return a kubeconfig whose user signs in through kubelogin with the pod's own token.

    The webhook sets AZURE_CLIENT_ID to Airflow's identity, and kubelogin prefers variables to its arguments. Without
    `--disable-environment-override` it would sign in as that identity, which has no rights in the cluster.
    Source: Azure/kubelogin, pkg/internal/token/options.go.
    """
    arguments = {
        "--login": "workloadidentity",
        "--environment": _CLOUD,
        "--server-id": AKS_SERVER_ID,
        "--tenant-id": target.tenant_id,
        "--client-id": target.client_id,
        "--federated-token-file": TOKEN_FILE,
    }
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1beta1",
        "command": "kubelogin",
        "args": ["get-token", *(part for pair in arguments.items() for part in pair), "--disable-environment-override"],
        "interactiveMode": "Never",
        "provideClusterInfo": False,
    }
    name = target.connection_id
    cluster = {"server": target.server, "certificate-authority-data": target.certificate_authority}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": name, "cluster": cluster}],
        "users": [{"name": name, "user": {"exec": plugin}}],
        "contexts": [{"name": name, "context": {"cluster": name, "user": name, "namespace": target.namespace}}],
        "current-context": name,
    }


def connection(target: Target, sidecar_image: str) -> str:
    """Return the connection as JSON.

    Without `xcom_sidecar_container_image` the operator would pull a public image. The hook reads the security context
    as JSON in a text, unlike the kubeconfig.
    """
    extra = {
        "in_cluster": False,
        "kube_config": kubeconfig(target),
        "namespace": target.namespace,
        "xcom_sidecar_container_image": sidecar_image,
        "xcom_sidecar_container_security_context": json.dumps(_SIDECAR_CONTEXT, sort_keys=True),
    }
    return json.dumps({"conn_type": "kubernetes", "extra": extra}, separators=(",", ":"), sort_keys=True)
