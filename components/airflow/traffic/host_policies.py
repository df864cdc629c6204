"""Policies of Cilium, which know hosts by their names; a network policy of Kubernetes knows addresses only.

Sources: AKS, "Overview of FQDN filtering"; Cilium, "Layer 3 Policies" and "Layer 7 Policies".
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .addresses import Address
from .policy_specs import NODE_SECRETS, Policy, ports
from .port_numbers import HTTPS_PORT

# CoreDNS, which keeps the label of its predecessor.
_DNS_PODS: Final = {"k8s:io.kubernetes.pod.namespace": "kube-system", "k8s:k8s-app": "kube-dns"}
# What resolvers in pods append to a name: the cluster's own domains, and that of Azure's DNS or of DNS servers of the
# owner's. Source: Azure, "Name resolution for resources in Azure virtual networks".
_SEARCHED: Final = ("cluster.local", "internal.cloudapp.net", "reddog.microsoft.com")
# The labels of the longest such domain before its end in _SEARCHED, as in `airflow.svc.cluster.local`, and those of the
# full name of a service.
_SEARCHED_LABELS: Final = 2
_SERVICE_LABELS: Final = 5


@dataclass(frozen=True, kw_only=True)
class HostRule:
    """A host that some pods may reach on one port. `host` may have `*` for any part of one label."""

    policy: str
    selector: Mapping[str, Any]
    host: str
    port: int = HTTPS_PORT


def host_policies(rules: Sequence[HostRule]) -> dict[str, Policy]:
    """Return the spec of each policy that the rules name."""
    found: dict[str, Policy] = {}
    for rule in rules:
        spec = found.setdefault(rule.policy, {"endpointSelector": dict(rule.selector), "egress": []})
        to_ports = [{"ports": _ports([rule.port])}]
        entry = next((entry for entry in spec["egress"] if entry["toPorts"] == to_ports), None)
        if entry is None:
            entry = {"toFQDNs": [], "toPorts": to_ports}
            spec["egress"].append(entry)
        match = _match(rule.host)
        entry["toFQDNs"] += [match] if match not in entry["toFQDNs"] else []
    return found


def resolve(hosts: Iterable[str]) -> Policy:
    """Return the policy that lets every pod resolve these hosts and the names inside the cluster, and no others.

    Cilium learns the addresses of a host from the answers, so it must see the questions. Resolvers ask for a name with
    each of their search domains first. A refused question ends the search in some of them, so these questions pass too;
    the cluster and Azure answer them, and nobody else.
    """
    known = sorted({_bare(host) for host in hosts})
    longest = max([_SERVICE_LABELS, *(host.count(".") + 1 for host in known)]) + _SEARCHED_LABELS
    searched = [f"{'*.' * stars}{domain}" for domain in _SEARCHED for stars in range(1, longest + 1)]
    return {
        "endpointSelector": {},
        "egress": [
            {
                "toEndpoints": [{"matchLabels": _DNS_PODS}],
                "toPorts": [
                    {
                        "ports": [{"port": "53", "protocol": "ANY"}],
                        "rules": {"dns": [*map(_match, known), *map(_match, searched)]},
                    }
                ],
            }
        ],
    }


def call_kubernetes(selector: Mapping[str, Any]) -> Policy:
    """Return the policy that lets pods reach the API server, by whichever address."""
    return {
        "endpointSelector": dict(selector),
        "egress": [{"toEntities": ["kube-apiserver"], "toPorts": [{"ports": _ports([HTTPS_PORT])}]}],
    }


def deny_node_identity() -> Policy:
    """Return the policy that closes the node's own identity to every pod, before anything that others allow.

    Without it, the owner of an allowed name could let the name resolve to these addresses.
    """
    return {"endpointSelector": {}, "egressDeny": [{"toCIDR": list(NODE_SECRETS)}]}


def opens(rules: Iterable[HostRule], component: str, address: Address) -> bool:
    """Return whether a rule lets a component reach an address, which must have the name of a host."""
    return address.ip is None and any(
        rule.port == address.port and component in _components(rule.selector) and covers(rule.host, address.host)
        for rule in rules
    )


def covers(pattern: str, host: str) -> bool:
    """Return whether a pattern matches a host: `*` stands for any part of one label, as it does for Cilium."""
    expression = "[-a-z0-9_]*".join(map(re.escape, _bare(pattern).split("*")))
    return re.fullmatch(expression, _bare(host)) is not None


def outside_host(address: Address) -> bool:
    """Return whether the address may be that of a host outside the cluster, by its name."""
    host = _bare(address.host).removesuffix(".cluster.local")
    return address.ip is None and "." in host and not host.endswith(".svc")


def limit_to_names(policies: Mapping[str, Policy]) -> dict[str, Policy]:
    """Return the network policies of a namespace in which `resolve` opens DNS, and host policies open what is outside.

    They lack every address outside the cluster, and DNS: a network policy that opens DNS as well would let every
    question pass.
    """
    found = {}
    for name, policy in policies.items():
        if name == "dns":
            continue
        rules = list(_limited(policy.get("egress", [])))
        if rules or "egress" not in policy:
            found[name] = {**policy, "egress": rules} if rules else policy
    return found


def _limited(rules: Iterable[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    for rule in rules:
        peers = [peer for peer in rule["to"] if peer.get("ipBlock", {}).get("cidr") != "0.0.0.0/0"]
        if peers:
            yield {**rule, "to": peers}


def _match(host: str) -> dict[str, str]:
    return {"matchPattern" if "*" in host else "matchName": _bare(host)}


def _bare(host: str) -> str:
    return host.lower().rstrip(".")


def _ports(numbers: Iterable[int]) -> list[dict[str, Any]]:
    """Return ports as Cilium has them: their numbers are texts."""
    return [{**port, "port": str(port["port"])} for port in ports(numbers)]


def _components(selector: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(value for expression in selector.get("matchExpressions", []) for value in expression["values"])
