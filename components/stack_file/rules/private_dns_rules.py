"""Rules for private DNS zones of others, and for DNS servers of the stack's own network."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping
from typing import Final

from components.airflow.executors import executor_parts
from components.azure.endpoints import private_zones
from components.azure.existing_zones import PURPOSES, name_of, zone_name
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.settings.model import Settings
from components.settings.names import name_form
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting, why_section_is_unused

_PATH: Final = ("network", "privateDns")
_MODE: Final = key_path(*_PATH, "mode")
_SERVERS: Final = key_path("network", "dnsServers")
# The setting that makes a stack need the zone: section, key and value.
_NEEDED_BY: Final[Mapping[str, tuple[str, str, str]]] = {
    "registry": ("registry", "publicAccess", "false"),
    "keyVault": ("keyVault", "publicAccess", "false"),
    "blob": ("logs", "publicAccess", "false"),
    "file": ("logs", "publicAccess", "false"),
    "database": ("database", "access", "private"),
    "broker": ("database", "access", "private"),
    "cluster": ("cluster", "privateApiServer", "true"),
}
# What else the zone needs.
_WITH: Final[Mapping[str, str]] = {"file": " and a file share", "broker": " and an executor with Celery"}
# Azure Policy attaches the zones of private endpoints. The database has none, and AKS makes that of the API server.
_WITHOUT_POLICY: Final = ("cluster", "database")


def zones_fit_the_mode(context: Context) -> Iterator[Problem]:
    """Each zone that the settings need is given, and no other."""
    settings = context.settings
    private_dns = settings.network.private_dns
    given, needed = private_dns.zones.ids, _needed(settings)
    match private_dns.mode:
        case "own":
            for key in sorted(given):
                yield Problem(
                    path=key_path(*_PATH, "zones", key),
                    message=f"is a zone of others, and {_MODE} is own: set it to existing, or remove the zone",
                )
            return
        case "existing":
            required, allowed = needed, needed
        case "policy":
            required = needed & {"database"}
            allowed = needed & set(_WITHOUT_POLICY)
    if not needed:
        yield Problem(
            path=_MODE,
            message=f"is {private_dns.mode}, and every service has a public address, so that no zone is needed: remove "
            f"it, or set {key_path('network', 'private')}: true or a setting of a single service",
        )
    elif private_dns.mode == "policy" and needed == {"cluster"} and not given:
        yield Problem(
            path=_MODE,
            message="is policy, and nothing of the stack has a private endpoint but the API server, whose zone AKS "
            f"makes: remove it, or name a zone of others with {key_path(*_PATH, 'zones', 'cluster')}",
        )
    for key in sorted(required - given.keys()):
        yield Problem(
            path=key_path(*_PATH, "zones", key),
            message=f"is required: {': '.join(private_setting(settings, *_NEEDED_BY[key]))}{_WITH.get(key, '')} needs "
            f"the id of a zone {zone_name(key, settings.location).words}{_why(key, private_dns.mode)}",
        )
    for key in sorted(given.keys() - allowed):
        by_policy = f"{_MODE} is policy, and Azure Policy chooses the zone: remove it, or set the mode to existing"
        yield Problem(
            path=key_path(*_PATH, "zones", key), message=by_policy if key in needed else _why_unused(settings, key)
        )


def _why(key: str, mode: str) -> str:
    if mode == "policy" and key == "database":
        return ", because the server is created with it, and has no private endpoint for Azure Policy"
    return ""


def zones_have_the_right_names(context: Context) -> Iterator[Problem]:
    """Each zone has the name in which Azure, or AKS, looks for its records."""
    settings = context.settings
    for key, zone_id in settings.network.private_dns.zones.ids.items():
        wanted = zone_name(key, settings.location)
        if not wanted.fits(zone_id):
            yield Problem(
                path=key_path(*_PATH, "zones", key),
                message=f"is the zone {name_of(zone_id)}, and must be {wanted.words}",
            )


def the_databases_zone_is_no_servers_name(context: Context) -> Iterator[Problem]:
    """Azure refuses a server whose name and zone would be the same host.

    Source: Azure Database for PostgreSQL, "Network with private access", use a private DNS zone.
    """
    settings = context.settings
    zone_id = settings.network.private_dns.zones.database
    if zone_id is None:
        return
    first, _, rest = name_of(zone_id).partition(".")
    server = name_form(settings, "database_server")
    if rest == "postgres.database.azure.com" and server.pattern.fullmatch(first):
        yield Problem(
            path=key_path(*_PATH, "zones", "database"),
            message=f"is the zone {name_of(zone_id)}, which is the host of the server {server.shown} too: name another "
            "zone, or set airflow-aks:naming.names.databaseServer",
        )
    if "database_zone" in settings.naming.names.chosen:
        yield Problem(
            path=key_path("naming", "names", "databaseZone"),
            message=f"names the zone that the program creates, and {key_path(*_PATH, 'zones', 'database')} is a zone "
            "that exists: remove one",
        )


def somebody_else_grants_a_role(context: Context) -> Iterator[Problem]:
    """A switch for a role is set only where the cluster needs that role."""
    private_dns = context.settings.network.private_dns
    if "grant_access" in private_dns.model_fields_set and private_dns.zones.cluster is None:
        yield Problem(
            path=key_path(*_PATH, "grantAccess"),
            message=f"is about the role on {key_path(*_PATH, 'zones', 'cluster')}, which is not set: remove it",
        )


def dns_servers_are_of_an_own_network(context: Context) -> Iterator[Problem]:
    """DNS servers are a property of the network, and lie outside the cluster's own ranges."""
    network = context.settings.network
    if not network.dns_servers:
        return
    if network.existing is not None:
        yield Problem(
            path=_SERVERS,
            message=f"is for a network of the stack's own, and {key_path('network', 'existing')} is set, whose owner "
            "sets its DNS servers: remove it",
        )
        return
    for index, text in enumerate(network.dns_servers):
        for inside, what in ((SERVICE_CIDR, "services"), (POD_CIDR, "pods")):
            if ipaddress.IPv4Address(text) in ipaddress.IPv4Network(inside):
                yield Problem(
                    path=key_path("network", "dnsServers", index),
                    message=f"{text} is in {inside}, the cluster's own range of {what}, so that no pod or node reaches "
                    "a server there: name one outside of it",
                )


def dns_servers_know_the_zones(context: Context) -> Iterator[Problem]:
    """Warn about zones that only the stack's own network resolves, while other servers are asked."""
    settings = context.settings
    needed, private_dns = _needed(settings), settings.network.private_dns
    if not settings.network.dns_servers or not needed:
        return
    if private_dns.mode == "own":
        alone = "the zones are linked to the stack's network alone"
        better = f"{_MODE}: existing"
    elif "cluster" in needed and private_dns.zones.cluster is None:
        alone = "AKS links the zone of the API server to the stack's network alone"
        better = key_path(*_PATH, "zones", "cluster")
    else:
        return
    yield Problem(
        path=_SERVERS,
        message=f"resolve no private name unless they ask Azure's DNS from a network that the zones are linked to, and "
        f"{alone}: without it, nodes pull no image and do not join a private cluster; set {better}",
    )


def _why_unused(settings: Settings, key: str) -> str:
    section, name, value = _NEEDED_BY[key]
    if (reason := why_section_is_unused(settings, section)) is not None:
        return f"{reason}, so that no setting needs it: remove it"
    return f"no setting needs it: remove it, or set {key_path(section, name)}: {value}{_WITH.get(key, '')}"


def _needed(settings: Settings) -> set[str]:
    """Return the keys of the zones that the services of a stack need, whoever makes the zones."""
    broker = settings.has_airflow and executor_parts(settings.airflow).celery_workers
    purposes = private_zones(settings, "", broker=broker)
    found = {key for key, purpose in PURPOSES.items() if purpose in purposes}
    return found | ({"cluster"} if settings.cluster.private_api_server else set())


PRIVATE_DNS_ERRORS: tuple[Rule, ...] = (
    zones_fit_the_mode,
    zones_have_the_right_names,
    the_databases_zone_is_no_servers_name,
    somebody_else_grants_a_role,
    dns_servers_are_of_an_own_network,
)
PRIVATE_DNS_WARNINGS: tuple[Rule, ...] = (dns_servers_know_the_zones,)
