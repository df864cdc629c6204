"""The profiles that make up the arguments of a managed cluster."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from pulumi import Input, Output
from pulumi_azure_native import containerservice

from components.settings.cluster_sections import ClusterSettings, MaintenanceSettings
from components.settings.monitoring import MonitoringSettings
from components.settings.network_section import Outbound

from .node_images import os_sku
from .node_pools import MAX_SURGE, SYSTEM_TAINT
from .subnet_plan import DNS_SERVICE_IP, POD_CIDR, SERVICE_CIDR

# The values of `network.outbound` as AKS names them.
OUTBOUND_TYPES: Final[Mapping[Outbound, str]] = {
    "natGateway": "userAssignedNATGateway",
    "loadBalancer": "loadBalancer",
    "userDefinedRouting": "userDefinedRouting",
    "none": "none",
}
# Nodes delete unused images once a week.
_IMAGE_CLEANER_HOURS = 168


def entra(settings: ClusterSettings, tenant_id: Input[str]) -> containerservice.ManagedClusterAADProfileArgs | None:
    """Sign-in with Entra for the admin groups; None without admin groups."""
    if not settings.admin_group_ids:
        return None
    return containerservice.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=settings.azure_rbac,
        tenant_id=tenant_id,
        admin_group_object_ids=list(settings.admin_group_ids),
    )


def api_server(
    settings: ClusterSettings, outbound_ip: Input[str | None], zone_id: str | None
) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """The access to the API server. `zone_id`: a private DNS zone of others, in the place of one that AKS makes.

    Nodes reach a public API server through the NAT gateway, so the authorized ranges must include the gateway's
    address.
    """
    if settings.private_api_server:
        return containerservice.ManagedClusterAPIServerAccessProfileArgs(
            enable_private_cluster=True, enable_private_cluster_public_fqdn=False, private_dns_zone=zone_id or "system"
        )
    ranges = list(settings.authorized_ip_ranges)
    return containerservice.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=False,
        authorized_ip_ranges=Output.from_input(outbound_ip).apply(lambda address: _add_node_address(ranges, address)),
    )


def security(
    defender_workspace_id: Input[str] | None, authorities: Sequence[str] | None
) -> containerservice.ManagedClusterSecurityProfileArgs:
    """Workload identity, the cleaner of unused images, Defender with a workspace, and authorities that nodes trust.

    Without a workspace, Defender is not set: Defender for Cloud or a policy may have turned it on. None leaves the
    authorities as found.
    """
    defender = containerservice.ManagedClusterSecurityProfileDefenderArgs(
        log_analytics_workspace_resource_id=defender_workspace_id,
        security_monitoring=containerservice.ManagedClusterSecurityProfileDefenderSecurityMonitoringArgs(enabled=True),
    )
    return containerservice.ManagedClusterSecurityProfileArgs(
        defender=defender if defender_workspace_id is not None else None,
        workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
            enabled=True, interval_hours=_IMAGE_CLEANER_HOURS
        ),
        custom_ca_trust_certificates=authorities,
    )


def storage() -> containerservice.ManagedClusterStorageProfileArgs:
    """The CSI drivers. Azure's defaults are set explicitly: AKS keeps the previous value of an omitted field."""
    return containerservice.ManagedClusterStorageProfileArgs(
        blob_csi_driver=containerservice.ManagedClusterStorageProfileBlobCSIDriverArgs(enabled=True),
        disk_csi_driver=containerservice.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
        file_csi_driver=containerservice.ManagedClusterStorageProfileFileCSIDriverArgs(enabled=True),
        snapshot_controller=containerservice.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=True),
    )


def add_ons(
    *,
    key_vault: containerservice.ManagedClusterAddonProfileArgs | None,
    insights: containerservice.ManagedClusterAddonProfileArgs | None,
    policy: containerservice.ManagedClusterAddonProfileArgs | None,
) -> dict[str, containerservice.ManagedClusterAddonProfileArgs] | None:
    """The add-ons that the program sets. None leaves an add-on unchanged: AKS keeps an add-on that a request omits."""
    set_here = {"azureKeyvaultSecretsProvider": key_vault, "azurepolicy": policy, "omsagent": insights}
    return {name: add_on for name, add_on in set_here.items() if add_on is not None} or None


def key_vault_add_on(minutes: int | None) -> containerservice.ManagedClusterAddonProfileArgs | None:
    """The Key Vault add-on; `minutes` are between two reads of the vault.

    None after a switch to another delivery, and the add-on stays. It must stay: a pod that mounted a volume of the
    add-on cannot terminate without the add-on's driver. Source: Azure/AKS issue 2904.
    """
    if minutes is None:
        return None
    return containerservice.ManagedClusterAddonProfileArgs(
        enabled=True,
        # Both must be strings. Rotation is disabled by default.
        config={"enableSecretRotation": "true", "rotationPollInterval": f"{minutes}m"},
    )


def container_insights(
    monitoring: MonitoringSettings | None, workspace_id: Input[str] | None
) -> containerservice.ManagedClusterAddonProfileArgs | None:
    """The add-on of Container insights, which signs in with its own identity; None without the section.

    Without the section, a policy may own the add-on. So `logAnalytics: false` disables it, and not a missing section.
    """
    if monitoring is None:
        return None
    if workspace_id is None:
        return containerservice.ManagedClusterAddonProfileArgs(enabled=False)
    return containerservice.ManagedClusterAddonProfileArgs(
        enabled=True,
        # Both must be strings.
        config={"logAnalyticsWorkspaceResourceID": workspace_id, "useAADAuth": "true"},
    )


def azure_policy() -> containerservice.ManagedClusterAddonProfileArgs:
    """The add-on of Azure Policy, as policies turn it on too: without a configuration of its own."""
    return containerservice.ManagedClusterAddonProfileArgs(enabled=True)


def workload_scaler(*, keda: bool) -> containerservice.ManagedClusterWorkloadAutoScalerProfileArgs:
    """The KEDA add-on. False is set explicitly: AKS keeps the previous value of an omitted field."""
    return containerservice.ManagedClusterWorkloadAutoScalerProfileArgs(
        keda=containerservice.ManagedClusterWorkloadAutoScalerProfileKedaArgs(enabled=keda)
    )


def network(outbound: Outbound, *, host_names: bool) -> containerservice.ContainerServiceNetworkProfileArgs:
    """Azure CNI Overlay with Cilium: pods have addresses of their own range, not of the virtual network.

    `host_names`: whether Cilium's policies name hosts, for which AKS has Advanced Container Networking Services. Once
    on, the services stay on, because AKS blocks what such policies allow as soon as the services are off.
    """
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin="azure",
        network_plugin_mode="overlay",
        network_dataplane="cilium",
        network_policy="cilium",
        outbound_type=OUTBOUND_TYPES[outbound],
        load_balancer_sku="standard",
        pod_cidr=POD_CIDR,
        service_cidr=SERVICE_CIDR,
        dns_service_ip=DNS_SERVICE_IP,
        ip_families=["IPv4"],
        advanced_networking=_host_names() if host_names else None,
    )


def bootstrap(
    outbound: Outbound, registry_id: Input[str]
) -> containerservice.ManagedClusterBootstrapProfileArgs | None:
    """The registry whose cache nodes start from without a way out; None where they start from Microsoft's registry.

    Source: AKS, "Network isolated AKS clusters".
    """
    if outbound != "none":
        return None
    return containerservice.ManagedClusterBootstrapProfileArgs(
        artifact_source=containerservice.ArtifactSource.CACHE, container_registry_id=registry_id
    )


def _host_names() -> containerservice.AdvancedNetworkingArgs:
    """Policies with the names of hosts, and nothing else of these services.

    `enabled` is required on each level. Source: pulumi/pulumi-azure-native issue 4206.
    """
    return containerservice.AdvancedNetworkingArgs(
        enabled=True,
        observability=containerservice.AdvancedNetworkingObservabilityArgs(enabled=False),
        security=containerservice.AdvancedNetworkingSecurityArgs(
            enabled=True, advanced_network_policies=containerservice.AdvancedNetworkPolicies.FQDN
        ),
    )


def system_pool(
    settings: ClusterSettings, subnet_id: Input[str]
) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The system pool. Other pools are separate resources: AKS rejects adding or removing pools in these arguments."""
    pool = settings.system_pool
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name="system",
        mode="System",
        type="VirtualMachineScaleSets",
        vm_size=pool.vm_size,
        os_type="Linux",
        os_sku=os_sku(gpu=False),
        count=pool.min_nodes,
        enable_auto_scaling=True,
        min_count=pool.min_nodes,
        max_count=pool.max_nodes,
        max_pods=110,
        availability_zones=list(settings.zones) or None,
        vnet_subnet_id=subnet_id,
        node_taints=[SYSTEM_TAINT],
        enable_encryption_at_host=settings.host_encryption or None,
        upgrade_settings=containerservice.AgentPoolUpgradeSettingsArgs(max_surge=MAX_SURGE),
    )


def maintenance_window(settings: MaintenanceSettings) -> containerservice.MaintenanceWindowArgs:
    """The weekly window for upgrades."""
    return containerservice.MaintenanceWindowArgs(
        duration_hours=settings.duration_hours,
        start_time=f"{settings.start_hour:02d}:00",
        utc_offset=settings.utc_offset,
        schedule=containerservice.ScheduleArgs(
            weekly=containerservice.WeeklyScheduleArgs(interval_weeks=1, day_of_week=settings.day)
        ),
    )


def _add_node_address(ranges: list[str], address: str | None) -> list[str]:
    return [*ranges, f"{address}/32"] if ranges and address else ranges
