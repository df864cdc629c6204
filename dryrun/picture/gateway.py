"""Describes the way in: the gateway, its address, and who may come from where."""

from __future__ import annotations

from dryrun.facts import look_up
from dryrun.plan import Plan
from dryrun.tree import Component
from dryrun.words import pluralize

from .box import Box, find_inputs, make_box

_POLICY = "kubernetes:gateway.envoyproxy.io/v1alpha1:SecurityPolicy"
_PROXY = "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy"
_INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"


def describe_namespace(part: Component) -> Box:
    """Return the frame of the gateway's namespace."""
    name = look_up(find_inputs(part, "kubernetes:core/v1:Namespace"), "metadata", "name") or part.name
    return make_box(part, f"Namespace {name}", "kubernetes")


def describe_gateway(part: Component) -> Box:
    """Return the box of the gateway: its controller, its proxies, its listeners and who may pass."""
    release = find_inputs(part, "kubernetes:helm.sh/v3:Release")
    replicas = look_up(find_inputs(part, _PROXY), "spec", "provider", "kubernetes", "envoyDeployment", "replicas")
    return make_box(
        part,
        "Gateway",
        "kubernetes",
        f"Envoy Gateway {release.get('version', '')}".strip(),
        f"{replicas} proxies" if replicas != 1 else "1 proxy",
        "HTTPS, TLS 1.2 and up",
        "HTTP only redirects",
    )


def describe_address(part: Component) -> Box:
    """Return the box of the gateway's address: public or internal, its name, and its DNS record."""
    address = find_inputs(part, "azure-native:network:PublicIPAddress")
    record = find_inputs(part, "azure-native:dns:RecordSet")
    name = f"{record.get('relativeRecordSetName')} in zone {record.get('zoneName')}"
    return make_box(
        part,
        "Gateway address" if address else "Internal address",
        "azure",
        str(address.get("publicIpAddressName", "in the gateway subnet")),
        f"label {look_up(address, 'dnsSettings', 'domainNameLabel')}" if "dnsSettings" in address else "",
        f"record {name}" if record else "",
    )


def describe_visitors(plan: Plan) -> tuple[str, bool]:
    """Return who may pass the gateway, and whether they stay inside the virtual network and what it is peered with."""
    proxies = plan.all(_PROXY)
    service = look_up(proxies[0].inputs, "spec", "provider", "kubernetes", "envoyService") if proxies else {}
    internal = look_up(service, "annotations", _INTERNAL) == "true"
    policies = plan.all(_POLICY)
    rules = look_up(policies[0].inputs, "spec", "authorization", "rules") if policies else ()
    ranges = sum(len(look_up(rule, "principal", "clientCIDRs") or ()) for rule in rules or ())
    if ranges:
        return f"from {pluralize(ranges, 'range')}", internal
    return "from the virtual network" if internal else "from anywhere", internal
