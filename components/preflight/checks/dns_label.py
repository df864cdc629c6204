"""The DNS label of the gateway's address."""

from __future__ import annotations

from collections.abc import Iterator

from components.preflight.findings import Finding, fail, passed
from components.preflight.operations import CHECK_DNS_LABEL, GET_PUBLIC_ADDRESS
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import PUBLIC_ADDRESS


def check_dns_label(situation: Situation) -> Iterator[Finding]:
    """Nobody else in the region has the label."""
    access = situation.settings.access
    label = access.dns_label if access is not None else None
    if access is None or label is None or access.visibility != "public":
        yield passed("the stack has no DNS label")
        return
    host = access.host_in(situation.location)
    if label == _own_label(situation):
        yield passed(f"{host} is the stack's own")
        return
    answer = situation.arm.get(CHECK_DNS_LABEL, {"domainNameLabel": label}, location=situation.location)
    if answer["available"]:
        yield passed(f"{host} is free")
    else:
        yield fail(f"{host} is taken", f"choose another label, for example {label}-2", "airflow-aks:access.dnsLabel")


def _own_label(situation: Situation) -> str | None:
    """Return the label of the address that the stack has already."""
    name = situation.names.gateway_address
    if not situation.stack.has(PUBLIC_ADDRESS, name):
        return None
    address = situation.arm.get(GET_PUBLIC_ADDRESS, group=situation.names.resource_group, name=name)
    label = ((address.get("properties") or {}).get("dnsSettings") or {}).get("domainNameLabel")
    return str(label) if label else None
