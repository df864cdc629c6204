"""Evaluates whether network policies let a component open a connection."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Any

from .addresses import Address
from .policy_specs import NAMESPACE_LABEL, Policy


def may_reach(policies: Mapping[str, Policy], component: str, address: Address) -> bool:
    """Return whether a policy lets a component connect to an address.

    A name outside the cluster may have any address, so only a rule for all addresses allows the connection.
    """
    return not address.unmatchable and any(
        _fits_port(rule, address.port) and any(fits_peer(peer, address) for peer in rule["to"])
        for rule in _rules(policies, component)
    )


def fits_peer(peer: Mapping[str, Any], address: Address) -> bool:
    """Return whether a policy's peer covers an address, by its range or as the namespace of the service."""
    if (block := peer.get("ipBlock")) is not None:
        network = ipaddress.IPv4Network(block["cidr"])
        if address.ip is not None:
            return address.ip in network
        return network.prefixlen == 0 and any("ipBlock" in own for own in address.peers)
    namespace = peer.get("namespaceSelector", {}).get("matchLabels", {}).get(NAMESPACE_LABEL)
    return namespace is not None and not address.outside and peer in address.peers


def _rules(policies: Mapping[str, Policy], component: str) -> Iterator[dict[str, Any]]:
    for policy in policies.values():
        if _selects(policy["podSelector"], component):
            yield from policy.get("egress", [])


def _selects(selector: Mapping[str, Any], component: str) -> bool:
    expressions = selector.get("matchExpressions", [])
    return "matchLabels" not in selector and all(component in expression["values"] for expression in expressions)


def _fits_port(rule: Mapping[str, Any], port: int) -> bool:
    return "ports" not in rule or any(entry["port"] == port and entry["protocol"] == "TCP" for entry in rule["ports"])
