"""What AKS refuses of a proxy and of authorities, and what it answers about them.

Sources: AKS, "HTTP proxy support in Azure Kubernetes Service" and "Use custom certificate authorities"; Azure/AKS issue
5561 for the slash at the end of an address.
"""

from __future__ import annotations

import base64
import binascii
import re
from typing import Any, Final
from urllib.parse import urlsplit

from .refusal import CloudError

CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
# What AKS adds to the exceptions, as far as the cluster's own properties tell it.
ADDED: Final = ("konnectivity", "168.63.129.16", "169.254.169.254", "localhost", "127.0.0.1")
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*(/[0-9]{{1,2}})?")
_MOST_BYTES: Final = 35 * 1024


def check(inputs: dict[str, Any]) -> None:
    """Refuse what AKS refuses of a cluster that is made or changed."""
    config = inputs.get("httpProxyConfig") or {}
    for key, schemes in (("httpProxy", ("http",)), ("httpsProxy", ("http", "https"))):
        address = config.get(key)
        if address is None:
            continue
        parts = urlsplit(address)
        if parts.scheme not in schemes or not parts.hostname or parts.path != "/" or parts.username:
            name = key[0].upper() + key[1:]
            raise CloudError(
                f"HTTPProxyWrongUrlError: The url {address} is not correct for the property HTTPProxyConfig.{name}"
            )
    if wrong := [entry for entry in config.get("noProxy", []) if not _HOST.fullmatch(entry)]:
        raise CloudError(f"InvalidParameter: noProxy hosts must be RFC 1123 compliant: {wrong}")
    if "trustedCa" in config:
        pem = _decode(config["trustedCa"], "HTTPProxyConfig.TrustedCa")
        if pem.count("BEGIN CERTIFICATE") > 20 or len(pem) > _MOST_BYTES:
            raise CloudError("InvalidParameter: HTTPProxyConfig.TrustedCa has too many certificates")
    trusted = (inputs.get("securityProfile") or {}).get("customCATrustCertificates", [])
    for text in trusted:
        _decode(text, "one of SecurityProfile.CustomCATrustCertificates")
    if len(trusted) > 10:
        raise CloudError("InvalidParameter: SecurityProfile.CustomCATrustCertificates has more than 10 certificates")


def answer(type_: str, before: dict[str, Any], outputs: dict[str, Any]) -> dict[str, Any]:
    """What AKS answers: it keeps a proxy that a write leaves out, and tells every exception."""
    config = outputs.get("httpProxyConfig") or before.get("httpProxyConfig")
    if type_ != CLUSTER or not config:
        return outputs
    network = outputs["networkProfile"]
    host = outputs.get("fqdnSubdomain") or outputs["dnsPrefix"]
    added = [*ADDED, network["serviceCidr"], network["podCidr"], f"{host}.hcp.azmk8s.io"]
    # Neither in the order of the write nor only at the end.
    effective = sorted({*config.get("noProxy", []), *added})
    return {**outputs, "httpProxyConfig": {**config, "effectiveNoProxy": effective}}


def _decode(text: str, name: str) -> str:
    try:
        pem = base64.b64decode(text, validate=True).decode()
    except (binascii.Error, UnicodeDecodeError):
        pem = ""
    if not pem.startswith("-----BEGIN CERTIFICATE-----"):
        raise CloudError(f"InvalidParameter: failed to decode {name} to PEM after base64 decoding")
    return pem
