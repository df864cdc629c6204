"""Which private DNS zones a stack needs."""

from __future__ import annotations

from typing import Final

from pulumi import Input

from components.airflow.executors import executor_parts
from components.settings import Settings

# Source: Azure, "Azure private endpoint private DNS zone values".
REGISTRY_ZONE: Final = "privatelink.azurecr.io"
KEY_VAULT_ZONE: Final = "privatelink.vaultcore.azure.net"
BROKER_ZONE: Final = "privatelink.redis.azure.net"


def private_zones(settings: Settings, database_zone: Input[str]) -> dict[str, Input[str]]:
    """The zones by what they are for. The database's may be named freely; it is looked up in the network only."""
    zones: dict[str, Input[str]] = {}
    if settings.database.access == "private":
        zones["database"] = database_zone
    if not settings.registry.public_access:
        zones["registry"] = REGISTRY_ZONE
    if not settings.key_vault.public_access:
        zones["key-vault"] = KEY_VAULT_ZONE
    # The broker is as private as the database.
    if settings.database.access == "private" and executor_parts(settings.airflow).celery_workers:
        zones["broker"] = BROKER_ZONE
    return zones
