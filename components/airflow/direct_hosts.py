"""What nodes and pods reach without the proxy: the entries of `noProxy`, those of the program first."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from pulumi import Output

from components.azure.log_storage_plan import file_shares, is_premium
from components.azure.resource_id import ResourceId
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR
from components.kubernetes.way_out import WayOut, certificate_bundle, proxy_variables
from components.settings.model import Settings
from components.settings.names import Names

from .executors import executor_parts
from .names import RELEASE
from .release_lines import family_of
from .service_hosts import broker_host, database_host, vault_host

# Source: Azure, "Azure Instance Metadata Service" and "What is IP address 168.63.129.16?".
_OF_THE_NODE: Final = ("localhost", "127.0.0.1", "169.254.169.254", "168.63.129.16")
# The Kubernetes API: the first address of the services' range. Python's standard library and httpx know no ranges.
_API_ADDRESS: Final = str(ipaddress.IPv4Network(SERVICE_CIDR)[1])
_CLUSTER: Final = (SERVICE_CIDR, _API_ADDRESS, POD_CIDR, ".svc", ".cluster.local")


def create_way_out(settings: Settings, azure_names: Output[Names]) -> WayOut:
    """Return how the stack's containers reach what is outside."""
    proxy = settings.proxy
    if proxy is None:
        return WayOut()
    return WayOut(
        proxy=azure_names.apply(lambda names: proxy_variables(proxy, direct_for_pods(settings, names))),
        bundle=certificate_bundle(proxy.authorities) if settings.has_airflow else None,
    )


def direct_for_nodes(settings: Settings, names: Names) -> list[str]:
    """Return what nodes and the pods of AKS reach without the proxy.

    A change makes AKS reimage every node, so nothing is here that changes while a stack lives: AKS needs neither the
    database nor the broker. Domains have no dot in front, as AKS demands the names of hosts; they match what is below
    them all the same. Source: AKS, "HTTP proxy support in Azure Kubernetes Service", limitations; Go, "httpproxy".
    """
    found = _each_once(settings, [*_OF_THE_NODE, *_CLUSTER, *_network(settings), *_private(settings, names)])
    return list(dict.fromkeys(entry.removeprefix(".") for entry in found))


def direct_for_pods(settings: Settings, names: Names) -> list[str]:
    """Return what the stack's own containers reach without the proxy."""
    own: list[str] = []
    if settings.has_airflow:
        # Tasks call the API server by the name of its service alone.
        own = [family_of(settings.airflow.release).ui_service, f"{RELEASE}-statsd", f"{RELEASE}-pgbouncer"]
        own.append(database_host(settings, names))
        if executor_parts(settings.airflow).celery_workers:
            own.append(broker_host(settings, names))
        if settings.access is not None:
            # cert-manager asks the gateway for its own answer before Let's Encrypt does.
            own.append(settings.access.host_in(settings.location))
    return _each_once(settings, [*_OF_THE_NODE, *_CLUSTER, *own, *_network(settings), *_private(settings, names)])


def goes_directly(host: str, direct: Sequence[str]) -> bool:
    """Return whether a host, or every host of a pattern such as `*.example.com`, is reached without the proxy."""
    name = host.removeprefix("*").lower()
    return any(name == entry or name.endswith(f".{entry.removeprefix('.')}") for entry in direct)


def _network(settings: Settings) -> Iterator[str]:
    """Yield the range of the stack's own network, and the API server's domain: AKS never calls it through a proxy."""
    if settings.network.existing is None:
        yield settings.network.address_space
    domain = "privatelink" if settings.cluster.private_api_server else "hcp"
    yield f".{domain}.{settings.location}.azmk8s.io"


def _private(settings: Settings, names: Names) -> Iterator[str]:
    """Yield the services with private endpoints, by their public names, which private DNS resolves.

    With `network.private`, and for nodes without a way out, a registry and a Key Vault that exist have theirs too,
    which their owners make. Such a registry may be in any region, and have replicas in several.
    """
    closed = settings.network.private or settings.network.isolated
    existing_id = settings.registry.existing_id
    if closed and existing_id is not None:
        yield from (f"{ResourceId.of(existing_id).name.lower()}.azurecr.io", ".data.azurecr.io")
    elif settings.registry.needs_endpoint:
        registry = names.registry.lower()
        yield from (f"{registry}.azurecr.io", f"{registry}.{settings.location}.data.azurecr.io")
    if not settings.has_airflow:
        return
    if closed or not settings.key_vault.public_access:
        yield vault_host(names)
    if not settings.logs.public_access:
        yield f"{names.storage_account}.blob.core.windows.net"
        if file_shares(settings.logs, settings.dags):
            premium = is_premium(settings.logs.redundancy)
            yield f"{names.file_storage_account if premium else names.storage_account}.file.core.windows.net"


def _each_once(settings: Settings, own: Sequence[str]) -> list[str]:
    """Return the program's entries in their order, then the stack file's by the alphabet, each once."""
    given = settings.proxy.no_proxy if settings.proxy is not None else ()
    return list(dict.fromkeys([*(entry.lower() for entry in own), *sorted(given)]))
