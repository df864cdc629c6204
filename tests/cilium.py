"""Which hosts Cilium's policies of a plan let a pod reach.

Sources: Cilium, "Layer 3 Policies" (DNS based), "Layer 7 Policies" (DNS), "Deny Policies".
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator, Mapping
from typing import Any

from dryrun.plan import Plan
from tests.cluster.traffic import matches

POLICY = "kubernetes:cilium.io/v2:CiliumNetworkPolicy"


class HostTraffic:
    """Cilium's policies of one namespace of a plan."""

    def __init__(self, plan: Plan, namespace: str) -> None:
        found = [policy.inputs for policy in plan.all(POLICY)]
        self.specs = {
            item["metadata"]["name"]: item["spec"] for item in found if item["metadata"]["namespace"] == namespace
        }

    def resolves(self, labels: Mapping[str, str], host: str) -> bool:
        """Whether the DNS pods answer a pod that asks for a host."""
        return any(
            _fits(match, host)
            for rule in self._rules(labels, "egress")
            if {"k8s:k8s-app": "kube-dns"}.items() <= rule.get("toEndpoints", [{}])[0].get("matchLabels", {}).items()
            for port in rule["toPorts"]
            for match in port["rules"]["dns"]
        )

    def reaches(self, labels: Mapping[str, str], host: str, port: int, address: str = "203.0.113.8") -> bool:
        """Whether a pod connects to a host, which resolves to an address."""
        if not self.resolves(labels, host) or self.denies(labels, address):
            return False
        return any(
            any(_fits(match, host) for match in rule.get("toFQDNs", [])) and _on_port(rule, port)
            for rule in self._rules(labels, "egress")
        )

    def denies(self, labels: Mapping[str, str], address: str) -> bool:
        """Whether a policy closes an address, whatever other policies allow."""
        found = ipaddress.ip_address(address)
        ranges = [text for rule in self._rules(labels, "egressDeny") for text in rule["toCIDR"]]
        return any(found in ipaddress.ip_network(text) for text in ranges)

    def calls_kubernetes(self, labels: Mapping[str, str]) -> bool:
        """Whether a pod reaches the API server."""
        return any(
            "kube-apiserver" in rule.get("toEntities", []) and _on_port(rule, 443)
            for rule in self._rules(labels, "egress")
        )

    def _rules(self, labels: Mapping[str, str], direction: str) -> Iterator[dict[str, Any]]:
        for spec in self.specs.values():
            if matches(spec["endpointSelector"], labels):
                yield from spec.get(direction, [])


def _on_port(rule: Mapping[str, Any], port: int) -> bool:
    return any(entry == {"port": str(port), "protocol": "TCP"} for ports in rule["toPorts"] for entry in ports["ports"])


def _fits(match: Mapping[str, str], host: str) -> bool:
    """A name as it is, or a pattern whose star is any number of characters of one label."""
    if "matchName" in match:
        return match["matchName"] == host
    return re.fullmatch(match["matchPattern"].replace(".", r"\.").replace("*", "[-a-zA-Z0-9_]*"), host) is not None
