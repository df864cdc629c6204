"""Where Azure's services answer: the ports that they listen on, and the private DNS zones that a stack needs."""

from __future__ import annotations

from typing import Final

from pulumi import Input

from components.settings.model import Settings

# Azure Managed Redis, "Network configuration".
BROKER_PORT: Final = 10000
# Azure Database for PostgreSQL, "PgBouncer": the server itself, and the pooler that runs on it.
DATABASE_PORT: Final = 5432
DATABASE_POOLER_PORT: Final = 6432
# Source: Azure, "Azure private endpoint private DNS zone values".
REGISTRY_ZONE: Final = "privatelink.azurecr.io"
KEY_VAULT_ZONE: Final = "privatelink.vaultcore.azure.net"
BROKER_ZONE: Final = "privatelink.redis.azure.net"


def private_zones(settings: Settings, database_zone: Input[str], *, broker: bool) -> dict[str, Input[str]]:
    """The zones by what they are for; `broker` says whether the stack has one.

    The database's zone may be named freely: it is looked up in the network only.
    """
    zones: dict[str, Input[str]] = {}
    if settings.database.access == "private":
        zones["database"] = database_zone
    if not settings.registry.public_access:
        zones["registry"] = REGISTRY_ZONE
    if not settings.key_vault.public_access:
        zones["key-vault"] = KEY_VAULT_ZONE
    # The broker is as private as the database.
    if settings.database.access == "private" and broker:
        zones["broker"] = BROKER_ZONE
    return zones
