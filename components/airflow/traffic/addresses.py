"""Finds hosts and ports in the texts of a stack file."""

from __future__ import annotations

import contextlib
import ipaddress
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from components.airflow import names
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR

from .policy_specs import Peer, anywhere, in_namespace, in_range

# The default port of each scheme, for addresses without a port. Source: IANA, "Service Name and Transport Protocol Port
# Number Registry".
_PORTS: Final = {
    "amqp": 5672,
    "amqps": 5671,
    "ftp": 21,
    "git": 9418,
    "http": 80,
    "https": 443,
    "ldap": 389,
    "ldaps": 636,
    "mongodb": 27017,
    "mssql": 1433,
    "mysql": 3306,
    "postgres": 5432,
    "postgresql": 5432,
    "redis": 6379,
    "sftp": 22,
    "smtp": 25,
    "smtps": 465,
    "socks5": 1080,
    "socks5h": 1080,
    "ssh": 22,
}
_URL: Final = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://([^/?#\s,;\"']+)")
_SSH: Final = re.compile(r"[\w.-]+@([A-Za-z0-9.-]+):(?!\d*$)[^\s]+")
_PAIR: Final = re.compile(r"(?:[\w.%-]+@)?([A-Za-z0-9_.-]+):(\d+)/?")
_HOST: Final = re.compile(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?\.?")
_MOST: Final = 65535
_INSIDE: Final = tuple(map(ipaddress.IPv4Network, (POD_CIDR, SERVICE_CIDR)))


@dataclass(frozen=True, kw_only=True, order=True)
class Address:
    """A host, by its name or its IPv4 address, and a TCP port."""

    host: str
    port: int

    @property
    def ip(self) -> ipaddress.IPv4Address | None:
        """The host as an address; None if it is a name."""
        try:
            return ipaddress.IPv4Address(self.host)
        except ValueError:
            return None

    @property
    def unmatchable(self) -> bool:
        """Whether the host is an address of a pod or service.

        No policy can match such an address: Cilium matches pods by labels only.
        """
        ip = self.ip
        return ip is not None and any(ip in network for network in _INSIDE)

    @property
    def peers(self) -> list[Peer]:
        """A policy's peers for the host: the namespace of a service, the address, or everything outside the cluster.

        A name of one or two labels may be a service (in Airflow's namespace, or `service.namespace`) or a host outside
        the cluster, so both are peers.
        """
        if self.ip is not None:
            return [in_range(f"{self.ip}/32")]
        match self.host.lower().rstrip(".").removesuffix(".cluster.local").split("."):
            case [*_, _, namespace, "svc"]:
                return [in_namespace(namespace)]
            case [_]:
                return [anywhere(), in_namespace(names.NAMESPACE)]
            case [_, namespace]:
                return [anywhere(), in_namespace(namespace)]
            case _:
                return [anywhere()]

    @property
    def outside(self) -> bool:
        """Whether the host can only be outside the cluster."""
        return all("ipBlock" in peer for peer in self.peers)

    @property
    def within_pod(self) -> bool:
        """Whether the host is the pod itself; network policies do not apply to such a connection."""
        return self.host in ("localhost", "0.0.0.0") or (self.ip is not None and self.ip.is_loopback)  # noqa: S104


def read_address(text: str, default_port: int | None = None) -> Address | None:
    """Return the address in `scheme://host:port/path` or `host:port`; None if there is no port or no host.

    Raises:
        ValueError: the host of a URL is neither a name nor an IPv4 address, or the port is not from 1 to 65535.

    """
    url = _URL.match(text.strip())
    place = url[2].rpartition("@")[2] if url else text.strip().rstrip("/")
    scheme_port = _PORTS.get(url[1].lower().partition("+")[0]) if url else None
    host, colon, digits = place.partition(":")
    if not _HOST.fullmatch(host):
        if url and not place.startswith("[::1]"):
            raise ValueError("must have the name of a host, or an IPv4 address")
        return None
    port = read_port(digits) if colon else scheme_port or default_port
    return None if port is None else Address(host=host, port=port)


def read_port(text: str) -> int:
    """Return a port.

    Raises:
        ValueError: the text is no number from 1 to 65535.

    """
    digits = text.strip()
    if not digits.isascii() or not digits.isdigit() or len(digits) > len(str(_MOST)) or not 1 <= int(digits) <= _MOST:
        raise ValueError(f"must have a port from 1 to {_MOST}")
    return int(digits)


def find_addresses(text: str) -> Iterator[Address]:
    """Find every address in a text: URLs, `host:port`, lists of both, and JSON with them or with a host and a port.

    Text that looks like an address but is none, such as `12:30`, is left out.
    """
    content = read_json(text)
    if isinstance(content, dict | list):
        yield from _in_json(content)
        return
    for part in re.split(r"[,;\s]+", text):
        ssh = _SSH.fullmatch(part)
        pair = _PAIR.fullmatch(part)
        if ssh and "://" not in part:
            yield Address(host=ssh[1], port=_PORTS["ssh"])
        elif _URL.match(part) or (pair and _is_host(pair[1])):
            try:
                found = read_address(part)
            except ValueError:
                continue
            if found is not None:
                yield found


def read_json(text: str) -> Any:
    """Return the content of a JSON text; None for any other text."""
    try:
        return json.loads(text) if text.lstrip().startswith(("{", "[")) else None
    except (ValueError, RecursionError):
        return None


def _is_host(text: str) -> bool:
    """Return whether the text before a port is a host: `12:30` is a time, and `module:8` may be anything."""
    return Address(host=text, port=1).ip is not None or ("." in text and any(map(str.isalpha, text)))


def _in_json(content: Any) -> Iterator[Address]:
    if isinstance(content, Mapping):
        host, port = content.get("host"), content.get("port")
        if isinstance(host, str) and port is not None and _HOST.fullmatch(host):
            with contextlib.suppress(ValueError):
                yield Address(host=host, port=read_port(str(port)))
    if isinstance(content, Mapping | list):
        for item in content.values() if isinstance(content, Mapping) else content:
            yield from _in_json(item)
    elif isinstance(content, str):
        yield from find_addresses(content)
