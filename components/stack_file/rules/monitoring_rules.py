"""Rules for logs, metrics and alerts."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_NEEDS_LOGS: Final = {
    "alert_emails": ("alertEmails", "because the alerts ask the workspace"),
    "retention_days": ("retentionDays", "because nothing is kept without it"),
    "workspace_id": ("workspaceId", "because nothing is sent without it"),
}


def monitoring_has_a_workspace(context: Context) -> Iterator[Problem]:
    """Alerts, retention and a workspace need logs and metrics to be collected."""
    monitoring = context.settings.monitoring
    if monitoring is None or monitoring.log_analytics:
        return
    for field, (key, reason) in _NEEDS_LOGS.items():
        if field in monitoring.model_fields_set and getattr(monitoring, field) not in (None, ()):
            yield Problem(
                path=key_path("monitoring", key),
                message=f"needs {key_path('monitoring', 'logAnalytics')}: true, {reason}; remove it",
            )


def retention_is_of_our_workspace(context: Context) -> Iterator[Problem]:
    """The owner of a workspace that exists sets how long it keeps its data."""
    monitoring = context.settings.monitoring
    if monitoring is None or monitoring.workspace_id is None or "retention_days" not in monitoring.model_fields_set:
        return
    yield Problem(
        path=key_path("monitoring", "retentionDays"),
        message=f"is for a workspace of the stack's own: that of {key_path('monitoring', 'workspaceId')} keeps its own "
        "setting; remove one of the two",
    )


def metrics_are_sent(context: Context) -> Iterator[Problem]:
    """Metrics for the alerts come from the chart's StatsD exporter; those of pools have names that Airflow can drop."""
    settings = context.settings
    if settings.monitoring is None or not settings.monitoring.log_analytics:
        return
    statsd = settings.airflow.values.get("statsd")
    if isinstance(statsd, dict) and statsd.get("enabled") is False:
        yield Problem(
            path=key_path("airflow", "values", "statsd", "enabled"),
            message=f"false leaves {key_path('monitoring')} without Airflow's metrics; remove it",
        )
    legacy = settings.airflow.config.get("metrics", {}).get("legacy_names_on", True)
    if str(legacy).lower() != "true":
        yield Problem(
            path=key_path("airflow", "config", "metrics", "legacy_names_on"),
            message=f"must be true with {key_path('monitoring')}, whose alerts read each pool's metrics; remove it",
        )


MONITORING_ERRORS: tuple[Rule, ...] = (
    monitoring_has_a_workspace,
    retention_is_of_our_workspace,
    metrics_are_sent,
)
