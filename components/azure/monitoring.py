"""The Log Analytics workspace, and what is collected in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import monitor, operationalinsights
from pulumi_random import RandomId

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.monitoring import MonitoringSettings

from .existing_workspace import read_workspace

# The categories of audit logs, by the service. Source: Azure Monitor, "Supported log categories".
AUDIT_CATEGORIES: Final[Mapping[str, tuple[str, ...]]] = {
    # Not kube-audit: it also logs every read, which is most of what it logs.
    "cluster": ("kube-audit-admin", "guard"),
    "key-vault": ("AuditEvent",),
    "registry": ("ContainerRegistryLoginEvents", "ContainerRegistryRepositoryEvents"),
    "database": ("PostgreSQLLogs",),
    # A Managed Redis logs on its database.
    "broker": ("ConnectionEvents",),
}
# Tables that alerts and the dashboard read. With all tables, the data would cost a multiple.
STREAMS: Final = (
    "Microsoft-ContainerLogV2",
    "Microsoft-InsightsMetrics",
    "Microsoft-KubeEvents",
    "Microsoft-KubeMonAgentEvents",
    "Microsoft-KubePodInventory",
)
_DESTINATION: Final = "workspace"
# The add-on finds its rule under this name. Source: "Enable monitoring for Kubernetes clusters", Azure Monitor.
_ASSOCIATION: Final = "ContainerInsightsExtension"


@dataclass(frozen=True, kw_only=True)
class LogWorkspaceArgs:
    """What LogWorkspace needs: its settings, resource group, location and the beginning of its name."""

    settings: MonitoringSettings
    resource_group_name: Input[str]
    location: Input[str]
    workspace_name: Input[str]


class LogWorkspace(ComponentResource):
    """The workspace that logs and metrics go to: a new one, or one that exists and is neither changed nor deleted.

    A new one stays in Azure when the stack file no longer asks for it: AKS refuses every update of a cluster whose
    add-on names a workspace that is gone. A random ending keeps its name apart from that of the next one.
    Source: Azure/AKS issue 1636.
    """

    workspace_id: Output[str]

    def __init__(self, name: str, args: LogWorkspaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:LogWorkspace", name, None, opts)
        if args.settings.workspace_id is not None:
            self.workspace_id = read_workspace(name, args.settings.workspace_id, self)
        else:
            ending = RandomId(f"{name}-ending", byte_length=4, opts=ResourceOptions(parent=self))
            workspace = operationalinsights.Workspace(
                f"{name}-workspace",
                resource_group_name=args.resource_group_name,
                location=args.location,
                workspace_name=Output.format("{0}-{1}", args.workspace_name, ending.hex),
                sku=operationalinsights.WorkspaceSkuArgs(name="PerGB2018"),
                retention_in_days=args.settings.retention_days,
                features=operationalinsights.WorkspaceFeaturesArgs(
                    disable_local_auth=True, enable_log_access_using_only_resource_permissions=True
                ),
                opts=ResourceOptions(parent=self, retain_on_delete=True),
            )
            self.workspace_id = workspace.id
        register_annotated_outputs(self)


def create_log_workspace(
    settings: MonitoringSettings | None, workspace_name: Input[str], place: Mapping[str, Input[str]]
) -> Output[str] | None:
    """Create the workspace if the stack file asks for one, and return its id; `place`: resource group and location."""
    if settings is None or not settings.log_analytics:
        return None
    args = LogWorkspaceArgs(settings=settings, workspace_name=workspace_name, **place)
    return LogWorkspace("log-workspace", args).workspace_id


@dataclass(frozen=True, kw_only=True)
class LogCollectionArgs:
    """What LogCollection needs: the workspace, the cluster with its namespaces to collect, and the audited services.

    `services` maps names in AUDIT_CATEGORIES to ids of resources.
    """

    resource_group_name: Input[str]
    location: Input[str]
    workspace_id: Input[str]
    cluster_id: Input[str]
    namespaces: Sequence[str]
    services: Mapping[str, Input[str]]


class LogCollection(ComponentResource):
    """The rule by which Container insights collects, and a diagnostic setting for each audited service."""

    collected_cluster_id: Output[str]

    def __init__(self, name: str, args: LogCollectionArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:LogCollection", name, None, opts)
        rule = monitor.DataCollectionRule(
            f"{name}-rule",
            resource_group_name=args.resource_group_name,
            location=args.location,
            data_collection_rule_name=f"{name}-rule",
            kind="Linux",
            data_sources=monitor.DataCollectionRuleDataSourcesArgs(
                extensions=[
                    monitor.ExtensionDataSourceArgs(
                        name=_ASSOCIATION,
                        extension_name="ContainerInsights",
                        streams=list(STREAMS),
                        extension_settings={"dataCollectionSettings": _collect(args.namespaces)},
                    )
                ]
            ),
            destinations=monitor.DataCollectionRuleDestinationsArgs(
                log_analytics=[
                    monitor.LogAnalyticsDestinationArgs(name=_DESTINATION, workspace_resource_id=args.workspace_id)
                ]
            ),
            data_flows=[monitor.DataFlowArgs(streams=list(STREAMS), destinations=[_DESTINATION])],
            opts=ResourceOptions(parent=self),
        )
        association = monitor.DataCollectionRuleAssociation(
            f"{name}-association",
            resource_uri=args.cluster_id,
            association_name=_ASSOCIATION,
            data_collection_rule_id=rule.id,
            opts=ResourceOptions(parent=self),
        )
        for service, resource_id in args.services.items():
            monitor.DiagnosticSetting(
                f"{name}-{service}-logs",
                resource_uri=resource_id,
                name=name,
                workspace_id=args.workspace_id,
                # Only the cluster's logs have tables of their own that are worth it: AKSAuditAdmin costs less.
                log_analytics_destination_type="Dedicated" if service == "cluster" else None,
                logs=[
                    monitor.DiagnosticsLogSettingsArgs(category=category, enabled=True)
                    for category in AUDIT_CATEGORIES[service]
                ],
                opts=ResourceOptions(parent=self),
            )
        self.collected_cluster_id = make_depend_on(args.cluster_id, association.id)
        register_annotated_outputs(self)


def _collect(namespaces: Sequence[str]) -> dict[str, object]:
    """Return what the agent reads: logs and pods of these namespaces, each minute."""
    return {
        "interval": "1m",
        "namespaceFilteringMode": "Include",
        "namespaces": list(namespaces),
        "enableContainerLogV2": True,
    }
