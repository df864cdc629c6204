"""Rules for subnets that exist already, and for the way out that only they have."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from components.airflow.executors import executor_parts
from components.azure.endpoints import private_zones
from components.azure.subnet_id import SubnetId
from components.settings.model import Settings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting, why_section_is_unused

_EXISTING: Final = ("network", "existing")
# The setting that gives a service a private endpoint, by the purpose of its private DNS zone.
_CLOSED_BY: Final = {
    "registry": ("registry", "publicAccess", "false"),
    "key-vault": ("keyVault", "publicAccess", "false"),
    "blob": ("logs", "publicAccess", "false"),
    "broker": ("database", "access", "private"),
}
# Subnets that must not be any other of the four, and why.
_ALONE: Final = {
    "databaseSubnetId": "a delegated subnet holds nothing but database servers",
    "gatewaySubnetId": "the gateway takes its first free address, which another resource might have",
}


def existing_network_stands_alone(context: Context) -> Iterator[Problem]:
    """Subnets that exist are in the network of others, whose range and peerings are not the stack's to set."""
    network = context.settings.network
    if network.existing is None:
        return
    for field, key in (("address_space", "addressSpace"), ("peer_with", "peerWith")):
        if field in network.model_fields_set:
            yield Problem(
                path=key_path("network", key),
                message=f"is for a network of the stack's own, and {key_path(*_EXISTING)} is set; remove one",
            )


def routes_are_of_existing_networks(context: Context) -> Iterator[Problem]:
    """A route table is that of a subnet of others, and answers to the Internet do not take the way that it gives.

    Source: AKS, "Customize cluster egress with user-defined routing", requirements and limitations.
    """
    network, access = context.settings.network, context.settings.access
    if network.outbound != "userDefinedRouting":
        return
    if network.existing is None and not any(path.startswith(key_path(*_EXISTING)) for path in context.wrong):
        yield Problem(
            path=key_path("network", "outbound"),
            message=f"is userDefinedRouting, and the route table is that of a subnet that exists: set "
            f"{key_path(*_EXISTING)}, or choose natGateway or loadBalancer",
        )
    if access is not None and access.visibility == "public":
        yield Problem(
            path=key_path("access", "visibility"),
            message=f"is public, and with {key_path('network', 'outbound')}: userDefinedRouting the answers would "
            "leave through the firewall instead: set it to internal, and let the firewall publish the address",
        )


def needed_subnets_are_given(context: Context) -> Iterator[Problem]:
    """Each subnet that the settings need is given, and no other."""
    existing = context.settings.network.existing
    if existing is None:
        return
    needed = _needed(context.settings)
    for key in sorted(needed.keys() - existing.ids.keys()):
        yield Problem(path=key_path(*_EXISTING, key), message=f"is required: {needed[key]} needs the subnet")
    for key in sorted(existing.ids.keys() - needed.keys()):
        yield Problem(path=key_path(*_EXISTING, key), message=_why_unused(context.settings, key))


def subnets_suit_each_other(context: Context) -> Iterator[Problem]:
    """The subnets of the database and the gateway have no second use, and the gateway is in the nodes' network."""
    existing = context.settings.network.existing
    if existing is None:
        return
    given = existing.ids
    told: set[str] = set()
    for key, reason in _ALONE.items():
        for other, text in given.items():
            if other != key and other not in told and text.lower() == given.get(key, "").lower():
                yield Problem(
                    path=key_path(*_EXISTING, key),
                    message=f"is the same subnet as {key_path(*_EXISTING, other)}: {reason}; name a subnet of its own",
                )
        told.add(key)
    gateway = given.get("gatewaySubnetId")
    if gateway is not None and not SubnetId.of(gateway).is_in(SubnetId.of(given["nodeSubnetId"])):
        yield Problem(
            path=key_path(*_EXISTING, "gatewaySubnetId"),
            message=f"is not in the virtual network of {key_path(*_EXISTING, 'nodeSubnetId')}, where AKS looks for it: "
            "name a subnet of that network",
        )


_USED_BY: Final = {
    "databaseSubnetId": (("database", "access", "private"),),
    "privateEndpointSubnetId": tuple(_CLOSED_BY.values()),
    "gatewaySubnetId": (("access", "visibility", "internal"),),
}


def _why_unused(settings: Settings, key: str) -> str:
    reasons = {place: why_section_is_unused(settings, place[0]) for place in _USED_BY[key]}
    usable = [place for place, reason in reasons.items() if reason is None]
    if not usable:
        return f"{' and '.join(dict.fromkeys(map(str, reasons.values())))}, so that no setting needs it: remove it"
    section, name, value = usable[0]
    others = ", or the like of another service" if len(usable) > 1 else ""
    return f"no setting needs it: remove it, or set {key_path(section, name)}: {value}{others}"


def _needed(settings: Settings) -> Mapping[str, str]:
    """Return the subnets that the settings need, each with the first setting that needs it and its value."""
    needed = {"nodeSubnetId": "the cluster"}
    zones = private_zones(settings, "", broker=settings.has_airflow and executor_parts(settings.airflow).celery_workers)
    if "database" in zones:
        needed["databaseSubnetId"] = ": ".join(private_setting(settings, "database", "access", "private"))
    closed = next((setting for purpose, setting in _CLOSED_BY.items() if purpose in zones), None)
    if closed is not None:
        needed["privateEndpointSubnetId"] = ": ".join(private_setting(settings, *closed))
    if settings.has_airflow and settings.access is not None and settings.access.visibility == "internal":
        needed["gatewaySubnetId"] = f"{key_path('access', 'visibility')}: internal"
    return needed


EXISTING_NETWORK_ERRORS: tuple[Rule, ...] = (
    existing_network_stands_alone,
    routes_are_of_existing_networks,
    needed_subnets_are_given,
    subnets_suit_each_other,
)
