"""What watches a stack: logs and metrics in one workspace, audit logs, and alerts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions

from components.azure.alert_resources import Alerts, AlertsArgs
from components.azure.broker import Broker
from components.azure.database import Database
from components.azure.monitoring import LogCollection, LogCollectionArgs
from components.kubernetes import cert_manager, certificates, external_secrets
from components.kubernetes.metric_scraping import MetricScraping, MetricScrapingArgs
from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.model import Settings

from . import names
from .alert_table import database_alerts, log_alerts, scraped_metrics
from .foundation import Foundation, Groundwork
from .release import AirflowRelease
from .team_task_rules import teams_with_tasks
from .traffic.port_numbers import STATSD_SCRAPE_PORT


@dataclass(frozen=True, kw_only=True)
class MonitoringArgs:
    """What Monitoring needs: the settings, the workspace, and the ids of what is watched.

    `services` maps names in AUDIT_CATEGORIES to ids. `release_name` is an output of the Airflow release: alerts are
    created after it, so that they do not fire before Airflow runs. Without Airflow, it and the database are None.
    """

    settings: Settings
    resource_group_name: Input[str]
    location: Input[str]
    workspace_id: Input[str]
    services: Mapping[str, Input[str]]
    database_id: Input[str] | None
    release_name: Input[str] | None


class Monitoring(ComponentResource):
    """Container insights with Airflow's metrics, diagnostic settings, and alerts if somebody gets them.

    Container insights, and not managed Prometheus: an alert on logs that are not uploaded reads logs, which managed
    Prometheus does not have. So it would come on top, with an agent, a store and a query language of its own.
    """

    workspace_id: Output[str]

    def __init__(self, name: str, args: MonitoringArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:Monitoring", name, None, opts)
        child = ResourceOptions(parent=self)
        place = {"resource_group_name": args.resource_group_name, "location": args.location}
        namespaces = watched_namespaces(args.settings)
        collection = LogCollection(
            f"{name}-collection",
            LogCollectionArgs(
                workspace_id=args.workspace_id,
                cluster_id=args.services["cluster"],
                namespaces=namespaces,
                services=args.services,
                **place,
            ),
            child,
        )
        if args.settings.has_airflow:
            MetricScraping(
                f"{name}-scraping",
                MetricScrapingArgs(
                    addresses=scraped_addresses(),
                    # The proxies have no Service for their metrics; Envoy Gateway annotates their pods.
                    annotated_in=[] if args.settings.access is None else [names.GATEWAY_NAMESPACE],
                    metrics=scraped_metrics(args.settings),
                ),
                child,
            )
        if args.database_id is not None and args.settings.monitoring and args.settings.monitoring.alert_emails:
            Alerts(
                f"{name}-alerts",
                AlertsArgs(
                    emails=args.settings.monitoring.alert_emails,
                    log_alerts=log_alerts(args.settings, namespaces),
                    database_alerts=database_alerts(args.settings),
                    cluster_id=make_depend_on(collection.collected_cluster_id, args.release_name),
                    database_id=args.database_id,
                    **place,
                ),
                child,
            )
        self.workspace_id = Output.from_input(args.workspace_id)
        register_annotated_outputs(self)


def watch_stack(
    foundation: Foundation, database: Database, broker: Broker | None, airflow: AirflowRelease, opts: ResourceOptions
) -> None:
    """Create what watches the stack, if there is a workspace for it."""
    if foundation.log_workspace_id is None:
        return
    services = {
        "cluster": foundation.cluster.cluster_id,
        # The owner of a vault that exists decides what it logs, and another stack may have the same setting there.
        **({"key-vault": foundation.key_vault.vault_id} if foundation.settings.key_vault.existing_id is None else {}),
        **_own_registry(foundation),
        "database": database.server_id,
        **({"broker": broker.database_id} if broker else {}),
    }
    args = MonitoringArgs(
        settings=foundation.settings,
        workspace_id=foundation.log_workspace_id,
        services=services,
        database_id=database.server_id,
        release_name=airflow.release_name,
        **foundation.place,
    )
    Monitoring("monitoring", args, opts)


def watch_cluster(ground: Groundwork, opts: ResourceOptions) -> None:
    """Create what watches a stack without Airflow, if there is a workspace for it."""
    if ground.log_workspace_id is None:
        return
    args = MonitoringArgs(
        settings=ground.settings,
        workspace_id=ground.log_workspace_id,
        services={"cluster": ground.cluster.cluster_id, **_own_registry(ground)},
        database_id=None,
        release_name=None,
        **ground.place,
    )
    Monitoring("monitoring", args, opts)


def _own_registry(ground: Groundwork) -> dict[str, Output[str]]:
    """Return the registry by its key. Its owners collect the logs of a registry that exists."""
    return {} if ground.settings.registry.existing_id else {"registry": ground.registry.registry_id}


def watched_namespaces(settings: Settings) -> list[str]:
    """Return the namespaces with pods of the program or of other stacks, and those of teams in which tasks run."""
    if not settings.has_airflow:
        return list(settings.namespaces)
    operator = settings.secrets.delivery == "externalSecrets"
    found = [names.NAMESPACE, *([external_secrets.OPERATOR] if operator else []), *settings.namespaces]
    found += [team.namespace for team in teams_with_tasks(settings)]
    if settings.access is None:
        return found
    found.append(names.GATEWAY_NAMESPACE)
    if settings.access.tls.uses_cert_manager:
        return [*found, cert_manager.NAMESPACE]
    return [*found, *([certificates.SYNC_OPERATOR] if operator else [])]


def scraped_addresses() -> list[str]:
    """Return the addresses in the cluster at which metrics are read: that of the chart's StatsD exporter."""
    return [f"http://{names.RELEASE}-statsd.{names.NAMESPACE}:{STATSD_SCRAPE_PORT}/metrics"]
