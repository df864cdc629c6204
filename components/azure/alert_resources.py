"""Alerts of Azure Monitor, by mail."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import monitor

from components.output_registration import register_annotated_outputs

# 0 is critical, 4 verbose. Source: Azure Monitor, "Overview of Azure Monitor alerts", alert severity.
Severity = Literal[1, 2, 3]


@dataclass(frozen=True, kw_only=True)
class LogAlert:
    """An alert that fires while its query over the cluster's data returns rows.

    `minutes` of data are read, each `every_minutes`. Azure counts the rows of the whole window, so a query has no time
    filter of its own.
    """

    name: str
    summary: str
    severity: Severity
    minutes: int
    every_minutes: int
    query: str


@dataclass(frozen=True, kw_only=True)
class DatabaseAlert:
    """An alert that fires while a platform metric of the database server is above its threshold."""

    name: str
    summary: str
    severity: Severity
    metric: str
    threshold: int


@dataclass(frozen=True, kw_only=True)
class AlertsArgs:
    """What Alerts needs: addresses, the alerts, and the resources that they ask about."""

    resource_group_name: Input[str]
    location: Input[str]
    emails: Sequence[str]
    log_alerts: Sequence[LogAlert]
    database_alerts: Sequence[DatabaseAlert]
    cluster_id: Input[str]
    database_id: Input[str]


class Alerts(ComponentResource):
    """The alerts, and the group of mail addresses that they call. An alert that is over says so by mail too."""

    action_group_id: Output[str]

    def __init__(self, name: str, args: AlertsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:Alerts", name, None, opts)
        self._name = name
        self._args = args
        group = monitor.ActionGroup(
            f"{name}-group",
            resource_group_name=args.resource_group_name,
            location="Global",
            action_group_name=f"{name}-group",
            # At most 12 characters; mails and text messages begin with it.
            group_short_name="airflow",
            enabled=True,
            email_receivers=[
                monitor.MicrosoftCommonEmailReceiverArgs(
                    name=address, email_address=address, use_common_alert_schema=True
                )
                for address in args.emails
            ],
            opts=ResourceOptions(parent=self),
        )
        for log_alert in args.log_alerts:
            self._create_log_alert(log_alert, group.id)
        for database_alert in args.database_alerts:
            self._create_database_alert(database_alert, group.id)
        self.action_group_id = group.id
        register_annotated_outputs(self)

    def _create_log_alert(self, alert: LogAlert, group_id: Output[str]) -> None:
        """Create an alert with the cluster as its scope: its query sees the data of this cluster and no other."""
        monitor.ScheduledQueryRule(
            f"{self._name}-{alert.name}",
            resource_group_name=self._args.resource_group_name,
            location=self._args.location,
            rule_name=f"{self._name}-{alert.name}",
            kind="LogAlert",
            display_name=alert.summary,
            enabled=True,
            severity=alert.severity,
            scopes=[self._args.cluster_id],
            evaluation_frequency=_duration(alert.every_minutes),
            window_size=_duration(alert.minutes),
            auto_mitigate=True,
            # The tables exist only after the first data has arrived.
            skip_query_validation=True,
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(
                all_of=[
                    monitor.ConditionArgs(
                        query=alert.query, time_aggregation="Count", operator="GreaterThan", threshold=0
                    )
                ]
            ),
            actions=monitor.ActionsArgs(action_groups=[group_id]),
            opts=ResourceOptions(parent=self),
        )

    def _create_database_alert(self, alert: DatabaseAlert, group_id: Output[str]) -> None:
        monitor.MetricAlert(
            f"{self._name}-{alert.name}",
            resource_group_name=self._args.resource_group_name,
            location="global",
            rule_name=f"{self._name}-{alert.name}",
            description=alert.summary,
            enabled=True,
            severity=alert.severity,
            scopes=[self._args.database_id],
            evaluation_frequency="PT5M",
            window_size="PT15M",
            auto_mitigate=True,
            criteria=monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
                odata_type="Microsoft.Azure.Monitor.SingleResourceMultipleMetricCriteria",
                all_of=[
                    monitor.MetricCriteriaArgs(
                        criterion_type="StaticThresholdCriterion",
                        name="above",
                        metric_namespace="Microsoft.DBforPostgreSQL/flexibleServers",
                        metric_name=alert.metric,
                        operator="GreaterThan",
                        threshold=alert.threshold,
                        time_aggregation="Average",
                    )
                ],
            ),
            actions=[monitor.MetricAlertActionArgs(action_group_id=group_id)],
            opts=ResourceOptions(parent=self),
        )


def _duration(minutes: int) -> str:
    """Return minutes as an ISO 8601 duration, whole hours as hours, as Azure writes it."""
    return f"PT{minutes // 60}H" if minutes % 60 == 0 else f"PT{minutes}M"
