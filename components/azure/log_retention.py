"""How long log storage keeps logs, and how long a deleted file share can be restored."""

from __future__ import annotations

from typing import Final

from pulumi_azure_native import storage

_UNDELETE_DAYS: Final = 14


def delete_logs_after(days: int, container: str) -> storage.ManagementPolicyRuleArgs:
    """Return the rule that deletes old logs. Azure applies it once a day, so a log can be kept for a day longer."""
    return storage.ManagementPolicyRuleArgs(
        name="delete-old-logs",
        enabled=True,
        type="Lifecycle",
        definition=storage.ManagementPolicyDefinitionArgs(
            filters=storage.ManagementPolicyFilterArgs(blob_types=["blockBlob"], prefix_match=[f"{container}/"]),
            actions=storage.ManagementPolicyActionArgs(
                base_blob=storage.ManagementPolicyBaseBlobArgs(
                    delete=storage.DateAfterModificationArgs(days_after_modification_greater_than=days)
                )
            ),
        ),
    )


def keep_deleted_shares() -> storage.DeleteRetentionPolicyArgs:
    """Return the policy with which Azure keeps a deleted share for 14 days."""
    return storage.DeleteRetentionPolicyArgs(enabled=True, days=_UNDELETE_DAYS)
