"""The parts of log storage: its file shares, the redundancy of its accounts, and the roles on its container."""

from __future__ import annotations

from typing import Final

from pulumi import Input, RunError

from components.settings.airflow_sections import DagsSettings
from components.settings.azure_sections import LogsSettings

from .roles import STORAGE_BLOB_DATA_CONTRIBUTOR, RoleGrant

# The smallest provisioned v1 share. Source: Azure, "Scalability and performance targets for Azure Files".
PREMIUM_LEAST_GIB: Final = 100


def file_shares(logs: LogsSettings, dags: DagsSettings) -> dict[str, int]:
    """Return the quota of each share in GiB by its use; empty without a share."""
    shares = {}
    if logs.delivery == "azureFiles":
        shares["logs"] = logs.size_gb
    if dags.delivery == "azureFiles":
        shares["dags"] = dags.size_gb
    return shares


def is_premium(redundancy: str) -> bool:
    """Return whether shares of this redundancy need an account of kind FileStorage."""
    return redundancy.startswith("Premium_")


def redundancy_class(redundancy: str) -> str:
    """Return `Premium` or `Standard`."""
    return redundancy.partition("_")[0]


def check_redundancy(redundancy: str, recorded_class: str, account_name: str) -> str:
    """Return the account's name, unless the stack has a Premium account that this redundancy would delete.

    Raises:
        pulumi.RunError: the record says Premium, and the redundancy is Standard.

    """
    if recorded_class == "Premium" and redundancy_class(redundancy) != "Premium":
        raise RunError(
            f"airflow-aks:logs.redundancy: is {redundancy}, and the stack has a Premium account, which this would "
            "delete with its file shares: set it back to Premium_LRS or Premium_ZRS, as it was, or go back as "
            "docs/logs.md#from-premium-back-to-standard says"
        )
    return account_name


def blob_redundancy(redundancy: str) -> str:
    """Return the redundancy of the account with the blob container, which is never Premium."""
    return redundancy.replace("Premium_", "Standard_")


def log_roles(logs: LogsSettings, container_id: Input[str]) -> list[RoleGrant]:
    """Return the roles of Airflow's identity on the logs' container. A share needs no role, because a key mounts it."""
    match logs.delivery:
        case "blob" | "blobfuse":
            return [RoleGrant(name="writes-logs", role=STORAGE_BLOB_DATA_CONTRIBUTOR, scope=container_id)]
        case "azureFiles":
            return []
