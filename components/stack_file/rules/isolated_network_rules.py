"""Rules for nodes without a way to the Internet, AKS's network isolated cluster."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from pydantic.alias_generators import to_camel

from components.azure.kubernetes_versions import minor
from components.settings.model import Settings
from components.settings.private_network import private_values
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_EXISTING: Final = key_path("network", "existing")
_NONE: Final = f"{key_path('network', 'outbound')}: none"
# Sections of a stack without Airflow.
_OF_EVERY_STACK: Final = frozenset({"cluster", "registry"})
# Source: AKS, "Network isolated AKS clusters", frequently asked questions.
_NODE_UPGRADES: Final = ("NodeImage", "None")
# Source: AKS, "Create a network isolated AKS cluster", before you begin.
_OLDEST_KUBERNETES: Final = (1, 30)
# Hosts of git that anybody on the Internet shares, and endings of such hosts.
_PUBLIC_GIT: Final = ("github.com", "gitlab.com", "bitbucket.org", "dev.azure.com", "visualstudio.com", "codeberg.org")


def isolated_nodes_are_in_existing_networks(context: Context) -> Iterator[Problem]:
    """A network of the stack's own has a way out, and a public gateway would be one more."""
    network, access = context.settings.network, context.settings.access
    if not network.isolated:
        return
    if network.existing is None and not any(path.startswith(_EXISTING) for path in context.wrong):
        yield Problem(
            path=key_path("network", "outbound"),
            message=f"is none, and a way to what pods still call, such as sign-in, is that of a network that exists: "
            f"set {_EXISTING}, or choose natGateway or loadBalancer",
        )
    if access is not None and access.visibility == "public":
        yield Problem(
            path=key_path("access", "visibility"),
            message=f"is public, and with {_NONE} nothing of the cluster has a public address: set it to internal",
        )


def isolated_nodes_reach_private_services(context: Context) -> Iterator[Problem]:
    """API server, registry and every other service have private endpoints, which nodes reach without a way out.

    Those of a registry or a Key Vault that exists are their owners', about which preflight asks.
    """
    settings = context.settings
    # With `network.private`, another rule refuses what stays public.
    if not settings.network.isolated or settings.network.private:
        return
    for (section, field), closed in private_values(settings).items():
        path, value = key_path(to_camel(section), to_camel(field)), getattr(getattr(settings, section), field)
        if value == closed or context.is_wrong(path) or not (settings.has_airflow or section in _OF_EVERY_STACK):
            continue
        yield Problem(
            path=path,
            message=f"is {_show(value)}, and with {_NONE} nodes reach no public address: set it to {_show(closed)}, "
            f"or close all services with {key_path('network', 'private')}: true",
        )
    # Of a registry without a public address, another rule says the same.
    registry = settings.registry
    if registry.existing_id is None and registry.sku != "Premium" and registry.public_access:
        yield Problem(
            path=key_path("registry", "sku"),
            message=f"is {registry.sku}, and with {_NONE} nodes start from the registry's private endpoint: "
            "set it to Premium",
        )


def isolated_nodes_suit_aks(context: Context) -> Iterator[Problem]:
    """Nodes take their updates with images from the registry, and Kubernetes is new enough."""
    settings, cluster = context.settings, context.settings.cluster
    if not settings.network.isolated:
        return
    if cluster.node_os_upgrade not in _NODE_UPGRADES:
        yield Problem(
            path=key_path("cluster", "nodeOsUpgrade"),
            message=f"is {cluster.node_os_upgrade}, and with {_NONE} nodes reach no package server: set it to "
            f"{' or '.join(_NODE_UPGRADES)}",
        )
    # The chart of Airflow needs this version anyway.
    if not settings.has_airflow and minor(cluster.kubernetes_version) < _OLDEST_KUBERNETES:
        yield Problem(
            path=key_path("cluster", "kubernetesVersion"),
            message=f"is {cluster.kubernetes_version}: {_NONE} needs 1.30 or newer",
        )


def isolated_pods_call_public_hosts(context: Context) -> Iterator[Problem]:
    """Warn of each setting that makes pods call a public host, for which another setting would do without.

    A warning, because the network may have a proxy or a route of its own; none of HTTP with a proxy in the stack file.
    It leaves out sign-in, without which there is no Airflow: preflight asks about it.
    """
    settings = context.settings
    if not settings.network.isolated:
        return
    has_proxy = settings.proxy is not None and settings.proxy.http is not None
    repository = settings.dags.git.repository
    if settings.has_airflow and settings.dags.from_git and repository is not None:
        host, proxied = repository.host.lower(), has_proxy and repository.scheme == "https"
        if not proxied and (host in _PUBLIC_GIT or host.endswith(tuple(f".{known}" for known in _PUBLIC_GIT))):
            yield _warning(
                key_path("dags", "git", "repository"),
                f"is on {host}",
                f"use a repository in your network, or {key_path('dags', 'delivery')}: image or azureFiles",
            )
    if not has_proxy:
        yield from _services_of_the_internet(settings)


def _services_of_the_internet(settings: Settings) -> Iterator[Problem]:
    access, cluster = settings.access, settings.cluster
    if access is not None and access.tls.from_lets_encrypt:
        issuer = key_path("access", "tls", "issuer")
        yield _warning(issuer, "is Let's Encrypt, which the Internet has", "use keyVault or selfSigned")
    if settings.monitored:
        yield _warning(
            key_path("monitoring"),
            "sends to public addresses of Azure Monitor",
            f"set up a private link scope of Azure Monitor, or {key_path('monitoring', 'logAnalytics')}: false",
        )
    if cluster.azure_policy:
        yield _warning(
            key_path("cluster", "azurePolicy"), "calls public hosts of Azure Policy", "open the way, or set it to false"
        )
    if cluster.defender_workspace_id is not None:
        yield _warning(
            key_path("cluster", "defenderWorkspaceId"),
            "sends to public addresses of Defender for Cloud",
            "open the way, or remove it",
        )


def _warning(path: str, what: str, remedy: str) -> Problem:
    return Problem(
        path=path,
        message=f"{what}, and with {_NONE} pods reach it by a proxy or route of your network only: {remedy}",
    )


def _show(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


ISOLATED_NETWORK_ERRORS: tuple[Rule, ...] = (
    isolated_nodes_are_in_existing_networks,
    isolated_nodes_reach_private_services,
    isolated_nodes_suit_aks,
)
ISOLATED_NETWORK_WARNINGS: tuple[Rule, ...] = (isolated_pods_call_public_hosts,)
