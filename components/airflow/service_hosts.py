"""The names of the services that a stack calls: its own, Azure's, and those that issue certificates."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from urllib.parse import urlsplit

from components.azure.endpoints import BROKER_PORT, DATABASE_POOLER_PORT, DATABASE_PORT
from components.kubernetes.certificate_objects import ACME_SERVERS
from components.settings.access_sections import AccessSettings
from components.settings.database_restore import server_name
from components.settings.model import Settings
from components.settings.names import Names

from .accounts import backend_asks_vault
from .network_policies import Stack
from .traffic.host_policies import HostRule
from .traffic.policy_specs import select
from .traffic.port_numbers import HTTP_PORT

# The authority that the workload identity of every pod signs in to. Source: AKS, "Workload identity required FQDN /
# application rules".
SIGN_IN_HOST: Final = "login.microsoftonline.com"
CERT_MANAGER_CONTROLLER: Final = {"matchLabels": {"app.kubernetes.io/component": "controller"}}
# Azure's control plane, with the records of DNS zones.
AZURE_HOST: Final = "management.azure.com"


def service_rules(settings: Settings, names: Names) -> Iterator[HostRule]:
    """Yield the stack's own services, as far as pods call them at public addresses or at private endpoints."""
    stack = Stack.of(settings)
    azure = [SIGN_IN_HOST]
    if settings.logs.delivery == "blob":
        azure.append(f"{names.storage_account}.blob.core.windows.net")
    if backend_asks_vault(settings):
        azure.append(vault_host(names))
    for host in azure:
        yield HostRule(policy="airflow-to-azure", selector=select(*stack.components), host=host)
    if settings.database.access == "private":
        return
    database, pooler = database_host(settings, names), settings.database.pooler
    clients: dict[str, tuple[str, ...]] = {"jobs-to-database": ("migration", "first-user")}
    if pooler == "pgbouncer":
        clients["pgbouncer-to-database"] = ("pgbouncer",)
    else:
        clients["airflow-to-database"] = stack.database_clients
    for policy, components in clients.items():
        yield HostRule(policy=policy, selector=select(*components), host=database, port=DATABASE_PORT)
    if pooler == "server":
        selector = select(*stack.database_clients)
        yield HostRule(policy="airflow-to-database", selector=selector, host=database, port=DATABASE_POOLER_PORT)
    if stack.parts.celery_workers:
        host = broker_host(settings, names)
        yield HostRule(policy="airflow-to-broker", selector=select("scheduler", "worker"), host=host, port=BROKER_PORT)


def private_services(settings: Settings, names: Names) -> Iterator[str]:
    """Yield the services to which network policies open their subnets, so that pods only have to resolve them."""
    if settings.database.access == "private":
        yield database_host(settings, names)
        if Stack.of(settings).parts.celery_workers:
            yield broker_host(settings, names)


def certificate_rules(access: AccessSettings, host: str) -> Iterator[HostRule]:
    """Yield the authority, the services that write a DNS record, or the host that answers the authority."""
    selector = CERT_MANAGER_CONTROLLER
    if not access.tls.from_lets_encrypt:
        return
    server = ACME_SERVERS["letsencrypt" if access.tls.issuer == "letsencrypt" else "letsencrypt-staging"]
    yield HostRule(policy="to-lets-encrypt", selector=selector, host=str(urlsplit(server).hostname))
    if access.dns_zone_id is not None:
        for azure in (SIGN_IN_HOST, AZURE_HOST):
            yield HostRule(policy="to-azure", selector=selector, host=azure)
    elif access.dns_label is None:
        yield HostRule(policy="to-gateway", selector=selector, host=host, port=HTTP_PORT)


def database_host(settings: Settings, names: Names) -> str:
    """Return the host of the database server that is in use."""
    used = server_name(names.database_server, settings.database.used_server)
    return f"{used}.postgres.database.azure.com"


def broker_host(settings: Settings, names: Names) -> str:
    """Return the host of the broker."""
    return f"{names.broker}.{settings.location}.redis.azure.net"


def vault_host(names: Names) -> str:
    """Return the host of the Key Vault."""
    return f"{names.vault}.vault.azure.net"
