"""Connections that the program opens by itself, because a setting's name tells their purpose and their users.

Sources: the configuration references of the Airflow versions in charts/pins.yaml, and the sources of the providers.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from components.airflow.executors import SCHEDULER, executor_parts
from components.airflow.release_lines import family_of
from components.settings.airflow_sections import AirflowSettings
from components.settings.model import Settings

from .addresses import Address, find_addresses, read_address, read_json, read_port
from .passed_values import CONNECTION, Given, given_values
from .policy_specs import Policy, egress, ports, select
from .port_numbers import HTTPS_PORT

MAIL: Final = "mail"
PROXY: Final = "proxy"
SECRETS: Final = "secrets-backend"
TELEMETRY: Final = "telemetry"
DIRECTORY: Final = "directory"
LOGS: Final = "remote-logs"
LINEAGE: Final = "lineage"
# Options with a host: the purpose, the option with the port (empty if there is none), and Airflow's default port.
_PAIRS: Final = {
    "smtp.smtp_host": (MAIL, "smtp.smtp_port", 25),
    "metrics.otel_host": (TELEMETRY, "metrics.otel_port", 8889),
    "traces.otel_host": (TELEMETRY, "traces.otel_port", 8889),
    "elasticsearch.host": (LOGS, "", 9200),
    "opensearch.host": (LOGS, "opensearch.port", 9200),
}
# Names of variables whose value is one address: the purpose and the default port.
_ADDRESSES: Final = {
    re.compile(r"(HTTP|HTTPS|ALL)_PROXY", re.IGNORECASE): (PROXY, 80),
    re.compile(r"OTEL_EXPORTER_OTLP_((METRICS|TRACES|LOGS)_)?ENDPOINT"): (TELEMETRY, None),
    re.compile(r"VAULT_ADDR"): (SECRETS, None),
    re.compile(r"OPENLINEAGE_URL|OPENLINEAGE__TRANSPORT__URL"): (LINEAGE, None),
}
# Names of options whose value contains addresses among other text.
_CONTENTS: Final = {
    re.compile(r"secrets\.backend_kwargs?(__\w+)?|workers\.secrets_backend_kwargs?(__\w+)?"): SECRETS,
    re.compile(r"openlineage\.transport"): LINEAGE,
}
_LDAP_NAME: Final = re.compile(r"\w*LDAP\w*(URL|URI|SERVER|HOST|ADDRESS)")
# A connection to a host without a scheme may use TLS or not, so both ports are opened.
_LDAP_PORTS: Final = (389, 636)
_LDAP: Final = re.compile(r"ldaps?://", re.IGNORECASE)
# The default ports of Airflow's SMTP provider: with TLS from the start, and without.
_SMTP_TLS, _SMTP_PLAIN = 465, 25


@dataclass(frozen=True, kw_only=True)
class Destination:
    """An address that a setting names, with its purpose and the components that connect to it."""

    given: Given
    purpose: str
    address: Address
    components: tuple[str, ...]


def known_destinations(settings: Settings) -> list[Destination]:
    """Return the destinations of a stack in the order of the stack file. Values that cannot be parsed are left out."""
    line = family_of(settings.airflow.release)
    given = list(given_values(settings.airflow, line))
    found: list[Destination] = []
    for item in given:
        if (purpose := purpose_of(item.name, item.value)) is None:
            continue
        try:
            addresses = _addresses(item, given)
        except ValueError:
            continue
        users = users_of(purpose, settings.airflow)
        components = users if item.component is None else tuple(user for user in users if user == item.component)
        found += [
            Destination(given=item, purpose=purpose, address=address, components=components)
            for address in addresses
            if components and not address.within_pod
        ]
    return found


def unreadable(settings: Settings) -> Iterator[tuple[Given, str]]:
    """Yield each value whose host or port cannot exist, with the reason."""
    given = list(given_values(settings.airflow, family_of(settings.airflow.release)))
    for item in given:
        pair = next((pair for pair in _PAIRS.values() if pair[1] == item.name), None)
        try:
            if pair is not None:
                read_port(item.value)
            elif item.name not in _PAIRS or "://" in item.value or ":" in item.value:
                _addresses(item, given)
        except ValueError as error:
            yield item, str(error)


def purpose_of(name: str, value: str = "") -> str | None:
    """Return the purpose of a setting's address, by name and value of the setting; None if it is not known."""
    if name in _PAIRS:
        return _PAIRS[name][0]
    if _LDAP.match(value.strip()):
        return DIRECTORY
    if name.startswith(CONNECTION):
        return MAIL if _is_mail(name, value) else None
    if _LDAP_NAME.fullmatch(name):
        return DIRECTORY
    by_name = {pattern: purpose for pattern, (purpose, _) in _ADDRESSES.items()} | _CONTENTS
    return next((purpose for pattern, purpose in by_name.items() if pattern.fullmatch(name)), None)


def users_of(purpose: str, airflow: AirflowSettings) -> tuple[str, ...]:
    """Return the `component` labels of the pods that connect to addresses of a purpose."""
    line, tasks = family_of(airflow.release), executor_parts(airflow).task_components
    every = tuple(dict.fromkeys((line.ui_component, "dag-processor", SCHEDULER, "triggerer", *tasks)))
    match purpose:
        case "mail":
            # The mail about a task whose pod was lost comes from the scheduler in Airflow 2, and from the DAG processor
            # in Airflow 3.
            return ("dag-processor", "triggerer", *tasks) if line.tasks_use_api else every[1:]
        case "directory" | "remote-logs":
            return (line.ui_component,)
        case "lineage":
            return tuple(dict.fromkeys((SCHEDULER, "triggerer", *tasks)))
        case _:
            return every


def known_policies(settings: Settings) -> dict[str, Policy]:
    """Return a policy for each purpose.

    Addresses that no policy can match are left out. So is HTTPS outside the cluster, which another policy opens.
    """
    by_users: dict[tuple[str, tuple[str, ...]], list[Address]] = {}
    for destination in known_destinations(settings):
        address = destination.address
        if not (address.outside and address.port == HTTPS_PORT) and not address.unmatchable:
            addresses = by_users.setdefault((destination.purpose, destination.components), [])
            addresses += [address] if address not in addresses else []
    return {
        f"{_beginning(users, users_of(purpose, settings.airflow))}-to-{purpose}": egress(
            select(*users), _rules(addresses)
        )
        for (purpose, users), addresses in by_users.items()
    }


def _beginning(users: Sequence[str], every: Sequence[str]) -> str:
    return "airflow" if tuple(users) == tuple(every) else "-and-".join(users)


def _rules(addresses: Sequence[Address]) -> list[dict[str, Any]]:
    rules: list[dict[str, Any]] = []
    for address in addresses:
        rule = {"to": address.peers, "ports": ports([address.port])}
        rules += [rule] if rule not in rules else []
    return rules


def _addresses(item: Given, given: Sequence[Given]) -> list[Address]:
    """Return the addresses of a setting whose purpose is known.

    Raises:
        ValueError: the host or the port cannot exist.

    """
    if item.name in _PAIRS:
        _, port_name, default = _PAIRS[item.name]
        ports_given = [
            other for other in given if other.name == port_name and other.component in (None, item.component)
        ]
        return _one(item.value, read_port(ports_given[-1].value) if ports_given else default)
    for pattern, (_, default_port) in _ADDRESSES.items():
        if pattern.fullmatch(item.name):
            return _one(item.value, default_port)
    if _LDAP.match(item.value.strip()):
        return [address for part in re.split(r"[,\s]+", item.value.strip()) for address in _one(part, None)]
    if named := _LDAP_NAME.fullmatch(item.name):
        beginning = item.name.removesuffix(named[1])
        beside = [other.value for other in given if other.name == f"{beginning}PORT"]
        return [
            address
            for default in ([read_port(beside[-1])] if beside else _LDAP_PORTS)
            for address in _one(item.value, default)
        ]
    if item.name.startswith(CONNECTION):
        return _mail_server(item.value) if _is_mail(item.name, item.value) else []
    if any(pattern.fullmatch(item.name) for pattern in _CONTENTS):
        return list(find_addresses(item.value))
    return []


def _one(text: str, default_port: int | None) -> list[Address]:
    address = read_address(text, default_port)
    return [] if address is None else [address]


def _is_mail(name: str, value: str) -> bool:
    """Return whether a connection is for mail. If its value is not known, its name decides."""
    content = read_json(value)
    if isinstance(content, dict):
        return content.get("conn_type") == "smtp"
    return value.lower().startswith("smtp://") or (not value and ("SMTP" in name or "MAIL" in name))


def _mail_server(value: str) -> list[Address]:
    default = _SMTP_PLAIN if "disable_ssl" in value else _SMTP_TLS
    content = read_json(value)
    if isinstance(content, dict):
        host, port = str(content.get("host") or ""), content.get("port")
        return _one(host.partition("://")[2] or host, default if port is None else read_port(str(port)))
    return _one(value.partition("://")[2].partition("/")[0].partition("?")[0].rpartition("@")[2], default)
