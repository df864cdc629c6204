"""What pods reach outside the cluster with `network.egress: restricted`, by the names of the hosts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlsplit

from pulumi import Input, Output

from components.kubernetes import cert_manager
from components.kubernetes.certificates import SYNC_OPERATOR
from components.kubernetes.chaos import CHAOS_COMPONENT
from components.kubernetes.external_secrets import OPERATOR
from components.settings.access_sections import AccessSettings
from components.settings.model import Settings
from components.settings.names import Names, physical_names
from components.settings.proxy_section import ProxySettings

from .gateway_policies import CERTGEN, CONTROLLER
from .names import GATEWAY_NAMESPACE, NAMESPACE
from .network_policies import CLEANUP, Stack
from .release_lines import family_of
from .service_hosts import (
    CERT_MANAGER_CONTROLLER,
    SIGN_IN_HOST,
    certificate_rules,
    private_services,
    service_rules,
    vault_host,
)
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
from .traffic.port_numbers import HTTPS_PORT
from .traffic.proxy_policies import proxy_rules, reach_proxy

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
    return [*_listed(settings), *_git(settings), *_known(settings), *_proxy(settings), *_allowed(settings)]


def _policies(settings: Settings, names: Names) -> dict[str, dict[str, Policy]]:
    rules = [*service_rules(settings, names), *host_rules(settings)]
    found = {
        NAMESPACE: {
            "dns": resolve([*(rule.host for rule in rules), *private_services(settings, names)]),
            "airflow-to-kubernetes": call_kubernetes(select(*_callers_of_kubernetes(settings))),
            **host_policies(rules),
        }
    }
    access = settings.access
    if settings.secrets.delivery == "externalSecrets":
        found[OPERATOR] = _reads_vault(settings.proxy, names)
        if access and not access.tls.uses_cert_manager:
            found[SYNC_OPERATOR] = _reads_vault(settings.proxy, names)
    if access:
        found[GATEWAY_NAMESPACE] = {
            "dns": resolve(()),
            "controller-to-kubernetes": call_kubernetes(CONTROLLER),
            "certgen-to-kubernetes": call_kubernetes(CERTGEN),
        }
        if access.tls.uses_cert_manager:
            found[cert_manager.NAMESPACE] = _orders_certificates(
                settings.proxy, access, access.host_in(settings.location)
            )
    found |= namespace_policies(settings)
    return {namespace: {**policies, "node-identity": deny_node_identity()} for namespace, policies in found.items()}


def _callers_of_kubernetes(settings: Settings) -> tuple[str, ...]:
    """Return the components of Airflow's namespace that call the Kubernetes API."""
    chaos = (CHAOS_COMPONENT,) if settings.chaos else ()
    return (*Stack.of(settings).components, CLEANUP, *chaos)


def _reads_vault(proxy: ProxySettings | None, names: Names) -> dict[str, Policy]:
    """Return the policies of an operator of External Secrets."""
    hosts = (SIGN_IN_HOST, vault_host(names))
    return {
        "dns": resolve([*hosts, *(rule.host for rule in proxy_rules(proxy, "", {}))]),
        "operator-to-kubernetes": call_kubernetes({}),
        **host_policies([HostRule(policy="operator-to-key-vault", selector={}, host=host) for host in hosts]),
        **reach_proxy(proxy, "operator-to-proxy", {}),
    }


def _orders_certificates(proxy: ProxySettings | None, access: AccessSettings, host: str) -> dict[str, Policy]:
    """Return the policies of cert-manager, which asks DNS for the host's records and for the zone above it."""
    rules, asked = list(certificate_rules(access, host)), [f"_acme-challenge.{host}"]
    labels = host.split(".")
    asked += [".".join(labels[index:]) for index in range(len(labels) - 1)]
    return {
        "dns": resolve([*(rule.host for rule in (*rules, *proxy_rules(proxy, "", {}))), *asked]),
        "to-kubernetes": call_kubernetes({}),
        **host_policies(rules),
        **reach_proxy(proxy, "to-proxy", CERT_MANAGER_CONTROLLER),
    }


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


def _proxy(settings: Settings) -> Iterator[HostRule]:
    """Yield the proxy, by whose name Airflow's pods and the pods that tasks launch reach everything outside."""
    yield from proxy_rules(settings.proxy, "airflow-to-proxy", select(*Stack.of(settings).components))
    yield from proxy_rules(settings.proxy, "launched-pods-to-proxy", LAUNCHED)


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


def _any_names(settings: Settings) -> Names:
    """Return names like the stack's own, which may end otherwise, for what does not depend on them."""
    return physical_names(settings, settings.naming.suffix or "000000")
