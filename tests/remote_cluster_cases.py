"""Stack files with remote clusters, for tests."""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "00000000-0000-0000-0000-00000000000a"
IMAGE = {"repository": "customized/airflow", "tag": "3.3.2-0a1b2c3d4e5f"}


def cluster_id(name: str, subscription: str = SUBSCRIPTION) -> str:
    """The id of a cluster in another subscription."""
    group = f"/subscriptions/{subscription}/resourceGroups/rg-{name}"
    return f"{group}/providers/Microsoft.ContainerService/managedClusters/{name}"


def entry(connection: str, **more: Any) -> dict[str, Any]:
    """An entry by id, unless `more` names a stack."""
    target = {} if "stack" in more else {"clusterId": cluster_id(connection)}
    return {"connectionId": connection, "namespace": "jobs", **target, **more}


def changes(*entries: dict[str, Any], **airflow: Any) -> dict[str, Any]:
    """Changes to a stack file that add entries, and the customized image that they need."""
    return {"airflow.image": IMAGE, "remoteClusters": list(entries), **airflow}


ONE = changes(entry("gpu", grantAccess=True))
THREE = changes(
    entry("gpu", grantAccess=True),
    entry("arm", grantAccess=True, azureRbac=True),
    entry("own", stack="contoso/airflow-aks/gpu"),
)
