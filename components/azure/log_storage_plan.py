"""What log storage is made of: its file shares, the kind of each account, and the roles on the container."""

from __future__ import annotations

from typing import Final

from pulumi import Input

from components.settings.airflow_sections import DagsSettings
from components.settings.azure_sections import LogsSettings

from .roles import STORAGE_BLOB_DATA_CONTRIBUTOR, RoleGrant

# Azure: "Scalability and performance targets for Azure Files", the least of a provisioned v1 share.
PREMIUM_LEAST_GIB: Final = 100


def file_shares(logs: LogsSettings, dags: DagsSettings) -> dict[str, int]:
    """What each share is for, and its quota in GiB; empty without a share."""
    shares = {}
    if logs.delivery == "azureFiles":
        shares["logs"] = logs.size_gb
    if dags.delivery == "azureFiles":
        shares["dags"] = dags.size_gb
    return shares


def is_premium(redundancy: str) -> bool:
    """Whether shares of this redundancy need an account of their own kind."""
    return redundancy.startswith("Premium_")


def blob_redundancy(redundancy: str) -> str:
    """The redundancy of the account with the blob container, which is never a Premium one."""
    return redundancy.replace("Premium_", "Standard_")


def log_roles(logs: LogsSettings, container_id: Input[str]) -> list[RoleGrant]:
    """What Airflow's identity may do with the logs' container; a share is mounted with a key and needs no role."""
    match logs.delivery:
        case "blob" | "blobfuse":
            return [RoleGrant(name="writes-logs", role=STORAGE_BLOB_DATA_CONTRIBUTOR, scope=container_id)]
        case "azureFiles":
            return []
