"""Rules for `proxy`, the proxy and the certificate authorities of a company."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator
from typing import Final

from components.airflow.direct_hosts import goes_directly
from components.airflow.release_lines import family_of
from components.airflow.traffic.passed_values import given_values
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.kubernetes.way_out import CERTIFICATE_VARIABLES, PROXY_VARIABLES
from components.settings.proxy_section import host_and_port
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Source: AKS, "HTTP proxy support in Azure Kubernetes Service", limitations.
_MOST_WITH_PROXY: Final = 20
_MOST_BYTES: Final = 35 * 1024
# Source: AKS, "Use custom certificate authorities".
_MOST_WITHOUT_PROXY: Final = 10
_HTTP: Final = ("proxy", "http")


def proxy_settings_have_an_effect(context: Context) -> Iterator[Problem]:
    """The section names a proxy or an authority, and nothing that only a proxy uses without one."""
    proxy = context.settings.proxy
    if proxy is None or context.is_wrong(key_path(*_HTTP)):
        return
    if proxy.http is None:
        for key, given in (("https", proxy.https is not None), ("noProxy", bool(proxy.no_proxy))):
            if given:
                yield Problem(
                    path=key_path("proxy", key),
                    message=f"has no effect without {key_path(*_HTTP)}: set the address of the proxy, or remove this",
                )
        if proxy.https is None and not proxy.no_proxy and proxy.trusted_ca is None:
            wrong = any(path.startswith(key_path("proxy")) for path in context.wrong)
            if not wrong:
                yield Problem(path=key_path("proxy"), message="is empty: set http or trustedCa, or remove the section")


def proxy_is_outside_the_cluster(context: Context) -> Iterator[Problem]:
    """No address of the proxy is one of a pod or a service."""
    proxy = context.settings.proxy
    if proxy is None:
        return
    for key, address in (("http", proxy.http), ("https", proxy.https)):
        try:
            ip = ipaddress.IPv4Address(host_and_port(address)[0]) if address else None
        except ValueError:
            continue
        cidr = next((cidr for cidr in (SERVICE_CIDR, POD_CIDR) if ip and ip in ipaddress.IPv4Network(cidr)), None)
        if cidr is not None:
            yield Problem(
                path=key_path("proxy", key),
                message=f"{ip} is in {cidr}, a range inside the cluster: name the proxy's address in your network",
            )


def authorities_fit_the_nodes(context: Context) -> Iterator[Problem]:
    """AKS takes the certificates: their number, and their size beside a proxy."""
    proxy = context.settings.proxy
    if proxy is None or proxy.trusted_ca is None:
        return
    count, size = len(proxy.authorities), sum(len(one.pem) for one in proxy.authorities)
    most = _MOST_WITHOUT_PROXY if proxy.http is None else _MOST_WITH_PROXY
    if count > most:
        beside = "without" if proxy.http is None else "with"
        yield Problem(
            path=key_path("proxy", "trustedCa"), message=f"has {count} certificates: AKS takes {most} {beside} a proxy"
        )
    elif proxy.http is not None and size > _MOST_BYTES:
        yield Problem(
            path=key_path("proxy", "trustedCa"), message=f"has {size} bytes: AKS takes {_MOST_BYTES} with a proxy"
        )


def proxy_is_set_once(context: Context) -> Iterator[Problem]:
    """With the section, no variable of the stack file names a proxy or a file with certificates."""
    settings = context.settings
    if settings.proxy is None or not settings.has_airflow:
        return
    owned: dict[str, str] = {}
    if settings.proxy.http is not None:
        owned |= dict.fromkeys((*PROXY_VARIABLES, "ALL_PROXY", "all_proxy"), "http, https and noProxy")
    if settings.proxy.trusted_ca is not None:
        owned |= dict.fromkeys(CERTIFICATE_VARIABLES, "trustedCa")
    given = [(item.path, item.name) for item in given_values(settings.airflow, family_of(settings.airflow.release))]
    given += [(("keyVaultSecrets", name), name) for name in settings.airflow.key_vault_secrets]
    for path, name in given:
        if name in owned:
            yield Problem(
                path=key_path("airflow", *path),
                message=f"{name} is set by {key_path('proxy')} ({owned[name]}) in every container: remove one",
            )


def authorities_have_not_expired(context: Context) -> Iterator[Problem]:
    """Warn of a certificate that has expired, so that nothing that it signed is trusted."""
    proxy = context.settings.proxy
    for number, certificate in enumerate(proxy.authorities if proxy else (), 1):
        if certificate.ends < context.today:
            yield Problem(
                path=key_path("proxy", "trustedCa"),
                message=f"certificate {number} ({certificate.subject}) expired on {certificate.ends}: replace it",
            )


def ssh_does_not_use_the_proxy(context: Context) -> Iterator[Problem]:
    """Warn that git over SSH is not HTTP, so that the clones of DAGs go around the proxy."""
    settings = context.settings
    repository = settings.dags.git.repository
    proxied = settings.proxy is not None and settings.proxy.http is not None
    if proxied and settings.dags.from_git and repository is not None and repository.scheme == "ssh":
        yield Problem(
            path=key_path("dags", "git", "repository"),
            message=f"is an SSH address, and {key_path(*_HTTP)} is for HTTP: the firewall must let pods reach "
            f"{repository.host} on port {repository.port}, or use an https:// address",
        )


def hosts_behind_the_proxy_are_its_own(context: Context) -> Iterator[Problem]:
    """Warn that `allowedHosts` opens direct connections, and that the proxy decides on all others."""
    network, proxy = context.settings.network, context.settings.proxy
    if not network.restricted or proxy is None or proxy.http is None:
        return
    for index, host in enumerate(network.allowed_hosts):
        if not goes_directly(host, proxy.no_proxy):
            yield Problem(
                path=key_path("network", "allowedHosts", index),
                message=f"{host} is opened for direct connections, and {key_path(*_HTTP)} sends HTTP through the "
                f"proxy, whose own rules decide on it: list it in {key_path('proxy', 'noProxy')} too, or remove it",
            )


PROXY_ERRORS: tuple[Rule, ...] = (
    proxy_settings_have_an_effect,
    proxy_is_outside_the_cluster,
    authorities_fit_the_nodes,
    proxy_is_set_once,
)
PROXY_WARNINGS: tuple[Rule, ...] = (
    authorities_have_not_expired,
    ssh_does_not_use_the_proxy,
    hosts_behind_the_proxy_are_its_own,
)
