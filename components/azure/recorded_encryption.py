"""Compares the encryption of a stack with that it was made with, because Azure fixes it at creation."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.settings.model import Settings

DISK_ENCRYPTION_SET: Final = "airflow-aks:cluster.diskEncryptionSetId"
HOST_ENCRYPTION: Final = "airflow-aks:cluster.hostEncryption"
DATABASE_KEY: Final = "airflow-aks:database.customerManagedKey"
# What a change of each would replace.
_REPLACED: Final[Mapping[str, str]] = {
    DISK_ENCRYPTION_SET: "the cluster",
    HOST_ENCRYPTION: "the cluster, whose system pool cannot change it",
    DATABASE_KEY: "the database with all of its data",
}


def encryption_to_record(settings: Settings) -> dict[str, object]:
    """Return the encryption that the stack file asks for; nothing for what it leaves to Azure. Azure ignores case."""
    cluster, values = settings.cluster, dict[str, object]()
    if cluster.disk_encryption_set_id is not None:
        values[DISK_ENCRYPTION_SET] = cluster.disk_encryption_set_id.lower()
    if cluster.host_encryption:
        values[HOST_ENCRYPTION] = True
    # Only whether there is one: another key or identity is an update in place.
    if settings.has_airflow and settings.database.customer_managed_key is not None:
        values[DATABASE_KEY] = "a key of yours"
    return values


def describe_changed_encryption(recorded: Mapping[str, str], current: Mapping[str, str], remedy: str) -> list[str]:
    """Return a line for each setting that the stack file now has and the record has not, or the other way round.

    A record without them is of a stack that Azure encrypts, or older than these settings. `remedy` ends each line.
    """
    lines = []
    for path, replaced in _REPLACED.items():
        if (path in recorded) == (path in current):
            continue
        now, was, undo = (
            ("is set", "without it", "Remove it") if path in current else ("is not set", "with it", "Set it")
        )
        lines.append(
            f"{path}: {now}, and the stack was made {was}: Azure fixes it at creation, and the change would replace "
            f"{replaced}. {undo}, {remedy}"
        )
    return lines
