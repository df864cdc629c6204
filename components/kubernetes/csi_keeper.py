"""The specs of the objects through which the CSI driver delivers secrets, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import yaml

from .labels_and_annotations import ROTATION_ANNOTATION
from .secret_source import SecretKind

PROVIDER_CLASS: Final = "key-vault"
KEEPER: Final = "airflow-secret-keeper"
REPLICAS: Final = 2
REQUESTS: Final = {"cpu": "20m", "memory": "64Mi", "ephemeral-storage": "512Mi"}
_DRIVER: Final = "secrets-store.csi.k8s.io"
_VAULT: Final = "/vault"
_COPIES: Final = "/secrets"
_LABELS: Final = {"component": "secret-keeper"}
# The time that a rollout needs besides the driver's next poll: to pull the image, sign in, and refresh mounted Secrets.
_MARGIN_SECONDS: Final = 600
# The readiness probe. Its arguments are pairs of a vault secret and a Secret's key; both must have the same content.
_READINESS_SCRIPT: Final = f"""\
while [ $# -gt 0 ]; do
  if ! cmp -s "{_VAULT}/$1" "{_COPIES}/$2"; then
    echo "Secret $2 is not yet what the vault holds as $1"
    exit 1
  fi
  shift 2
done
"""
# For certificates: the vault's file holds the private key too, and the driver wraps the lines anew.
_CERTIFICATE_SCRIPT: Final = """\
certificates() {
  sed -n '/^-----BEGIN CERTIFICATE/,/^-----END CERTIFICATE/p' "$1" | tr -d '\\r\\n'
}
same() {
  [ -n "$(certificates "$1")" ] && [ "$(certificates "$1")" = "$(certificates "$2")" ]
}
""" + _READINESS_SCRIPT.replace("cmp -s", "same")
_SCRIPTS: Final[Mapping[SecretKind, str]] = {"Opaque": _READINESS_SCRIPT, "kubernetes.io/tls": _CERTIFICATE_SCRIPT}

Secrets = Mapping[str, Mapping[str, str]]


def provider_class_spec(
    secrets: Secrets, client_id: str, tenant_id: str, vault_uri: str, kind: SecretKind = "Opaque"
) -> dict[str, Any]:
    """Return the spec of the SecretProviderClass, with which the CSI driver reads the vault by a workload identity.

    `secrets` maps each Secret to its keys, and each key to a secret of the vault. The secret of a certificate holds the
    private key too: for a Secret of type kubernetes.io/tls, the driver takes the two apart.
    Source: AKS, "Use the Azure Key Vault provider for Secrets Store CSI Driver", and the provider's configurations.
    """
    vault_secrets = sorted({vault_secret for keys in secrets.values() for vault_secret in keys.values()})
    # Without a version, the driver reads the newest version, and so follows a rotation.
    objects = [yaml.safe_dump({"objectName": name, "objectType": "secret"}) for name in vault_secrets]
    return {
        "provider": "azure",
        # Every value must be a string. The guides show `tenantId`, which is deprecated.
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
                "type": kind,
                "data": [{"objectName": vault_secret, "key": key} for key, vault_secret in sorted(keys.items())],
            }
            for secret, keys in sorted(secrets.items())
        ],
    }


def vault_name(vault_uri: str) -> str:
    """Return `kv-airflow-dev` for `https://kv-airflow-dev.vault.azure.net/`."""
    return (urlsplit(vault_uri).hostname or "").partition(".")[0]


def rollout_seconds(poll_minutes: int) -> int:
    """Return the longest rollout of the keeper. The driver updates an existing Secret only at its next poll."""
    return poll_minutes * 60 + _MARGIN_SECONDS


def keeper_spec(
    secrets: Secrets,
    versions: Mapping[str, str],
    *,
    image: str,
    service_account: str,
    node_selector: Mapping[str, str],
    poll_minutes: int,
    kind: SecretKind = "Opaque",
) -> dict[str, Any]:
    """Return the spec of the keeper, a Deployment whose pods mount the SecretProviderClass.

    When a pod mounts the class, the CSI driver creates and updates the Secrets. A change of `secrets` or `versions`
    changes the pod template, so that new pods mount the changed class.
    """
    return {
        "replicas": REPLICAS,
        # The keeper's ReplicaSet owns the Secrets. A new ReplicaSet must own them before the old one is deleted.
        "strategy": {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": 0, "maxSurge": 1}},
        "revisionHistoryLimit": 2,
        # The driver updates the owners of the Secrets every 5 seconds.
        "minReadySeconds": 15,
        "progressDeadlineSeconds": rollout_seconds(poll_minutes),
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {
                "labels": _LABELS,
                "annotations": {ROTATION_ANNOTATION: "-".join(versions[secret] for secret in sorted(versions))},
            },
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
                "containers": [_container(secrets, image, kind)],
                "volumes": _volumes(secrets),
            },
        },
    }


def disruption_budget_spec() -> dict[str, Any]:
    """Return the budget that lets the drain of nodes evict only one keeper pod at a time."""
    return {"maxUnavailable": 1, "selector": {"matchLabels": _LABELS}}


def _container(secrets: Secrets, image: str, kind: SecretKind) -> dict[str, Any]:
    pairs = [
        word
        for secret, keys in sorted(secrets.items())
        for key, vault_secret in sorted(keys.items())
        # The driver may write a private key in another form than the vault's. It has changed when its certificate has.
        if key != "tls.key"
        for word in (vault_secret, f"{secret}/{key}")
    ]
    return {
        "name": "keeper",
        "image": image,
        # dumb-init, which is in Airflow's image, forwards signals, so that the pod terminates at once.
        "command": ["dumb-init", "--", "sleep", "infinity"],
        "readinessProbe": {
            "exec": {"command": ["sh", "-c", _SCRIPTS[kind], "check", *pairs]},
            "periodSeconds": 10,
            "timeoutSeconds": 10,
            # Three minutes, because the mounted Secrets follow a change in the vault within two minutes.
            "failureThreshold": 18,
        },
        "resources": {"requests": dict(REQUESTS), "limits": dict(REQUESTS)},
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


def _volumes(secrets: Secrets) -> list[dict[str, Any]]:
    attributes = {"secretProviderClass": PROVIDER_CLASS}
    # The Secrets are not optional, so that the pod starts only when the driver has created all of them.
    sources = [
        {"secret": {"name": secret, "items": [{"key": key, "path": f"{secret}/{key}"} for key in sorted(keys)]}}
        for secret, keys in sorted(secrets.items())
    ]
    return [
        {"name": "vault", "csi": {"driver": _DRIVER, "readOnly": True, "volumeAttributes": attributes}},
        {"name": "secrets", "projected": {"sources": sources}},
    ]
