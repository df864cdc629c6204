"""How containers reach what is outside the cluster: through a proxy, and with authorities of the company's own.

AKS adds the proxy's variables to pods that lack them, with its own exceptions. Containers that call something outside
have them set, so that AKS adds none and the exceptions are the program's. Source: AKS, "HTTP proxy support in Azure
Kubernetes Service"; Azure/AKS issues 2674 and 2887.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

import certifi
from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_kubernetes.core.v1 import ConfigMap

from components.settings.proxy_section import ProxySettings
from components.settings.trusted_certificates import Certificate

# Programs differ in whether they read the upper-case or the lower-case form.
_SCHEMES: Final = ("http", "https")
PROXY_VARIABLES: Final = tuple(
    form for name in ("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY") for form in (name, name.lower())
)
CONFIG_MAP: Final = "trusted-certificates"
BUNDLE_KEY: Final = "ca-bundle.crt"
FOLDER: Final = "/etc/trusted-certificates"
BUNDLE_FILE: Final = f"{FOLDER}/{BUNDLE_KEY}"
# Each variable makes its readers ignore the authorities that they have, so the file holds the public ones too. Sources:
# OpenSSL, "SSL_CTX_load_verify_locations"; Go, "crypto/x509"; requests, "SSL Cert Verification"; curl, "curl.1"; git,
# "git-config", http.sslCAInfo.
CERTIFICATE_VARIABLES: Final = ("CURL_CA_BUNDLE", "GIT_SSL_CAINFO", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
# Restarts pods when the authorities change: most programs read the file once.
ANNOTATION: Final = "airflow-aks/trusted-certificates"


@dataclass(frozen=True, kw_only=True)
class ContainerWayOut:
    """What a container gets: the proxy's variables, and the digest of the authorities; None if it has only its own."""

    proxy: Mapping[str, str] = field(default_factory=dict)
    digest: str | None = None

    def variables(self, *, certificates: bool = True) -> list[dict[str, str]]:
        """Return the environment, sorted by name; `certificates`: whether the container mounts the authorities."""
        found = dict(self.proxy)
        if certificates and self.digest is not None:
            found |= dict.fromkeys(CERTIFICATE_VARIABLES, BUNDLE_FILE)
        return [{"name": name, "value": found[name]} for name in sorted(found)]

    @property
    def volumes(self) -> list[dict[str, Any]]:
        """The volume with the authorities, for a pod."""
        return [] if self.digest is None else [{"name": CONFIG_MAP, "configMap": {"name": CONFIG_MAP}}]

    @property
    def mounts(self) -> list[dict[str, Any]]:
        """The mount of the authorities, for a container."""
        return [] if self.digest is None else [{"name": CONFIG_MAP, "mountPath": FOLDER, "readOnly": True}]

    @property
    def annotations(self) -> dict[str, str]:
        """The annotations of a pod."""
        return {} if self.digest is None else {ANNOTATION: self.digest}


DIRECT: Final = ContainerWayOut()


@dataclass(frozen=True, kw_only=True)
class WayOut:
    """How the stack's containers reach what is outside; by default directly, with the authorities that they have.

    `bundle` is the content of the file with every authority, the public ones first.
    """

    proxy: Input[Mapping[str, str]] = field(default_factory=dict)
    bundle: str | None = None

    @property
    def of_container(self) -> Output[ContainerWayOut]:
        """What a container gets."""
        digest = None if self.bundle is None else hashlib.sha256(self.bundle.encode()).hexdigest()[:8]
        return Output.from_input(self.proxy).apply(lambda known: ContainerWayOut(proxy=known, digest=digest))


def proxy_variables(proxy: ProxySettings | None, no_proxy: Sequence[str]) -> dict[str, str]:
    """Return the variables for a proxy; none without one."""
    if proxy is None or not proxy.addresses:
        return {}
    named = {f"{scheme}_proxy": proxy.addresses[scheme] for scheme in _SCHEMES} | {"no_proxy": ",".join(no_proxy)}
    return {form: text for name, text in named.items() for form in (name.upper(), name)}


def certificate_bundle(authorities: Sequence[Certificate]) -> str | None:
    """Return the public authorities of the program's own list, then the company's; None without the company's."""
    if not authorities:
        return None
    return public_authorities() + "".join(certificate.pem for certificate in authorities)


def public_authorities() -> str:
    """Return Mozilla's list of public authorities without its comments, which are a quarter of it."""
    lines, inside = [], False
    for line in certifi.contents().splitlines():
        inside = inside or line.startswith("-----BEGIN")
        if inside:
            lines.append(line)
        inside = inside and not line.startswith("-----END")
    return "\n".join(lines) + "\n"


def create_trusted_certificates(
    prefix: str, namespace: Input[str], bundle: str | None, parent: Resource
) -> list[Output[str]]:
    """Create the ConfigMap with the authorities in a namespace, and return its id; nothing without authorities."""
    if bundle is None:
        return []
    config_map = ConfigMap(
        f"{prefix}-{CONFIG_MAP}",
        metadata={"name": CONFIG_MAP, "namespace": namespace},
        data={BUNDLE_KEY: bundle},
        opts=ResourceOptions(parent=parent),
    )
    return [config_map.id]
