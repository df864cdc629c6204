"""The profile of a cluster for a proxy and for authorities of the company's own."""

from __future__ import annotations

import base64
from collections.abc import Sequence

from pulumi import Input
from pulumi_azure_native import containerservice

from components.settings.proxy_section import ProxySettings


def http_proxy(
    proxy: ProxySettings | None, no_proxy: Input[Sequence[str]]
) -> containerservice.ManagedClusterHTTPProxyConfigArgs | None:
    """The proxy of nodes, and the authorities that they trust beside it; None without a proxy.

    Both addresses are set: AKS keeps the previous value of an omitted field. Each ends in a slash, because AKS refuses
    it otherwise (HTTPProxyWrongUrlError, Azure/AKS issue 5561).
    """
    if proxy is None or not proxy.addresses:
        return None
    trusted = "".join(certificate.pem for certificate in proxy.authorities)
    return containerservice.ManagedClusterHTTPProxyConfigArgs(
        http_proxy=f"{proxy.addresses['http']}/",
        https_proxy=f"{proxy.addresses['https']}/",
        no_proxy=no_proxy,
        trusted_ca=_encode(trusted) if trusted else None,
    )


def node_authorities(proxy: ProxySettings | None) -> list[str] | None:
    """The authorities that nodes trust without a proxy; None leaves them to others. A proxy brings its own."""
    if proxy is None or proxy.addresses or not proxy.authorities:
        return None
    return [_encode(certificate.pem) for certificate in proxy.authorities]


def _encode(text: str) -> str:
    return base64.b64encode(text.encode()).decode()
