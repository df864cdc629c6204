"""The parts of a network policy's spec: the pods that it selects, and the connections that it allows."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable, Sequence
from typing import Any, Final

# Azure's metadata service and its relay, which give pods tokens of the node's own identity.
NODE_SECRETS: Final = ("169.254.169.254/32", "168.63.129.16/32")
NAMESPACE_LABEL: Final = "kubernetes.io/metadata.name"
DNS: Final = {
    "to": [{"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: "kube-system"}}}],
    "ports": [{"protocol": "UDP", "port": 53}, {"protocol": "TCP", "port": 53}],
}

# The label of pods that tasks launch with KubernetesPodOperator.
LAUNCHED: Final = {"matchLabels": {"kubernetes_pod_operator": "True"}}

Policy = dict[str, Any]
DENY: Final[Policy] = {"podSelector": {}, "policyTypes": ["Ingress", "Egress"]}
Peer = dict[str, Any]


def select(*components: str) -> dict[str, Any]:
    """Return the selector of pods by the chart's `component` label."""
    return {"matchExpressions": [{"key": "component", "operator": "In", "values": list(components)}]}


def egress(selector: dict[str, Any], rules: Sequence[dict[str, Any]]) -> Policy:
    """Return a policy that allows connections out of the selected pods."""
    return {"podSelector": selector, "policyTypes": ["Egress"], "egress": list(rules)}


def ingress(selector: dict[str, Any], rules: Sequence[dict[str, Any]]) -> Policy:
    """Return a policy that allows connections into the selected pods."""
    return {"podSelector": selector, "policyTypes": ["Ingress"], "ingress": list(rules)}


def ports(numbers: Iterable[int], protocol: str = "TCP") -> list[dict[str, Any]]:
    """Return the ports of a rule."""
    return [{"protocol": protocol, "port": number} for number in numbers]


def to_pods(component: str, port: int, *, protocol: str = "TCP") -> dict[str, Any]:
    """Return the rule that allows connections to a component in Airflow's namespace."""
    return {"to": [{"podSelector": select(component)}], "ports": ports([port], protocol)}


def from_pods(components: Sequence[str], port: int, *, protocol: str = "TCP") -> dict[str, Any]:
    """Return the rule that allows connections from components in Airflow's namespace."""
    return {"from": [{"podSelector": select(*components)}], "ports": ports([port], protocol)}


def in_namespace(namespace: str) -> Peer:
    """Return every pod of a namespace as a peer. Pods are not selected by label: their owner can set any label."""
    return {"namespaceSelector": {"matchLabels": {NAMESPACE_LABEL: namespace}}}


def in_range(cidr: str) -> Peer:
    """Return an address range as a peer, without the addresses that give a pod the node's own identity."""
    network = ipaddress.IPv4Network(cidr)
    excepted = [secret for secret in NODE_SECRETS if ipaddress.IPv4Network(secret).subnet_of(network)]
    return {"ipBlock": {"cidr": cidr, **({"except": excepted} if excepted else {})}}


def anywhere() -> Peer:
    """Return every address outside the cluster as a peer."""
    return in_range("0.0.0.0/0")


def outside(port: int) -> dict[str, Any]:
    """Return the rule that allows connections to one port of any address outside the cluster."""
    return {"to": [anywhere()], "ports": ports([port])}


def to_service(address_range: str | None, numbers: Sequence[int]) -> dict[str, Any]:
    """Return the rule that allows connections to a service of Azure: in its subnet, or anywhere if it is public."""
    return {"to": [in_range(address_range) if address_range else anywhere()], "ports": ports(numbers)}
