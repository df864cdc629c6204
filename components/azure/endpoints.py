"""The ports of Azure's services, and the private DNS zones that a stack needs."""

from __future__ import annotations

from typing import Final

from pulumi import Input

from components.settings.model import Settings

# Azure Managed Redis, "Network configuration".
BROKER_PORT: Final = 10000
# The server itself, and the pooler that runs on it. Azure Database for PostgreSQL, "PgBouncer".
DATABASE_PORT: Final = 5432
DATABASE_POOLER_PORT: Final = 6432
# Source: Azure, "Azure private endpoint private DNS zone values".
REGISTRY_ZONE: Final = "privatelink.azurecr.io"
KEY_VAULT_ZONE: Final = "privatelink.vaultcore.azure.net"
BROKER_ZONE: Final = "privatelink.redis.azure.net"


def private_zones(settings: Settings, database_zone: Input[str], *, broker: bool) -> dict[str, Input[str]]:
    """Return the zones by purpose; `broker`: whether the stack has a broker.

    The database's zone can have any name, because only the virtual network resolves it.
    """
    zones: dict[str, Input[str]] = {}
    if settings.database.access == "private":
        zones["database"] = database_zone
    if not settings.registry.public_access:
        zones["registry"] = REGISTRY_ZONE
    if not settings.key_vault.public_access:
        zones["key-vault"] = KEY_VAULT_ZONE
    # The broker has no setting for public access; it follows database.access.
    if settings.database.access == "private" and broker:
        zones["broker"] = BROKER_ZONE
    return zones
