"""Rules for the database: its size, its tier, and the access to it."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterator
from typing import Final

from components.azure.database_sizes import TIER_OF_SIZE, joins_network, sizes_of
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .private_network_rules import private_setting

_OFFERED_SIZE: Final = {
    "Burstable": "Standard_B2s",
    "GeneralPurpose": "Standard_D2ds_v5",
    "MemoryOptimized": "Standard_E2ds_v5",
}
# A range with a shorter prefix has more addresses than any organization.
_SHORTEST_PREFIX: Final = 8


def database_size_is_offered(context: Context) -> Iterator[Problem]:
    """PostgreSQL Flexible Server offers the size, in the tier and with the access that the stack file sets."""
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


def database_fits_its_tier(context: Context) -> Iterator[Problem]:
    """PostgreSQL Flexible Server accepts the settings together, and uses each of them."""
    database = context.settings.database
    tier = key_path("database", "tier")
    if database.tier == "Burstable" and database.high_availability != "Disabled":
        yield Problem(
            path=key_path("database", "highAvailability"),
            message=f"{database.high_availability} needs {tier}: GeneralPurpose or MemoryOptimized (is Burstable)",
        )
    if database.tier == "Burstable" and database.pooler == "server":
        yield Problem(
            path=key_path("database", "pooler"),
            message=f"server is not available with {tier}: Burstable; use pgbouncer or none, or {tier}: GeneralPurpose",
        )
    if database.access == "private" and database.allowed_ip_ranges:
        path, value = private_setting(context.settings, "database", "access", "private")
        yield Problem(
            path=key_path("database", "allowedIpRanges"),
            message=f"is for {key_path('database', 'access')}: public, and {path} is {value}; remove it",
        )


def database_is_not_open_to_all(context: Context) -> Iterator[Problem]:
    """Warn about a range that lets a large part of the Internet reach the database."""
    for index, cidr in enumerate(context.settings.database.allowed_ip_ranges):
        network = ipaddress.IPv4Network(cidr)
        if network.prefixlen < _SHORTEST_PREFIX:
            whole = "the whole Internet" if network.prefixlen == 0 else f"{network.num_addresses} addresses"
            yield Problem(
                path=key_path("database", "allowedIpRanges", index),
                message=f"{cidr} lets {whole} reach the database's sign-in: name the ranges of your offices, or use "
                f"{key_path('database', 'access')}: private",
            )


DATABASE_ERRORS: tuple[Rule, ...] = (
    database_size_is_offered,
    database_fits_its_tier,
)
DATABASE_WARNINGS: tuple[Rule, ...] = (database_is_not_open_to_all,)
