"""Which traffic network policies let through, evaluated over live objects.

Source: Kubernetes, "Network Policies"; Cilium, "Network Policy": a range of addresses is outside the cluster.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from .api import Api, Object

Selector = Mapping[str, Any]


@dataclass(frozen=True)
class Endpoint:
    """An end of a connection: a pod by its labels, or an address outside the cluster."""

    namespace: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    ports: Mapping[str, int] = field(default_factory=dict)
    address: str = ""

    @classmethod
    def of(cls, pod: Object) -> Endpoint:
        """A pod that the API server holds."""
        ports = {
            port["name"]: int(port["containerPort"])
            for container in (*pod["spec"].get("initContainers", []), *pod["spec"]["containers"])
            for port in container.get("ports", [])
            if "name" in port
        }
        return cls(pod["metadata"]["namespace"], dict(pod["metadata"].get("labels", {})), ports)

    @property
    def is_pod(self) -> bool:
        """Whether it is in the cluster."""
        return not self.address


class Traffic:
    """The network policies of a cluster."""

    def __init__(self, policies: Iterable[Object], namespaces: Mapping[str, Mapping[str, str]]) -> None:
        self._policies = list(policies)
        self._namespaces = namespaces

    @classmethod
    def of(cls, api: Api) -> Traffic:
        """Those that the API server holds."""
        namespaces = {item["metadata"]["name"]: item["metadata"]["labels"] for item in api.list("v1", "Namespace")}
        return cls(api.list("networking.k8s.io/v1", "NetworkPolicy"), namespaces)

    def allows(self, source: Endpoint, target: Endpoint, port: int, protocol: str = "TCP") -> bool:
        """Whether the source's policies let a connection out, and the target's let it in."""
        out = self._lets(source, "Egress", "egress", "to", target, target, port, protocol)
        return out and self._lets(target, "Ingress", "ingress", "from", source, target, port, protocol)

    def _lets(
        self,
        end: Endpoint,
        direction: str,
        rules: str,
        peers: str,
        other: Endpoint,
        target: Endpoint,
        port: int,
        protocol: str,
    ) -> bool:
        """Whether one end lets it pass: when no policy of this direction selects it, or a rule of one does."""
        if not end.is_pod:
            return True
        selecting = [
            policy
            for policy in self._policies
            if policy["metadata"]["namespace"] == end.namespace
            and direction in _directions(policy["spec"])
            and matches(policy["spec"].get("podSelector", {}), end.labels)
        ]
        return not selecting or any(
            self._is_among(policy["metadata"]["namespace"], rule.get(peers), other)
            and _port_is_among(rule.get("ports"), target, port, protocol)
            for policy in selecting
            for rule in policy["spec"].get(rules) or []
        )

    def _is_among(self, namespace: str, peers: list[Any] | None, other: Endpoint) -> bool:
        """No peers at all are everybody."""
        return not peers or any(self._is_peer(namespace, peer, other) for peer in peers)

    def _is_peer(self, namespace: str, peer: Mapping[str, Any], other: Endpoint) -> bool:
        if "ipBlock" in peer:
            return not other.is_pod and _in_block(peer["ipBlock"], other.address)
        if not other.is_pod:
            return False
        if "namespaceSelector" in peer:
            if not matches(peer["namespaceSelector"], self._namespaces.get(other.namespace, {})):
                return False
        elif other.namespace != namespace:
            return False
        return matches(peer.get("podSelector", {}), other.labels)


def matches(selector: Selector, labels: Mapping[str, str]) -> bool:
    """Whether labels meet a selector; an empty one is met by all."""
    if any(labels.get(key) != value for key, value in (selector.get("matchLabels") or {}).items()):
        return False
    return all(_meets(one, labels) for one in selector.get("matchExpressions") or [])


def _meets(expression: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    key, values = expression["key"], expression.get("values") or []
    match expression["operator"]:
        case "In":
            return labels.get(key) in values
        case "NotIn":
            return labels.get(key) not in values
        case "Exists":
            return key in labels
        case "DoesNotExist":
            return key not in labels
    raise ValueError(f"no such operator: {expression['operator']}")


def _directions(spec: Mapping[str, Any]) -> list[str]:
    return spec.get("policyTypes") or ["Ingress", *(["Egress"] if spec.get("egress") else [])]


def _in_block(block: Mapping[str, Any], address: str) -> bool:
    found = ipaddress.ip_address(address)
    excepted = (ipaddress.ip_network(text) for text in block.get("except") or [])
    return found in ipaddress.ip_network(block["cidr"]) and not any(found in network for network in excepted)


def _port_is_among(ports: list[Any] | None, target: Endpoint, port: int, protocol: str) -> bool:
    """No ports at all are every port. A name is one of the target's."""
    if not ports:
        return True
    for given in ports:
        if given.get("protocol", "TCP") != protocol:
            continue
        first = given.get("port")
        if first is None:
            return True
        number = target.ports.get(first, -1) if isinstance(first, str) else int(first)
        if number <= port <= int(given.get("endPort", number)):
            return True
    return False


__all__ = ["Endpoint", "Traffic", "matches"]
