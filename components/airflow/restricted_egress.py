"""What pods reach outside the cluster with `network.egress: restricted`, by the names of the hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final
from urllib.parse import urlsplit

from pulumi import Input, Output

from components.azure.endpoints import BROKER_PORT, DATABASE_POOLER_PORT, DATABASE_PORT
from components.kubernetes import cert_manager
from components.kubernetes.certificate_objects import ACME_SERVERS
from components.kubernetes.certificates import SYNC_OPERATOR
from components.kubernetes.chaos import CHAOS_COMPONENT
from components.kubernetes.external_secrets import OPERATOR
from components.settings.access_sections import AccessSettings
from components.settings.database_restore import server_name
from components.settings.model import Settings
from components.settings.names import Names, name_form, physical_names

from .gateway_policies import CERTGEN, CONTROLLER
from .names import GATEWAY_NAMESPACE, NAMESPACE
from .network_policies import CLEANUP, Stack
from .release_lines import family_of
from .traffic.addresses import Address
from .traffic.allowed_policies import airflow_components, label_of
from .traffic.destinations_of_settings import known_destinations
from .traffic.host_policies import (
    HostRule,
    call_kubernetes,
    deny_node_identity,
    host_policies,
    outside_host,
    resolve,
)
from .traffic.namespace_policies import namespace_policies
from .traffic.policy_specs import LAUNCHED, Policy, select
from .traffic.port_numbers import HTTP_PORT, HTTPS_PORT
from .vault.user_secrets import asks_vault

# The authority that the workload identity of every pod signs in to. Source: AKS, "Workload identity required FQDN /
# application rules".
SIGN_IN_HOST: Final = "login.microsoftonline.com"
# Azure's control plane, with the records of DNS zones.
AZURE_HOST: Final = "management.azure.com"

# Cilium's policies, by namespace and name.
HostPolicies = Mapping[str, Mapping[str, Input[Policy]]]


def egress_policies(settings: Settings, azure_names: Output[Names], api_servers: Sequence[Input[str]]) -> HostPolicies:
    """Return Cilium's policies by namespace and name; none with `network.egress: open`.

    The names of the policies are known at once. The host names inside them are known only with the stack's suffix, so
    the specs are outputs. `api_servers` are the addresses of other clusters in which tasks launch pods.
    """
    if not settings.network.restricted:
        return {}

    def with_names(namespace: str, policy: str) -> Output[Policy]:
        return azure_names.apply(lambda names: _policies(settings, names)[namespace][policy])

    found: dict[str, dict[str, Input[Policy]]] = {
        namespace: {policy: with_names(namespace, policy) for policy in policies}
        for namespace, policies in _policies(settings, _any_names(settings)).items()
    }
    if api_servers:
        callers = (*Stack.of(settings).tasks, "triggerer")
        found[NAMESPACE]["tasks-to-clusters"] = Output.all(*api_servers).apply(
            lambda servers: _calls_clusters(callers, servers)
        )
    return found


def host_rules(settings: Settings) -> list[HostRule]:
    """Return the hosts that the stack file names, each with the pods that may reach it."""
    return [*_listed(settings), *_git(settings), *_known(settings), *_allowed(settings)]


def _policies(settings: Settings, names: Names) -> dict[str, dict[str, Policy]]:
    rules = [*_services(settings, names), *host_rules(settings)]
    found = {
        NAMESPACE: {
            "dns": resolve([*(rule.host for rule in rules), *_private_services(settings, names)]),
            "airflow-to-kubernetes": call_kubernetes(select(*_callers_of_kubernetes(settings))),
            **host_policies(rules),
        }
    }
    access = settings.access
    if settings.secrets.delivery == "externalSecrets":
        found[OPERATOR] = _reads_vault(names)
        if access and not access.tls.uses_cert_manager:
            found[SYNC_OPERATOR] = _reads_vault(names)
    if access:
        found[GATEWAY_NAMESPACE] = {
            "dns": resolve(()),
            "controller-to-kubernetes": call_kubernetes(CONTROLLER),
            "certgen-to-kubernetes": call_kubernetes(CERTGEN),
        }
        if access.tls.uses_cert_manager:
            found[cert_manager.NAMESPACE] = _orders_certificates(access, access.host_in(settings.location))
    found |= namespace_policies(settings)
    return {namespace: {**policies, "node-identity": deny_node_identity()} for namespace, policies in found.items()}


def _callers_of_kubernetes(settings: Settings) -> tuple[str, ...]:
    """Return the components of Airflow's namespace that call the Kubernetes API."""
    chaos = (CHAOS_COMPONENT,) if settings.chaos else ()
    return (*Stack.of(settings).components, CLEANUP, *chaos)


def _reads_vault(names: Names) -> dict[str, Policy]:
    """Return the policies of an operator of External Secrets."""
    hosts = (SIGN_IN_HOST, _vault_host(names))
    return {
        "dns": resolve(hosts),
        "operator-to-kubernetes": call_kubernetes({}),
        **host_policies([HostRule(policy="operator-to-key-vault", selector={}, host=host) for host in hosts]),
    }


def _orders_certificates(access: AccessSettings, host: str) -> dict[str, Policy]:
    """Return the policies of cert-manager, which asks DNS for the host's records and for the zone above it."""
    rules, asked = list(_certificate_rules(access, host)), [f"_acme-challenge.{host}"]
    labels = host.split(".")
    asked += [".".join(labels[index:]) for index in range(len(labels) - 1)]
    return {
        "dns": resolve([*(rule.host for rule in rules), *asked]),
        "to-kubernetes": call_kubernetes({}),
        **host_policies(rules),
    }


def _certificate_rules(access: AccessSettings, host: str) -> Iterator[HostRule]:
    """Yield the authority, the services that write a DNS record, or the host that answers the authority."""
    selector = {"matchLabels": {"app.kubernetes.io/component": "controller"}}
    if not access.tls.from_lets_encrypt:
        return
    server = ACME_SERVERS["letsencrypt" if access.tls.issuer == "letsencrypt" else "letsencrypt-staging"]
    yield HostRule(policy="to-lets-encrypt", selector=selector, host=str(urlsplit(server).hostname))
    if access.dns_zone_id is not None:
        for azure in (SIGN_IN_HOST, AZURE_HOST):
            yield HostRule(policy="to-azure", selector=selector, host=azure)
    elif access.dns_label is None:
        yield HostRule(policy="to-gateway", selector=selector, host=host, port=HTTP_PORT)


def _services(settings: Settings, names: Names) -> Iterator[HostRule]:
    """Yield the stack's own services, as far as pods call them at public addresses or at private endpoints."""
    stack = Stack.of(settings)
    azure = [SIGN_IN_HOST]
    if settings.logs.delivery == "blob":
        azure.append(f"{names.storage_account}.blob.core.windows.net")
    if asks_vault(settings.airflow, name_form(settings, "vault").pattern):
        azure.append(_vault_host(names))
    for host in azure:
        yield HostRule(policy="airflow-to-azure", selector=select(*stack.components), host=host)
    if settings.database.access == "private":
        return
    database, pooler = _database_host(settings, names), settings.database.pooler
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
        host = _broker_host(settings, names)
        yield HostRule(policy="airflow-to-broker", selector=select("scheduler", "worker"), host=host, port=BROKER_PORT)


def _private_services(settings: Settings, names: Names) -> Iterator[str]:
    """Yield the services to which network policies open their subnets, so that pods only have to resolve them."""
    if settings.database.access == "private":
        yield _database_host(settings, names)
        if Stack.of(settings).parts.celery_workers:
            yield _broker_host(settings, names)


def _database_host(settings: Settings, names: Names) -> str:
    used = server_name(names.database_server, settings.database.used_server)
    return f"{used}.postgres.database.azure.com"


def _broker_host(settings: Settings, names: Names) -> str:
    return f"{names.broker}.{settings.location}.redis.azure.net"


def _calls_clusters(callers: Sequence[str], servers: Sequence[str]) -> Policy:
    """Return the policy that lets pods resolve and call the API servers of other clusters."""
    places = [urlsplit(server) for server in servers]
    rules = [
        HostRule(policy="calls", selector=select(*callers), host=str(place.hostname), port=place.port or HTTPS_PORT)
        for place in places
    ]
    calls = host_policies(rules)["calls"]
    return {**calls, "egress": [*resolve(rule.host for rule in rules)["egress"], *calls["egress"]]}


def _listed(settings: Settings) -> Iterator[HostRule]:
    """Yield the hosts of `network.allowedHosts`."""
    for host in settings.network.allowed_hosts:
        yield HostRule(policy="airflow-to-hosts", selector=select(*Stack.of(settings).components), host=host)
        yield HostRule(policy="launched-pods-to-hosts", selector=LAUNCHED, host=host)


def _git(settings: Settings) -> Iterator[HostRule]:
    """Yield the host of the DAGs' repository."""
    repository = settings.dags.git.repository
    if settings.dags.from_git and repository is not None:
        selector = select(*Stack.of(settings).git_clients)
        yield HostRule(policy="git-sync-to-git", selector=selector, host=repository.host, port=repository.port)


def _known(settings: Settings) -> Iterator[HostRule]:
    """Yield the hosts of settings whose purpose is known, such as a mail server."""
    for destination in known_destinations(settings):
        if outside_host(destination.address):
            yield HostRule(
                policy=f"{'-and-'.join(destination.components)}-to-{destination.purpose}",
                selector=select(*destination.components),
                host=destination.address.host,
                port=destination.address.port,
            )


def _allowed(settings: Settings) -> Iterator[HostRule]:
    """Yield the hosts of `network.allowedEgress`."""
    line = family_of(settings.airflow.release)
    for entry in settings.network.allowed_egress:
        if entry.host is None or not outside_host(Address(host=entry.host, port=entry.port)):
            continue
        for component in entry.components or airflow_components(settings.airflow):
            label = label_of(component, line)
            yield HostRule(policy=f"allowed-egress-{label}", selector=select(label), host=entry.host, port=entry.port)


def _vault_host(names: Names) -> str:
    return f"{names.vault}.vault.azure.net"


def _any_names(settings: Settings) -> Names:
    """Return names like the stack's own, which may end otherwise, for what does not depend on them."""
    return physical_names(settings, settings.naming.suffix or "000000")
