"""Rules for what Azure's documentation excludes: database sizes, API server ranges, reserved labels, and tags."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterator, Sequence
from typing import Final

from components.azure.database_sizes import TIER_OF_SIZE, joins_network, sizes_of
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Stands for the outbound address of the cluster's load balancer.
# Source: AKS, "Secure access to the API server using authorized IP address ranges".
_LOAD_BALANCER: Final = "0.0.0.0/32"
_EVERYTHING: Final = ipaddress.IPv4Network("0.0.0.0/0")
# No address of the Internet: RFC 1918, 6598, 1122, 3927, 5771 and 1112.
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
_OFFERED_SIZE: Final = {
    "Burstable": "Standard_B2s",
    "GeneralPurpose": "Standard_D2ds_v5",
    "MemoryOptimized": "Standard_E2ds_v5",
}


def database_size_is_offered(context: Context) -> Iterator[Problem]:
    """PostgreSQL Flexible Server offers the size, in the tier and with the access that the stack file names."""
    database = context.settings.database
    path, tier = key_path("database", "sku"), key_path("database", "tier")
    fitting = TIER_OF_SIZE.get(database.sku)
    if fitting is None:
        usable = [size for size in sizes_of(database.tier) if database.access == "public" or joins_network(size)]
        near = difflib.get_close_matches(database.sku, usable, n=1, cutoff=0.6)
        size = near[0] if near else _OFFERED_SIZE[database.tier]
        yield Problem(
            path=path,
            message=f"{database.sku} is not a database size: use a B (Burstable), D (GeneralPurpose) or E "
            f"(MemoryOptimized) size that PostgreSQL Flexible Server offers, for example {size}",
        )
    elif fitting != database.tier:
        yield Problem(path=path, message=f"{database.sku} belongs to {tier}: {fitting} (is {database.tier})")
    if fitting is not None and database.access == "private" and not joins_network(database.sku):
        yield Problem(
            path=path,
            message=f"{database.sku} is not offered with {key_path('database', 'access')}: private, because servers of "
            f"version 6 do not join a network; use {database.sku.replace('_v6', '_v5')}",
        )


def api_server_ranges_are_public(context: Context) -> Iterator[Problem]:
    """Each range is one of the Internet, and all ranges together are not the whole Internet."""
    cluster = context.settings.cluster
    ranges = cluster.authorized_ip_ranges
    for index, text in enumerate(ranges):
        message = _range_problem(text, ranges, context.settings.network.outbound)
        if message is not None:
            yield Problem(path=key_path("cluster", "authorizedIpRanges", index), message=message)
    networks = [ipaddress.IPv4Network(text) for text in ranges]
    if _EVERYTHING not in networks and _EVERYTHING in ipaddress.collapse_addresses(networks):
        yield Problem(
            path=key_path("cluster", "authorizedIpRanges"),
            message="together are every address: leave the list empty for an API server that is open to all",
        )


def _range_problem(text: str, ranges: Sequence[str], outbound: str) -> str | None:
    network = ipaddress.IPv4Network(text)
    if network == _EVERYTHING:
        return "is every address: leave the list empty for an API server that is open to all"
    if text == _LOAD_BALANCER:
        if len(ranges) > 1:
            return (
                f"{text} stands alone: it means the cluster's own load balancer and nobody else; remove it, or the "
                "others"
            )
        if outbound != "loadBalancer":
            return (
                f"{text} means the cluster's load balancer, which {key_path('network', 'outbound')}: {outbound} does "
                "not have; name the ranges of people and pipelines, the program adds the gateway's own address"
            )
        return None
    reserved = next((known for known in _NOT_PUBLIC if known.overlaps(network)), None)
    # A range that is larger than the reserved one, such as 0.0.0.0/1, is not inside it.
    if reserved is not None and network.prefixlen >= reserved.prefixlen:
        return (
            f"{text} is inside {reserved}, which no request from the Internet comes from: name the public addresses "
            "behind which people and pipelines stand, for example 203.0.113.0/24"
        )
    if reserved is not None:
        return f"{text} holds {reserved}, which is not public: name the public ranges only, for example 203.0.113.0/24"
    return None


def ignored_tags_are_not_ours(context: Context) -> Iterator[Problem]:
    """No ignored tag is one that the stack file or the program sets."""
    settings = context.settings
    ours = {tag.lower(): key_path("tags", tag) for tag in settings.tags}
    ours |= dict.fromkeys(("project", "stack"), "the program")
    for index, tag in enumerate(settings.ignored_tags):
        setter = ours.get(tag.lower())
        if setter is not None:
            yield Problem(
                path=key_path("ignoredTags", index),
                message=f"{tag} is set by {setter} on every resource: name only tags that others set",
            )


LIMIT_ERRORS: tuple[Rule, ...] = (
    database_size_is_offered,
    api_server_ranges_are_public,
    ignored_tags_are_not_ours,
)
