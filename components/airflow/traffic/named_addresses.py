"""Every address that a setting of Airflow names, whether or not the program knows its purpose."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.settings.model import Settings

from .addresses import Address, find_addresses, read_address, read_port
from .destinations_of_settings import known_destinations, purpose_of
from .passed_values import CONNECTION, Given, given_values, other_texts

# Options and variables with addresses that Airflow's pods do not connect to: Airflow's own, those for browsers, and
# mere names.
_NOT_CONNECTED: Final = re.compile(
    r"api\.(base_url|host|access_control_allow_origins)|api_auth\.jwt_(issuer|audience)|cli\.endpoint_url"
    r"|execution_api\.jwt_audience|webserver\.(base_url|analytics_url|web_server_host)"
    r"|scheduler\.scheduler_health_check_server_host|metrics\.statsd_.*|(?i:no_proxy)"
    r"|AIRFLOW_VAR_.*"
)
_HOST_NAME: Final = re.compile(r"(.*)(host)", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True, kw_only=True)
class NamedAddress:
    """An address, its setting's path below `airflow`, and the labels of the components that use it (None: any)."""

    path: tuple[int | str, ...]
    address: Address
    components: tuple[str, ...] | None


def named_addresses(settings: Settings) -> Iterator[NamedAddress]:
    """Yield each address in a stack's settings, once for each setting that names it."""
    airflow = settings.airflow
    for destination in known_destinations(settings):
        yield NamedAddress(path=destination.given.path, address=destination.address, components=destination.components)
    given = list(given_values(airflow, family_of(airflow.release)))
    for item in given:
        if purpose_of(item.name, item.value) is None and not _NOT_CONNECTED.fullmatch(item.name):
            components: tuple[str, ...] | None = None if item.component is None else (item.component,)
            if item.name.startswith(CONNECTION):
                # Only tasks and triggers read these, and they reach every address unless egress is restricted.
                if not settings.network.restricted:
                    continue
                components = components or (*executor_parts(airflow).task_components, "triggerer")
            for address in dict.fromkeys([*find_addresses(item.value), *_pair(item, given)]):
                if not address.within_pod:
                    yield NamedAddress(path=item.path, address=address, components=components)
    for path, text in other_texts(airflow):
        # `name:1` in chart values is an image's tag more often than an address.
        for address in dict.fromkeys(find_addresses(text) if "://" in text or "@" in text else ()):
            if not address.within_pod:
                yield NamedAddress(path=path, address=address, components=None)


def _pair(item: Given, given: Sequence[Given]) -> Iterator[Address]:
    """Yield the address of a setting `..._host` with the port of the setting `..._port`."""
    name = _HOST_NAME.fullmatch(item.name)
    if name is None or ":" in item.value:
        return
    port_name = f"{name[1]}{'PORT' if name[2].isupper() else 'port'}"
    for other in given:
        if other.name == port_name and other.component == item.component:
            try:
                address = read_address(item.value, read_port(other.value))
            except ValueError:
                continue
            if address is not None:
                yield address
