"""Rules for the cluster: the access to its API server, its version of Kubernetes, and its upgrades."""

from __future__ import annotations

import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from components.azure.kubernetes_versions import minor
from components.settings.network_section import NetworkSettings
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting

_OLDEST_FOR_CHART: Final = (1, 30)
# This range stands for the outbound address of the cluster's load balancer.
# Source: AKS, "Secure access to the API server using authorized IP address ranges".
_LOAD_BALANCER: Final = "0.0.0.0/32"
_EVERYTHING: Final = ipaddress.IPv4Network("0.0.0.0/0")
# Ranges without addresses of the Internet. Source: RFC 1918, 6598, 1122, 3927, 5771 and 1112.
_NOT_PUBLIC: Final = tuple(
    map(
        ipaddress.IPv4Network,
        (
            "10.0.0.0/8",
            "172.16.0.0/12",
            "192.168.0.0/16",
            "100.64.0.0/10",
            "0.0.0.0/8",
            "127.0.0.0/8",
            "169.254.0.0/16",
            "224.0.0.0/4",
            "240.0.0.0/4",
        ),
    )
)


def api_server_access_is_possible(context: Context) -> Iterator[Problem]:
    """Somebody can sign in to the cluster, and a private API server has no ranges, which are for a public one."""
    cluster = context.settings.cluster
    if not cluster.local_accounts and not cluster.admin_group_ids:
        yield Problem(
            path=key_path("cluster", "localAccounts"),
            message=f"is false, and {key_path('cluster', 'adminGroupIds')} is empty: nobody could sign in; "
            "name an Entra group, or leave local accounts on",
        )
    if cluster.private_api_server and cluster.authorized_ip_ranges:
        private, _ = private_setting(context.settings, "cluster", "privateApiServer", "true")
        yield Problem(
            path=key_path("cluster", "authorizedIpRanges"),
            message=f"is for a public API server, and {private} is true; remove one",
        )


def api_server_ranges_are_public(context: Context) -> Iterator[Problem]:
    """Each range has addresses of the Internet, and all ranges together are not the whole Internet."""
    cluster = context.settings.cluster
    ranges = cluster.authorized_ip_ranges
    for index, text in enumerate(ranges):
        message = _range_problem(text, ranges, context.settings.network)
        if message is not None:
            yield Problem(path=key_path("cluster", "authorizedIpRanges", index), message=message)
    networks = [ipaddress.IPv4Network(text) for text in ranges]
    if _EVERYTHING not in networks and _EVERYTHING in ipaddress.collapse_addresses(networks):
        yield Problem(
            path=key_path("cluster", "authorizedIpRanges"),
            message="together are every address: leave the list empty for an API server that is open to all",
        )


def upgrade_channels_fit(context: Context) -> Iterator[Problem]:
    """If the cluster's upgrade channel is `node-image`, the nodes' channel is `NodeImage`."""
    cluster = context.settings.cluster
    if cluster.auto_upgrade == "node-image" and cluster.node_os_upgrade != "NodeImage":
        yield Problem(
            path=key_path("cluster", "nodeOsUpgrade"),
            message=f"must be NodeImage with {key_path('cluster', 'autoUpgrade')}: node-image "
            f"(is {cluster.node_os_upgrade!r})",
        )


def kubernetes_version_runs_airflow(context: Context) -> Iterator[Problem]:
    """The Airflow chart supports the version of Kubernetes."""
    version = context.settings.cluster.kubernetes_version
    if minor(version) < _OLDEST_FOR_CHART:
        yield Problem(
            path=key_path("cluster", "kubernetesVersion"),
            message=f"is {version}: the Airflow chart needs 1.30 or newer",
        )


def _range_problem(text: str, ranges: Sequence[str], settings: NetworkSettings) -> str | None:
    network = ipaddress.IPv4Network(text)
    if network == _EVERYTHING:
        return "is every address: leave the list empty for an API server that is open to all"
    if text == _LOAD_BALANCER:
        if len(ranges) > 1:
            return (
                f"{text} stands alone: it means the cluster's own load balancer and nobody else; remove it, or the "
                "others"
            )
        if settings.outbound != "loadBalancer":
            return (
                f"{text} means the cluster's load balancer, which {key_path('network', 'outbound')}: "
                f"{settings.outbound} does not have; name the ranges of people and pipelines, "
                + (
                    "the program adds the gateway's own address"
                    if settings.existing is None
                    else "and the address with which the nodes reach the Internet"
                )
            )
        return None
    reserved = next((known for known in _NOT_PUBLIC if known.overlaps(network)), None)
    # A range that is larger than the reserved range, such as 0.0.0.0/1, is not inside the reserved range.
    if reserved is not None and network.prefixlen >= reserved.prefixlen:
        return (
            f"{text} is inside {reserved}, which no request from the Internet comes from: name the public addresses "
            "behind which people and pipelines stand, for example 203.0.113.0/24"
        )
    if reserved is not None:
        return f"{text} holds {reserved}, which is not public: name the public ranges only, for example 203.0.113.0/24"
    return None


CLUSTER_ERRORS: tuple[Rule, ...] = (
    api_server_access_is_possible,
    api_server_ranges_are_public,
    upgrade_channels_fit,
    kubernetes_version_runs_airflow,
)
