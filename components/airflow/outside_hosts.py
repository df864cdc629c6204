"""Every host outside its network that a stack reaches, for the rules of a firewall.

The names of pods' destinations are those of the policies with `network.egress: restricted`: see restricted_egress.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from components.azure.endpoints import SHARE_PORT
from components.azure.log_storage_plan import file_shares, is_premium
from components.azure.resource_id import ResourceId
from components.settings.model import Settings
from components.settings.names import Names

from .direct_hosts import direct_for_nodes, direct_for_pods, goes_directly
from .restricted_egress import host_rules
from .service_hosts import AZURE_HOST, SIGN_IN_HOST, certificate_rules, service_rules, vault_host
from .traffic.port_numbers import HTTP_PORT, HTTPS_PORT

# Source: AKS, "Outbound network and FQDN rules for Azure Kubernetes Service (AKS) clusters".
_NODES: Final = {
    "mcr.microsoft.com": "images of AKS",
    "*.data.mcr.microsoft.com": "images of AKS",
    "mcr-0001.mcr-msedge.net": "images of AKS",
    AZURE_HOST: "AKS",
    SIGN_IN_HOST: "sign-in of AKS and of pods",
    "packages.microsoft.com": "packages of nodes",
    "acs-mirror.azureedge.net": "binaries of nodes",
    "packages.aks.azure.com": "binaries of nodes",
}
_DNS_PORT: Final = 53
# Source: the same page, "Azure Monitor for containers".
_MONITORING: Final = (
    "dc.services.visualstudio.com",
    "*.ods.opinsights.azure.com",
    "*.oms.opinsights.azure.com",
    "*.monitoring.azure.com",
    "{location}.ingest.monitor.azure.com",
    "{location}.handler.control.monitor.azure.com",
    "global.handler.control.monitor.azure.com",
)
# Source: the same page, "Azure Policy", and Azure Policy, "Understand Azure Policy for Kubernetes clusters".
_AZURE_POLICY: Final = (
    "data.policy.core.windows.net",
    "store.policy.core.windows.net",
    "login.windows.net",
    "dc.services.visualstudio.com",
)
# Source: the same page, "Microsoft Defender for Containers", and Defender for Cloud, "Network access and permissions
# reference for Defender for Containers".
_DEFENDER: Final = (
    "*.cloud.defender.microsoft.com",
    "*.ods.opinsights.azure.com",
    "*.oms.opinsights.azure.com",
    SIGN_IN_HOST,
)

# The layers of images, if a registry has no data endpoints of its own.
_LAYERS: Final = "*.blob.core.windows.net"


@dataclass(frozen=True, order=True)
class OutsideHost:
    """A host or an address range, the TCP port, and what reaches it for which purpose: directly, or by the proxy."""

    host: str
    port: int
    purpose: str
    proxied: bool = False


def outside_hosts(settings: Settings, names: Names) -> Iterator[OutsideHost]:
    """Yield the hosts, each as often as it has a purpose. A service with a private endpoint is not outside."""
    proxy = settings.proxy
    places = proxy.places if proxy is not None else ()
    for direct, hosts in (
        (direct_for_nodes(settings, names), _nodes(settings, names)),
        (direct_for_pods(settings, names), _airflow(settings, names)),
    ):
        for found in hosts:
            if (found.host, found.port) not in places:
                proxied = bool(places) and _is_http(settings, found)
                yield replace(found, proxied=proxied and not goes_directly(found.host, direct))
    for host, port in places:
        yield OutsideHost(host, port, "the proxy")


def merge(hosts: Iterable[OutsideHost]) -> list[OutsideHost]:
    """Return the hosts in order, each port once with all of its purposes."""
    purposes: dict[tuple[str, int, bool], list[str]] = {}
    for found in hosts:
        known = purposes.setdefault((found.host, found.port, found.proxied), [])
        known += [found.purpose] if found.purpose not in known else []
    return sorted(
        OutsideHost(host, port, ", ".join(known), proxied) for (host, port, proxied), known in purposes.items()
    )


def _is_http(settings: Settings, found: OutsideHost) -> bool:
    """Return whether a host is called by HTTP, for which the proxy is: by its port, or by the scheme of git's."""
    repository = settings.dags.git.repository
    is_git = repository is not None and (repository.host, repository.port) == (found.host, found.port)
    if is_git and repository is not None:
        return repository.scheme == "https"
    return found.port in (HTTP_PORT, HTTPS_PORT) and "/" not in found.host


def _nodes(settings: Settings, names: Names) -> Iterator[OutsideHost]:
    """Yield what nodes reach, also for pods of AKS.

    Isolated nodes reach nothing, but Airflow's identities sign in to Entra, which has no private endpoint. Source: AKS,
    "Network isolated AKS clusters"; the page of the hosts above, "Workload identity".
    """
    for host, purpose in _NODES.items() if not settings.network.isolated else ():
        yield OutsideHost(host, HTTPS_PORT, purpose)
    for server in settings.network.dns_servers:
        yield OutsideHost(server, _DNS_PORT, "names, by UDP too")
    if settings.network.isolated and settings.has_airflow:
        yield OutsideHost(SIGN_IN_HOST, HTTPS_PORT, "sign-in of pods")
    if not settings.cluster.private_api_server:
        yield OutsideHost(f"*.hcp.{settings.location}.azmk8s.io", HTTPS_PORT, "the API server")
    for host in _registry_hosts(settings, names):
        yield OutsideHost(host, HTTPS_PORT, "images of the stack")
    if settings.monitored:
        for host in _MONITORING:
            yield OutsideHost(host.format(location=settings.location), HTTPS_PORT, "Container insights")
    if settings.cluster.azure_policy:
        yield from (OutsideHost(host, HTTPS_PORT, "Azure Policy") for host in _AZURE_POLICY)
    if settings.cluster.defender_workspace_id is not None:
        yield from (OutsideHost(host, HTTPS_PORT, "Defender") for host in _DEFENDER)


def _registry_hosts(settings: Settings, names: Names) -> tuple[str, ...]:
    """Return the hosts of the registry; none if the stack has a private endpoint of it.

    A registry that exists may be in any region, and private or not: this only its owners know.
    Source: Azure Container Registry, "Configure rules to access an Azure container registry behind a firewall".
    """
    registry = settings.registry
    if registry.existing_id is not None:
        return f"{ResourceId.of(registry.existing_id).name.lower()}.azurecr.io", "*.data.azurecr.io", _LAYERS
    if registry.needs_endpoint:
        return ()
    name = names.registry.lower()
    return f"{name}.azurecr.io", f"{name}.{settings.location}.data.azurecr.io", _LAYERS


def _airflow(settings: Settings, names: Names) -> Iterator[OutsideHost]:
    """Yield what Airflow's pods reach, those beside it, and the drivers that mount its volumes."""
    for host in settings.network.allowed_hosts:
        yield OutsideHost(host, HTTPS_PORT, "network.allowedHosts")
    if not settings.has_airflow:
        return
    private = set()
    if not settings.logs.public_access:
        private.add(f"{names.storage_account}.blob.core.windows.net")
    if not settings.key_vault.public_access:
        private.add(vault_host(names))
    else:
        yield OutsideHost(vault_host(names), HTTPS_PORT, "secrets")
    access = settings.access
    certificates = certificate_rules(access, access.host_in(settings.location)) if access else ()
    for rule in (*service_rules(settings, names), *host_rules(settings), *certificates):
        if rule.host not in private:
            yield OutsideHost(rule.host, rule.port, rule.policy)
    for entry in settings.network.allowed_egress:
        if entry.cidr is not None:
            yield OutsideHost(entry.cidr, entry.port, "network.allowedEgress")
    if settings.logs.public_access:
        yield from _volumes(settings, names)
    if settings.remote_clusters:
        yield OutsideHost("*.azmk8s.io", HTTPS_PORT, "remoteClusters")


def _volumes(settings: Settings, names: Names) -> Iterator[OutsideHost]:
    if settings.logs.delivery == "blobfuse":
        yield OutsideHost(f"{names.storage_account}.blob.core.windows.net", HTTPS_PORT, "the volume of logs")
    if file_shares(settings.logs, settings.dags):
        account = names.file_storage_account if is_premium(settings.logs.redundancy) else names.storage_account
        yield OutsideHost(f"{account}.file.core.windows.net", SHARE_PORT, "file shares")
