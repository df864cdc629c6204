"""The parts of a cluster's description."""

from __future__ import annotations

from pulumi import Input, Output
from pulumi_azure_native import containerservice

from components.settings.cluster_sections import ClusterSettings, MaintenanceSettings

from .node_pools import MAX_SURGE, SYSTEM_TAINT
from .subnet_plan import DNS_SERVICE_IP, POD_CIDR, SERVICE_CIDR

# A week: images that no pod used are removed from nodes.
_IMAGE_CLEANER_HOURS = 168


def entra(settings: ClusterSettings, tenant_id: Input[str]) -> containerservice.ManagedClusterAADProfileArgs | None:
    """Sign-in with Entra for the admin groups; None without one."""
    if not settings.admin_group_ids:
        return None
    return containerservice.ManagedClusterAADProfileArgs(
        managed=True,
        enable_azure_rbac=False,
        tenant_id=tenant_id,
        admin_group_object_ids=list(settings.admin_group_ids),
    )


def api_server(
    settings: ClusterSettings, outbound_ip: Input[str | None]
) -> containerservice.ManagedClusterAPIServerAccessProfileArgs:
    """Who reaches the API server.

    The nodes reach it from outside too, so that the NAT gateway's address must be among the authorized ranges.
    """
    if settings.private_api_server:
        return containerservice.ManagedClusterAPIServerAccessProfileArgs(
            enable_private_cluster=True, enable_private_cluster_public_fqdn=False, private_dns_zone="system"
        )
    ranges = list(settings.authorized_ip_ranges)
    return containerservice.ManagedClusterAPIServerAccessProfileArgs(
        enable_private_cluster=False,
        authorized_ip_ranges=Output.from_input(outbound_ip).apply(lambda address: _with_nodes(ranges, address)),
    )


def security() -> containerservice.ManagedClusterSecurityProfileArgs:
    """Workload identity, and nodes that drop unused images."""
    return containerservice.ManagedClusterSecurityProfileArgs(
        workload_identity=containerservice.ManagedClusterSecurityProfileWorkloadIdentityArgs(enabled=True),
        image_cleaner=containerservice.ManagedClusterSecurityProfileImageCleanerArgs(
            enabled=True, interval_hours=_IMAGE_CLEANER_HOURS
        ),
    )


def storage() -> containerservice.ManagedClusterStorageProfileArgs:
    """The CSI drivers; Azure's defaults are said, because an update without them would keep what it finds."""
    return containerservice.ManagedClusterStorageProfileArgs(
        blob_csi_driver=containerservice.ManagedClusterStorageProfileBlobCSIDriverArgs(enabled=True),
        disk_csi_driver=containerservice.ManagedClusterStorageProfileDiskCSIDriverArgs(enabled=True),
        file_csi_driver=containerservice.ManagedClusterStorageProfileFileCSIDriverArgs(enabled=True),
        snapshot_controller=containerservice.ManagedClusterStorageProfileSnapshotControllerArgs(enabled=True),
    )


def add_ons(minutes: int | None) -> dict[str, containerservice.ManagedClusterAddonProfileArgs] | None:
    """The Key Vault add-on, looking at the vault this often; None leaves add-ons as they are.

    AKS keeps an add-on that a write does not name. So it outlives a change to another delivery, as it must: without its
    driver the pods that mounted a volume would never end. Source: Azure/AKS issue 2904.
    """
    if minutes is None:
        return None
    return {
        "azureKeyvaultSecretsProvider": containerservice.ManagedClusterAddonProfileArgs(
            enabled=True,
            # Texts, both of them. Rotation is off unless it is asked for.
            config={"enableSecretRotation": "true", "rotationPollInterval": f"{minutes}m"},
        )
    }


def workload_scaler(*, keda: bool) -> containerservice.ManagedClusterWorkloadAutoScalerProfileArgs:
    """KEDA as an add-on. Off is said too, because an update without it would keep what it finds."""
    return containerservice.ManagedClusterWorkloadAutoScalerProfileArgs(
        keda=containerservice.ManagedClusterWorkloadAutoScalerProfileKedaArgs(enabled=keda)
    )


def network(outbound: str) -> containerservice.ContainerServiceNetworkProfileArgs:
    """Azure CNI Overlay with Cilium: pods take no address of the network."""
    return containerservice.ContainerServiceNetworkProfileArgs(
        network_plugin="azure",
        network_plugin_mode="overlay",
        network_dataplane="cilium",
        network_policy="cilium",
        outbound_type="userAssignedNATGateway" if outbound == "natGateway" else "loadBalancer",
        load_balancer_sku="standard",
        pod_cidr=POD_CIDR,
        service_cidr=SERVICE_CIDR,
        dns_service_ip=DNS_SERVICE_IP,
        ip_families=["IPv4"],
    )


def system_pool(
    settings: ClusterSettings, subnet_id: Input[str]
) -> containerservice.ManagedClusterAgentPoolProfileArgs:
    """The one pool that stands inside the cluster's description; AKS refuses to add or drop any other there."""
    pool = settings.system_pool
    return containerservice.ManagedClusterAgentPoolProfileArgs(
        name="system",
        mode="System",
        type="VirtualMachineScaleSets",
        vm_size=pool.vm_size,
        os_type="Linux",
        os_sku="AzureLinux",
        count=pool.min_nodes,
        enable_auto_scaling=True,
        min_count=pool.min_nodes,
        max_count=pool.max_nodes,
        max_pods=110,
        availability_zones=list(settings.zones) or None,
        vnet_subnet_id=subnet_id,
        node_taints=[SYSTEM_TAINT],
        upgrade_settings=containerservice.AgentPoolUpgradeSettingsArgs(max_surge=MAX_SURGE),
    )


def maintenance_window(settings: MaintenanceSettings) -> containerservice.MaintenanceWindowArgs:
    """The weekly window."""
    return containerservice.MaintenanceWindowArgs(
        duration_hours=settings.duration_hours,
        start_time=f"{settings.start_hour:02d}:00",
        utc_offset=settings.utc_offset,
        schedule=containerservice.ScheduleArgs(
            weekly=containerservice.WeeklyScheduleArgs(interval_weeks=1, day_of_week=settings.day)
        ),
    )


def _with_nodes(ranges: list[str], address: str | None) -> list[str]:
    return [*ranges, f"{address}/32"] if ranges and address else ranges
