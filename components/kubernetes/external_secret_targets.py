"""What an ExternalSecret reads, and the Secret that it writes, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from pulumi import Input

from .labels_and_annotations import DRIVER_LABEL

# The vault gives a certificate with its key as PEM text or, by default, as a PKCS#12 archive without a password.
# Source: Key Vault, "About Azure Key Vault certificates", composition; External Secrets, "Advanced Templating".
_AS_PEM: Final = '{{ if contains "-----BEGIN" .certificate }}{{ .certificate | filterPEM "%s" }}{{ else }}'
_AS_ARCHIVE: Final = "{{ .certificate | b64dec | %s }}{{ end }}"
_TLS_TEMPLATE: Final = {
    "tls.crt": _AS_PEM % "CERTIFICATE" + _AS_ARCHIVE % "pkcs12cert",
    "tls.key": _AS_PEM % "PRIVATE KEY" + _AS_ARCHIVE % "pkcs12key",
}


def opaque_target(secret: str, keys: Mapping[str, Input[str]]) -> dict[str, Any]:
    """Return the part of an ExternalSecret for a Secret with each key from a secret of the vault."""
    return {
        "target": {"name": secret, "creationPolicy": "Owner", "deletionPolicy": "Retain"},
        "data": [{"secretKey": key, "remoteRef": {"key": vault_name}} for key, vault_name in keys.items()],
    }


def tls_target(secret: str, keys: Mapping[str, Input[str]]) -> dict[str, Any]:
    """Return the part of an ExternalSecret for a Secret with a certificate of the vault and its private key.

    `Orphan`: no ExternalSecret owns the Secret, so that it is there for whatever writes it next.
    """
    return {
        "target": {
            "name": secret,
            "creationPolicy": "Orphan",
            "deletionPolicy": "Retain",
            "template": {
                "type": "kubernetes.io/tls",
                "engineVersion": "v2",
                # With a template, the operator copies no label from the ExternalSecret.
                "metadata": {"labels": DRIVER_LABEL},
                "data": _TLS_TEMPLATE,
            },
        },
        "data": [{"secretKey": "certificate", "remoteRef": {"key": keys["tls.crt"]}}],
    }
