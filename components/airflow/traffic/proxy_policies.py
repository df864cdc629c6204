"""The policies that let pods reach the proxy of `proxy`: those of Kubernetes, and Cilium's with restricted egress."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from components.settings.proxy_section import ProxySettings

from .addresses import Address
from .host_policies import HostRule, host_policies
from .policy_specs import Policy, egress, ports


def open_proxy(proxy: ProxySettings | None, policy: str, selector: Mapping[str, Any]) -> dict[str, Policy]:
    """Return the network policy of Kubernetes; none without a proxy. It opens the port of a host at every address."""
    rules = [{"to": address.peers, "ports": ports([address.port])} for address in _addresses(proxy)]
    return {policy: egress(dict(selector), rules)} if rules else {}


def proxy_rules(proxy: ProxySettings | None, policy: str, selector: Mapping[str, Any]) -> list[HostRule]:
    """Return the hosts that Cilium's policy names, if the proxy has names."""
    return [
        HostRule(policy=policy, selector=selector, host=address.host, port=address.port)
        for address in _addresses(proxy)
        if address.ip is None
    ]


def reach_proxy(proxy: ProxySettings | None, policy: str, selector: Mapping[str, Any]) -> dict[str, Policy]:
    """Return Cilium's policy for a proxy that has a name or an IPv4 address; none without a proxy."""
    found = host_policies(proxy_rules(proxy, policy, selector))
    numbered = [
        {
            "toCIDR": [f"{address.ip}/32"],
            "toPorts": [{"ports": [{**port, "port": str(port["port"])} for port in ports([address.port])]}],
        }
        for address in _addresses(proxy)
        if address.ip is not None
    ]
    if numbered:
        spec = found.setdefault(policy, {"endpointSelector": dict(selector), "egress": []})
        spec["egress"] += numbered
    return found


def _addresses(proxy: ProxySettings | None) -> list[Address]:
    return [] if proxy is None else [Address(host=host, port=port) for host, port in proxy.places]
