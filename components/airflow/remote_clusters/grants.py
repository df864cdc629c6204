"""What a cluster's owner applies where the program may not grant the rights itself."""

from __future__ import annotations

import yaml

from components.azure.roles import AKS_RBAC_WRITER
from components.kubernetes.remote_access import role_manifests


def namespace_scope(cluster_id: str, namespace: str) -> str:
    """Return the scope of a role of Azure RBAC for Kubernetes. AKS, "Use Azure role-based access control for AKS"."""
    return f"{cluster_id}/namespaces/{namespace}"


def grant_text(cluster_id: str, namespace: str, role_name: str, principal_id: str, *, azure_rbac: bool) -> str:
    """Return what grants the rights: an `az` command, or manifests for `kubectl apply`."""
    if azure_rbac:
        return (
            f"az role assignment create --assignee-object-id {principal_id} --assignee-principal-type ServicePrincipal "
            f"--role {AKS_RBAC_WRITER} --scope {namespace_scope(cluster_id, namespace)}"
        )
    return yaml.safe_dump_all(role_manifests(namespace, role_name, principal_id), sort_keys=False)
