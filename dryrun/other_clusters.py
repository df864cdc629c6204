"""What the simulated Azure answers about clusters, those of other stacks too."""

from __future__ import annotations

import base64
import json
from typing import Any

Properties = dict[str, Any]


def cluster_id(subscription: str, stack: str) -> str:
    """Return the id of another stack's cluster. `stack` is that stack's full name."""
    name = f"airflow-{stack.rpartition('/')[2]}"
    group = f"/subscriptions/{subscription}/resourceGroups/rg-{name}"
    return f"{group}/providers/Microsoft.ContainerService/managedClusters/aks-{name}"


def describe_cluster(name: str, tenant: str, kubelet: str) -> Properties:
    """Return what the program reads of a cluster: one with Entra and Azure RBAC, which it does not refuse."""
    return {
        "name": name,
        "aadProfile": {"managed": True, "enableAzureRBAC": True, "tenantID": tenant},
        "identityProfile": {"kubeletidentity": {"objectId": kubelet}},
    }


def list_credentials(cluster: str, user: str, key: str, authority: str) -> Properties:
    """Return a cluster's kubeconfig as Azure lists it, in base64."""
    api_server = {
        "certificate-authority-data": base64.b64encode(authority.encode()).decode(),
        "server": f"https://{cluster}.dry-run.invalid:443",
    }
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [{"name": cluster, "cluster": api_server}],
        "users": [{"name": user, "user": {"client-key-data": key}}],
        "contexts": [{"name": cluster, "context": {"cluster": cluster, "user": user}}],
        "current-context": cluster,
    }
    value = base64.b64encode(json.dumps(config).encode()).decode()
    return {"kubeconfigs": [{"name": f"cluster{user.capitalize()}", "value": value}]}
