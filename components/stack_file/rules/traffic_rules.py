"""Rules for the connections that network policies allow, and for addresses in settings that policies block."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from components.airflow.executors import executor_parts
from components.airflow.network_policies import network_policies
from components.airflow.release_lines import family_of
from components.airflow.restricted_egress import host_rules
from components.airflow.traffic.addresses import Address
from components.airflow.traffic.allowed_policies import AIRFLOW, airflow_components, egress_peers, label_of
from components.airflow.traffic.destinations_of_settings import purpose_of, unreadable, users_of
from components.airflow.traffic.host_policies import covers, opens, outside_host
from components.airflow.traffic.named_addresses import NamedAddress, named_addresses
from components.airflow.traffic.passed_values import name_of
from components.airflow.traffic.policy_evaluation import fits_peer, may_reach
from components.airflow.traffic.policy_specs import NODE_SECRETS
from components.airflow.traffic.port_numbers import API_PORT, STATSD_SCRAPE_PORT
from components.airflow.vault.connections import PGBOUNCER_PORT
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.settings import nested
from components.settings.allowed_traffic import AllowedEgress, AllowedIngress, TrafficComponent
from components.settings.model import Settings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_EGRESS: Final = "allowedEgress"
_INGRESS: Final = "allowedIngress"
# TCP ports of the pods. Source: the chart's default values, `ports`.
_PORTS: Final[Mapping[TrafficComponent, tuple[int, ...]]] = {
    "apiServer": (API_PORT,),
    "pgbouncer": (PGBOUNCER_PORT, 9127),
    "statsd": (STATSD_SCRAPE_PORT,),
}
_NODE: Final = tuple(map(ipaddress.IPv4Network, NODE_SECRETS))
_CLUSTER: Final = tuple(map(ipaddress.IPv4Network, (POD_CIDR, SERVICE_CIDR)))


def entries_have_one_place(context: Context) -> Iterator[Problem]:
    """Each entry names one place: a host or a range for egress, a namespace or a range for ingress."""
    for setting, index, entry in _entries(context.settings):
        word = "host" if isinstance(entry, AllowedEgress) else "namespace"
        place = entry.host if isinstance(entry, AllowedEgress) else entry.namespace
        if (place is None) == (entry.cidr is None):
            both = "has both: remove one" if place is not None else "has neither"
            yield Problem(
                path=key_path("network", setting, index), message=f"must have either {word} or cidr, and {both}"
            )


def ranges_can_be_matched(context: Context) -> Iterator[Problem]:
    """No range is inside the ranges of pods, services or the node's own identity.

    Policies match pods and services by labels, not by address.
    """
    for setting, index, entry in _entries(context.settings):
        if entry.cidr is None:
            continue
        network, path = ipaddress.IPv4Network(entry.cidr), key_path("network", setting, index, "cidr")
        if any(network.subnet_of(secret) for secret in _NODE):
            yield Problem(
                path=path, message=f"{entry.cidr} gives pods the node's own identity, and stays closed: remove it"
            )
        inside = next((str(own) for own in _CLUSTER if network.subnet_of(own)), None)
        if inside is not None:
            instead = "host: <service>.<namespace>.svc" if setting == _EGRESS else "namespace"
            yield Problem(
                path=path,
                message=f"{entry.cidr} is inside {inside}, the range of pods and services, which policies match by "
                f"labels, not by address: use {instead}",
            )


def named_components_run(context: Context) -> Iterator[Problem]:
    """The stack runs every component that an entry names."""
    settings = context.settings
    parts, executor = executor_parts(settings.airflow), settings.airflow.executor
    pooler = settings.database.pooler
    statsd = nested.get(settings.airflow.values, "statsd.enabled", True)
    absent: dict[TrafficComponent, str | None] = {
        "dagProcessor": f"{key_path('airflow', 'dagProcessors')} is 0" if not settings.airflow.dag_processors else None,
        "pgbouncer": f"{key_path('database', 'pooler')} is {pooler}" if pooler != "pgbouncer" else None,
        "statsd": f"{key_path('airflow', 'values', 'statsd', 'enabled')} is false" if statsd is False else None,
        "taskPods": None if parts.task_pods else f"{key_path('airflow', 'executor')} is {executor}",
        "triggerer": f"{key_path('airflow', 'triggerers')} is 0" if not settings.airflow.triggerers else None,
        "workers": None if parts.worker_pods else "LocalExecutor runs tasks in the scheduler; name `scheduler`",
    }
    for setting, index, entry in _entries(settings):
        for position, component in enumerate(entry.components):
            if (reason := absent.get(component)) is not None:
                word = "for" if setting == _EGRESS else "to"
                yield Problem(
                    path=key_path("network", setting, index, word, position),
                    message=f"the stack runs no {component}: {reason}",
                )


def addresses_can_be_read(context: Context) -> Iterator[Problem]:
    """If the program opens a port for a setting, the setting names a valid host and port."""
    for given, message in unreadable(context.settings):
        yield Problem(path=key_path("airflow", *given.path), message=message)


def named_addresses_are_open(context: Context) -> Iterator[Problem]:
    """Warn about addresses in a setting that policies block for components that may use them."""
    settings = context.settings
    policies = network_policies(settings)
    by_name = host_rules(settings) if settings.network.restricted else []
    closed: dict[tuple[int | str, ...], dict[Address, list[TrafficComponent]]] = {}
    for named in named_addresses(settings):
        users = [
            component
            for component in _users(settings, named)
            if not may_reach(policies, _label(settings, component), named.address)
            and not opens(by_name, _label(settings, component), named.address)
        ]
        if users and not _user_allows(settings, named.address):
            closed.setdefault(named.path, {})[named.address] = users
    for path, addresses in closed.items():
        yield Problem(path=key_path("airflow", *path), message=_closed(addresses))


def ports_are_of_the_pods(context: Context) -> Iterator[Problem]:
    """Warn if a component's pods do not listen on an allowed port, for example because it is a service's port."""
    for index, entry in enumerate(context.settings.network.allowed_ingress):
        for component in entry.components:
            listens = _PORTS.get(component, ())
            if listens and entry.port not in listens:
                yield Problem(
                    path=key_path("network", _INGRESS, index, "port"),
                    message=f"{entry.port} is no port of {component}, whose pods listen on "
                    f"{' and '.join(map(str, listens))}: a policy names the port of the pods, not that of a service",
                )


def vault_secrets_are_open(context: Context) -> Iterator[Problem]:
    """Warn about a Key Vault secret that may hold an address, because the program cannot read it and so opens no port.

    There is no warning if an entry of the stack file is for the components that use the secret.
    """
    settings = context.settings
    line = family_of(settings.airflow.release)
    for variable in settings.airflow.key_vault_secrets:
        purpose = purpose_of(name_of(variable))
        if purpose is None:
            continue
        labels = users_of(purpose, settings.airflow)
        users = [word for word in airflow_components(settings.airflow) if label_of(word, line) in labels]
        if any(not entry.components or set(entry.components) & set(users) for entry in settings.network.allowed_egress):
            continue
        unless = "" if settings.network.restricted else "unless the port is 443, "
        yield Problem(
            path=key_path("airflow", "keyVaultSecrets", variable),
            message=f"may name a host, and the program reads no secret of yours, so it opens no port for it; {unless}"
            f"add {{host: ..., port: ..., for: [{', '.join(users)}]}} to {key_path('network', _EGRESS)}",
        )


def _entries(settings: Settings) -> Iterator[tuple[str, int, AllowedEgress | AllowedIngress]]:
    for index, egress in enumerate(settings.network.allowed_egress):
        yield _EGRESS, index, egress
    for index, ingress in enumerate(settings.network.allowed_ingress):
        yield _INGRESS, index, ingress


def _label(settings: Settings, component: TrafficComponent) -> str:
    return label_of(component, family_of(settings.airflow.release))


def _users(settings: Settings, named: NamedAddress) -> list[TrafficComponent]:
    """Return the components that may connect to an address: the users of its purpose, or any if it is unknown."""
    return [
        component
        for component in airflow_components(settings.airflow)
        if named.components is None or _label(settings, component) in named.components
    ]


def _closed(addresses: Mapping[Address, Sequence[TrafficComponent]]) -> str:
    """Return the message for addresses that no policy opens, with the entries that would open them."""
    shown = ", ".join(f"{address.host} with port {address.port}" for address in addresses)
    users = list(dict.fromkeys(component for components in addresses.values() for component in components))
    listed = "any component" if set(users) == set(AIRFLOW) else ", ".join(users)
    message = f"names {shown}, which no network policy opens for {listed}; "
    if any(address.unmatchable for address in addresses):
        return f"{message}policies match pods and services by labels, not by address: use <service>.<namespace>.svc"
    entries = ", ".join(
        f"{{{f'host: {address.host}' if address.ip is None else f'cidr: {address.ip}/32'}, port: {address.port}, "
        f"for: [{', '.join(components)}]}}"
        for address, components in addresses.items()
    )
    return f"{message}add {entries} to {key_path('network', _EGRESS)}, with those of them that use it"


def _user_allows(settings: Settings, address: Address) -> bool:
    """Return whether an entry of the stack file opens an address: that entry then decides which components use it.

    A name may have any address, so an entry for any range counts for the name; not with restricted egress, where pods
    resolve the names of entries only.
    """
    return not address.unmatchable and any(
        entry.port == address.port and _opens(entry, address, by_name=settings.network.restricted)
        for entry in settings.network.allowed_egress
    )


def _opens(entry: AllowedEgress, address: Address, *, by_name: bool) -> bool:
    """Return whether an entry opens an address; `by_name`: whether a host outside the cluster is only that host."""
    if by_name and entry.host is not None and outside_host(Address(host=entry.host, port=entry.port)):
        return covers(entry.host, address.host)
    return any(fits_peer(peer, address) or (not by_name and _may_be_in(peer, address)) for peer in egress_peers(entry))


def _may_be_in(peer: dict[str, object], address: Address) -> bool:
    return "ipBlock" in peer and address.ip is None and any("ipBlock" in own for own in address.peers)


TRAFFIC_ERRORS: tuple[Rule, ...] = (
    entries_have_one_place,
    ranges_can_be_matched,
    named_components_run,
    addresses_can_be_read,
)
TRAFFIC_WARNINGS: tuple[Rule, ...] = (named_addresses_are_open, vault_secrets_are_open, ports_are_of_the_pods)
