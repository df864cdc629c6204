"""`proxy`: a company's HTTP proxy, and the certificate authorities that its network trusts."""

from __future__ import annotations

import ipaddress
import re
from typing import Annotated, Final

from pydantic import AfterValidator, Field

from .base import EachOnce, Section
from .trusted_certificates import Certificate, read_certificates

_DEFAULT_PORTS: Final = {"http": 80, "https": 443}
_URL: Final = re.compile(r"(?P<scheme>[A-Za-z][A-Za-z0-9+.-]*)://(?P<place>[^/?#]*)(?P<rest>.*)", re.DOTALL)
_LABEL: Final = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST: Final = re.compile(rf"{_LABEL}(\.{_LABEL})*")
_PORT: Final = re.compile(r"[0-9]{1,5}")
_INSIDE: Final = (".svc", ".cluster.local")
_EXAMPLE: Final = "for example http://proxy.example.com:3128"


def _proxy_address(text: str, schemes: tuple[str, ...]) -> str:
    """Return a proxy's address without a slash at its end. Messages never repeat it: it may hold a password."""
    allowed = " or ".join(f"{scheme}://" for scheme in schemes)
    found = _URL.fullmatch(text)
    if "@" in text:
        raise ValueError(
            "holds a user name or a password: a secret does not belong in the environment of every pod, and AKS takes "
            "no proxy that asks for one; let the proxy know the cluster by its address"
        )
    if found is None or found["scheme"].lower() not in schemes:
        raise ValueError(f"must begin with {allowed}, {_EXAMPLE}")
    if found["rest"] not in ("", "/"):
        raise ValueError(f"must end with the port, without a path, {_EXAMPLE}")
    host, colon, port = found["place"].partition(":")
    if not _HOST.fullmatch(host) or len(host) > 253:
        raise ValueError(f"must have the name of a host or an IPv4 address, {_EXAMPLE}")
    if colon and not (_PORT.fullmatch(port) and 1 <= int(port) <= 65535):
        raise ValueError(f"must have a port from 1 to 65535, {_EXAMPLE}")
    if "." not in host:
        raise ValueError(f"must have the full name of a host, {_EXAMPLE}")
    if host.lower().endswith(_INSIDE):
        raise ValueError("is a service of the cluster, which its nodes do not know: name a host outside")
    return f"{found['scheme'].lower()}://{found['place'].lower()}"


def _direct_host(text: str) -> str:
    """Return an entry of `noProxy` in lower case."""
    if "://" in text:
        raise ValueError("must be a host without a scheme, for example .example.com")
    if "*" in text:
        raise ValueError("must have no wildcard: .example.com stands for every host below example.com")
    name = text.removeprefix(".")
    if re.fullmatch(r"[0-9.]+(/[0-9]+)?", text):
        try:
            return str(ipaddress.IPv4Network(text)) if "/" in text else str(ipaddress.IPv4Address(text))
        except ValueError as error:
            raise ValueError("must be an IPv4 address or range, for example 10.20.0.0/16") from error
    if ":" in text:
        raise ValueError("must be a host without a port, for example .example.com")
    if not _HOST.fullmatch(name) or len(name) > 253:
        raise ValueError("must be a host, a domain or an IPv4 range, for example .example.com or 10.20.0.0/16")
    return text.lower()


HttpAddress = Annotated[str, AfterValidator(lambda text: _proxy_address(text, ("http",)))]
AnyAddress = Annotated[str, AfterValidator(lambda text: _proxy_address(text, ("http", "https")))]
DirectHost = Annotated[str, AfterValidator(_direct_host)]


def _certificates(text: str) -> str:
    read_certificates(text)
    return text


class ProxySettings(Section):
    """The proxy through which nodes and pods reach the Internet. See docs/company-proxy.md.

    A change makes AKS reimage every node.
    """

    http: HttpAddress | None = Field(
        None, description="Address of the proxy for http, for example http://proxy.example.com:3128."
    )
    https: AnyAddress | None = Field(None, description="Address of the proxy for https; left out = `http`.")
    no_proxy: Annotated[tuple[DirectHost, ...], EachOnce] = Field(
        (),
        description="Hosts, domains with a dot in front, and IPv4 ranges that are reached without the proxy, besides "
        "those that never go through it: the cluster, its ranges, and private services of the stack.",
    )
    trusted_ca: Annotated[str, AfterValidator(_certificates)] | None = Field(
        None,
        description="Certificates of your authorities in PEM form, one after another. Nodes and containers trust them "
        "besides the public ones. Works without a proxy too.",
    )

    @property
    def addresses(self) -> dict[str, str]:
        """The proxy's addresses by the scheme of what is reached; empty without a proxy."""
        return {} if self.http is None else {"http": self.http, "https": self.https or self.http}

    @property
    def authorities(self) -> tuple[Certificate, ...]:
        """The certificates of `trustedCa`."""
        return () if self.trusted_ca is None else read_certificates(self.trusted_ca)

    @property
    def places(self) -> tuple[tuple[str, int], ...]:
        """Host and port of each proxy, each once."""
        return tuple(dict.fromkeys(map(host_and_port, self.addresses.values())))


def host_and_port(address: str) -> tuple[str, int]:
    """Return host and port of a proxy's address."""
    scheme, _, place = address.partition("://")
    host, colon, port = place.partition(":")
    return host, int(port) if colon else _DEFAULT_PORTS[scheme]
