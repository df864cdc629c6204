"""The section of the stack file for logs, metrics and alerts in Azure Monitor."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from .base import EachOnce, MailAddress, Section

# The id of a Log Analytics workspace that exists.
WorkspaceId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.OperationalInsights/"
        r"workspaces/[^/]+$"
    ),
]


class MonitoringSettings(Section):
    """A Log Analytics workspace with the cluster's logs and metrics, and alerts by mail."""

    log_analytics: bool = Field(
        True,
        description="False: turns Container insights off again, before you remove the section: see docs/monitoring.md.",
    )
    workspace_id: WorkspaceId | None = Field(
        None, description="Id of a Log Analytics workspace that exists, in the stack's region; null = the stack's own."
    )
    # The days that the price tier PerGB2018 accepts. Source: Azure, "Manage data retention in a Log Analytics
    # workspace".
    retention_days: int = Field(30, ge=30, le=730, description="Days that the stack's own workspace keeps its data.")
    alert_emails: Annotated[tuple[MailAddress, ...], EachOnce] = Field(
        (), max_length=1000, description="Mail addresses that get the alerts; [] = no alerts."
    )
