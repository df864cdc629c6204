"""What the CSI delivery puts into the cluster: plain descriptions, without Pulumi."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

# A synced Secret carries it, and the driver looks at no other.
DRIVER_LABEL: Final = {"secrets-store.csi.k8s.io/managed": "true"}
PROVIDER_CLASS: Final = "key-vault"
KEEPER: Final = "airflow-secret-keeper"
REPLICAS: Final = 2
VERSIONS_ANNOTATION: Final = "airflow-aks/secret-versions"
_DRIVER: Final = "secrets-store.csi.k8s.io"
_VAULT: Final = "/vault"
_COPIES: Final = "/secrets"
_LABELS: Final = {"component": "secret-keeper"}
# Beside the next look at the vault: pulling the image, the sign-in, and the copies' way back into the pod.
_MARGIN_SECONDS: Final = 600
# Ready when each Secret holds what the vault holds: pairs of a vault secret and a Secret's key.
_CHECK: Final = f"""\
while [ $# -gt 0 ]; do
  if ! cmp -s "{_VAULT}/$1" "{_COPIES}/$2"; then
    echo "Secret $2 is not yet what the vault holds as $1"
    exit 1
  fi
  shift 2
done
"""

Secrets = Mapping[str, Mapping[str, str]]


def provider_class_spec(secrets: Secrets, client_id: str, tenant_id: str, vault_uri: str) -> dict[str, Any]:
    """The SecretProviderClass: Secret to key to vault secret, read with a workload identity.

    Source: AKS, "Use the Azure Key Vault provider for Secrets Store CSI Driver", and the provider's configurations.
    """
    vault_secrets = sorted({vault_secret for keys in secrets.values() for vault_secret in keys.values()})
    # Without a version the newest is read, so that rotation finds it.
    objects = [yaml.safe_dump({"objectName": name, "objectType": "secret"}) for name in vault_secrets]
    return {
        "provider": "azure",
        # All of them texts. `tenantId`, which the guides show, is the deprecated name.
        "parameters": {
            "usePodIdentity": "false",
            "clientID": client_id,
            "tenantID": tenant_id,
            "keyvaultName": vault_name(vault_uri),
            "objects": yaml.safe_dump({"array": objects}),
        },
        "secretObjects": [
            {
                "secretName": secret,
                "type": "Opaque",
                "data": [{"objectName": vault_secret, "key": key} for key, vault_secret in sorted(keys.items())],
            }
            for secret, keys in sorted(secrets.items())
        ],
    }


def vault_name(vault_uri: str) -> str:
    """`kv-airflow-dev` of `https://kv-airflow-dev.vault.azure.net/`."""
    return (urlsplit(vault_uri).hostname or "").partition(".")[0]


def rollout_seconds(look_minutes: int) -> int:
    """How long new keepers may take. A Secret that exists follows the vault at the driver's next look only."""
    return look_minutes * 60 + _MARGIN_SECONDS


def keeper_spec(
    secrets: Secrets,
    versions: Mapping[str, str],
    *,
    image: str,
    service_account: str,
    node_selector: Mapping[str, str],
    look_minutes: int,
) -> dict[str, Any]:
    """The Deployment whose pods mount the class, so that the Secrets exist, and are ready once they are right.

    Other secrets or versions are another template, and so other pods, which mount what the class says by then.
    """
    return {
        "replicas": REPLICAS,
        # The Secrets belong to the ReplicaSets; the new one must own them before the old one goes.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "revisionHistoryLimit": 2,
        # The driver signs them over every 5 seconds.
        "minReadySeconds": 15,
        "progressDeadlineSeconds": rollout_seconds(look_minutes),
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS, "annotations": {VERSIONS_ANNOTATION: "-".join(_of(versions))}},
            "spec": {
                "serviceAccountName": service_account,
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "nodeSelector": dict(node_selector),
                "topologySpreadConstraints": [
                    {
                        "maxSkew": 1,
                        "topologyKey": "kubernetes.io/hostname",
                        "whenUnsatisfiable": "ScheduleAnyway",
                        "labelSelector": {"matchLabels": _LABELS},
                    }
                ],
                "securityContext": {
                    "runAsNonRoot": True,
                    "runAsUser": 50000,
                    "runAsGroup": 0,
                    "seccompProfile": {"type": "RuntimeDefault"},
                },
                "containers": [_container(secrets, image)],
                "volumes": [
                    {
                        "name": "vault",
                        "csi": {
                            "driver": _DRIVER,
                            "readOnly": True,
                            "volumeAttributes": {"secretProviderClass": PROVIDER_CLASS},
                        },
                    },
                    # Not optional: the pod starts when the driver has made them all.
                    {
                        "name": "secrets",
                        "projected": {"sources": [_copy(secret, keys) for secret, keys in sorted(secrets.items())]},
                    },
                ],
            },
        },
    }


def disruption_budget_spec() -> dict[str, Any]:
    """One keeper at a time may be moved to another node."""
    return {"maxUnavailable": 1, "selector": {"matchLabels": _LABELS}}


def _of(versions: Mapping[str, str]) -> list[str]:
    return [versions[secret] for secret in sorted(versions)]


def _container(secrets: Secrets, image: str) -> dict[str, Any]:
    pairs = [
        word
        for secret, keys in sorted(secrets.items())
        for key, vault_secret in sorted(keys.items())
        for word in (vault_secret, f"{secret}/{key}")
    ]
    resources = {"cpu": "20m", "memory": "64Mi"}
    return {
        "name": "keeper",
        "image": image,
        # The image's own first process: it passes signals on, so that the pod ends at once.
        "command": ["dumb-init", "--", "sleep", "infinity"],
        "readinessProbe": {
            "exec": {"command": ["sh", "-c", _CHECK, "check", *pairs]},
            "periodSeconds": 10,
            "timeoutSeconds": 10,
            # A secret changed in the vault is seen in the copies within two minutes.
            "failureThreshold": 18,
        },
        "resources": {"requests": dict(resources), "limits": dict(resources)},
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "volumeMounts": [
            {"name": "vault", "mountPath": _VAULT, "readOnly": True},
            {"name": "secrets", "mountPath": _COPIES, "readOnly": True},
        ],
    }


def _copy(secret: str, keys: Mapping[str, str]) -> dict[str, Any]:
    items = [{"key": key, "path": f"{secret}/{key}"} for key in sorted(keys)]
    return {"secret": {"name": secret, "items": items}}
