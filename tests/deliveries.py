"""Plans of every way for logs, DAGs and secrets, and what such a plan mounts and names."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

from dryrun.plan import Plan, Resource
from tests.plans import at, plan_of

LOGS = ("blob", "blobfuse", "azureFiles")
DAGS = ("gitSync", "gitBundle", "azureFiles", "image")
SECRETS = ("externalSecrets", "csi")


@functools.cache
def planned(logs: str, dags: str, secrets: str = "externalSecrets") -> Plan:
    changes: dict[str, Any] = {"logs.delivery": logs, "dags.delivery": dags, "secrets.delivery": secrets}
    if dags == "image":
        changes["airflow.image"] = {"repository": "team/airflow", "tag": "1.0.0"}
    return plan_of("dev", changes)


def values_of(plan: Plan) -> Any:
    return plan.one("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]


def claims_mounted(plan: Plan) -> set[str]:
    """The claims that pods mount: those that the chart is told of, and any that a pod or a list of volumes names."""
    values = values_of(plan)
    chart = {
        part["persistence"]["existingClaim"]
        for part in (values["logs"], values["dags"])
        if part["persistence"]["enabled"]
    }
    named = {
        name
        for tree in (values, *(resource.inputs for resource in plan.manifests))
        for source in at(tree, "persistentVolumeClaim")
        for name in at(source, "claimName")
    }
    return chart | named


def secret_keys(plan: Plan) -> set[tuple[str, str]]:
    """Name and key of every Kubernetes Secret that the selected delivery makes."""
    external = {
        (resource.inputs["spec"]["target"]["name"], entry["secretKey"])
        for resource in plan.all("kubernetes:external-secrets.io/v1:ExternalSecret")
        for entry in resource.inputs["spec"]["data"]
    }
    mounted = {
        (secret["secretName"], entry["key"])
        for resource in plan.all("kubernetes:secrets-store.csi.x-k8s.io/v1:SecretProviderClass")
        for secret in resource.inputs["spec"]["secretObjects"]
        for entry in secret["data"]
    }
    return external | mounted


def secret_names(value: Any, key: str = "") -> Iterator[str]:
    """Every name of a Secret in values and manifests, by the keys that hold one. No executor here reads the broker."""
    if isinstance(value, dict):
        for name, item in value.items():
            if name == "secretKeyRef" or name == "nodeStageSecretRef":
                yield item["name"]
            elif name != "brokerUrlSecretName":
                yield from secret_names(item, name)
    elif isinstance(value, list):
        for item in value:
            yield from secret_names(item, key)
    elif key.lower().endswith("secretname") or key in ("credentialsSecret", "sshKeySecret"):
        yield value


def volume_of(plan: Plan, use: str) -> Resource:
    name = "airflow-storage-logs-blobfuse-volume" if use == "blobfuse" else f"airflow-storage-{use}-files-volume"
    return plan.one("kubernetes:core/v1:PersistentVolume", name)
