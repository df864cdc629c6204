"""The sections of the stack file that describe Azure resources."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from .base import Cidr, EachOnce, Guid, Section, VmSize

# Azure: "Rules for virtual networks", the provider id that a peering needs.
VirtualNetworkId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+$"
    ),
]
Label = Annotated[str, StringConstraints(max_length=63, pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$")]
LabelKey = Annotated[
    str, StringConstraints(max_length=253, pattern=r"^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
]
Taint = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$")
]
# RFC 1918 and RFC 6598, less what AKS keeps: "Configure Azure CNI networking in AKS", prerequisites.
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
_TAKEN = tuple(map(ipaddress.IPv4Network, ("172.30.0.0/16", "172.31.0.0/16")))
Zone = Literal["1", "2", "3"]
Redundancy = Literal[
    "Standard_LRS",
    "Standard_ZRS",
    "Standard_GRS",
    "Standard_GZRS",
    "Standard_RAGRS",
    "Standard_RAGZRS",
    "Premium_LRS",
    "Premium_ZRS",
]
# GiB. Azure: "Scalability and performance targets for Azure Files", a share of an account without large shares.
ShareSize = Annotated[int, Field(ge=1, le=5120)]


class NetworkSettings(Section):
    """The virtual network that everything stands in."""

    address_space: Cidr = Field("10.40.0.0/16", description="A /20 or larger IPv4 range; subnets are planned from it.")
    outbound: Literal["natGateway", "loadBalancer"] = Field(
        "natGateway",
        description="How nodes reach the Internet. Changing it replaces the cluster: see docs/recovery.md.",
    )
    peer_with: Annotated[tuple[VirtualNetworkId, ...], EachOnce] = Field(
        (), description="Ids of virtual networks to peer with. Only this side is made."
    )

    @field_validator("address_space")
    @classmethod
    def _large_enough(cls, value: str) -> str:
        network = ipaddress.IPv4Network(value)
        if network.prefixlen > 20:
            raise ValueError(f"is a /{network.prefixlen}: must be a /20 or larger, for example 10.40.0.0/16")
        if network.prefixlen < 8:
            raise ValueError(f"is a /{network.prefixlen}: must be a /8 or smaller, for example 10.40.0.0/16")
        if not any(network.subnet_of(private) for private in _PRIVATE):
            raise ValueError("must be a private range, for example 10.40.0.0/16")
        for taken in _TAKEN:
            if network.overlaps(taken):
                raise ValueError(
                    f"overlaps {taken}, which AKS keeps for itself: choose another, for example 10.40.0.0/16"
                )
        return value


class MaintenanceSettings(Section):
    """The weekly window in which AKS may upgrade the cluster and its nodes."""

    day: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] = Field(
        "Sunday", description="Day of the week."
    )
    start_hour: int = Field(2, ge=0, le=23, description="Hour of the day, 0 to 23, at `utcOffset`.")
    duration_hours: int = Field(4, ge=4, le=24, description="Length of the window in hours.")
    utc_offset: Annotated[str, StringConstraints(pattern=r"^[+-](0[0-9]|1[0-4]):[0-5][0-9]$")] = Field(
        "+00:00", description="Offset from UTC, for example -05:00."
    )


class PoolSize(Section):
    """The size of a node pool, which the cluster autoscaler moves within."""

    vm_size: VmSize = Field("Standard_D4ds_v5", description="Azure VM size of the nodes.")
    min_nodes: int = Field(1, ge=0, le=1000, description="Fewest nodes.")
    max_nodes: int = Field(6, ge=1, le=1000, description="Most nodes.")

    @field_validator("max_nodes")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        fewest = info.data.get("min_nodes")
        if fewest is not None and value < fewest:
            raise ValueError(f"is {value}, less than minNodes ({fewest}): must be at least {fewest}")
        return value


class SystemPoolSettings(PoolSize):
    """The pool for the cluster's own components. Size and zones are fixed once it exists."""

    min_nodes: int = Field(2, ge=2, le=1000, description="Fewest nodes; AKS wants two or more.")
    max_nodes: int = Field(3, ge=2, le=1000, description="Most nodes.")


class PoolSettings(PoolSize):
    """A user pool. A change that Azure refuses on a living pool makes a new one, then drops the old."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$")] = Field(
        description="1 to 12 lower-case letters and digits; the first is a letter."
    )
    purpose: Literal["airflow", "workers", "other"] = Field(
        "airflow", description="airflow: Airflow's own pods; workers: task pods; other: nothing of ours."
    )
    zones: Annotated[tuple[Zone, ...], EachOnce] | None = Field(
        None, description="Availability zones; null = those of the cluster."
    )
    spot: bool = Field(False, description="Spot nodes: cheap, and Azure may take them back at any time.")
    gpu: bool = Field(False, description="A GPU size: tainted `sku=gpu:NoSchedule`, so that only GPU tasks land there.")
    os_disk_size_gb: int | None = Field(None, ge=30, le=2048, description="OS disk in GiB; null = what AKS picks.")
    max_pods: int = Field(110, ge=10, le=250, description="Most pods per node.")
    labels: dict[LabelKey, Label] = Field({}, description="More node labels.")
    taints: Annotated[tuple[Taint, ...], EachOnce] = Field((), description="More node taints, as key=value:Effect.")


def _default_pools() -> tuple[PoolSettings, ...]:
    return (
        PoolSettings(name="airflow", min_nodes=1, max_nodes=6),
        PoolSettings(name="tasks", vm_size="Standard_D8ds_v5", min_nodes=0, max_nodes=20, spot=True, purpose="workers"),
    )


class ClusterSettings(Section):
    """The AKS cluster and its node pools."""

    kubernetes_version: Annotated[str, StringConstraints(pattern=r"^1\.[0-9]{2}$")] = Field(
        "1.35",
        description="Minor version. With autoUpgrade stable or rapid only the version at creation.",
    )
    tier: Literal["Free", "Standard", "Premium"] = Field("Standard", description="Tier of the control plane.")
    zones: Annotated[tuple[Zone, ...], EachOnce] = Field(
        ("1", "2", "3"), description="Availability zones; [] where the region has none."
    )
    private_api_server: bool = Field(False, description="API server reachable from the network only.")
    authorized_ip_ranges: Annotated[tuple[Cidr, ...], EachOnce] = Field(
        (), max_length=199, description="Ranges that may reach a public API server; [] = all."
    )
    admin_group_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of Entra groups with cluster admin; [] = local accounts only."
    )
    local_accounts: bool = Field(
        True, description="False needs adminGroupIds; the kubeconfig then signs in with kubelogin."
    )
    auto_upgrade: Literal["none", "patch", "stable", "rapid", "node-image"] = Field(
        "stable", description="Auto-upgrade channel of the cluster."
    )
    node_os_upgrade: Literal["None", "Unmanaged", "SecurityPatch", "NodeImage"] = Field(
        "NodeImage", description="Upgrade channel of the node image."
    )
    maintenance: MaintenanceSettings = Field(
        MaintenanceSettings(), description="When upgrades may run; used for both channels."
    )
    system_pool: SystemPoolSettings = Field(SystemPoolSettings(), description="The pool for the cluster's components.")
    pools: tuple[PoolSettings, ...] = Field(
        default_factory=_default_pools, description="User pools; Airflow's pods and its tasks run here."
    )


class RegistrySettings(Section):
    """The container registry that every pod pulls from."""

    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Premium", description="Premium is needed for private access and retention."
    )
    admin_user: bool = Field(False, description="A stored registry password. Nothing here needs it.")
    public_access: bool = Field(True, description="False: reachable through a private endpoint only; needs Premium.")
    retention_days: int = Field(30, ge=0, le=365, description="Days that untagged images are kept (Premium only).")


class KeyVaultSettings(Section):
    """The vault that holds every secret."""

    purge_protection: bool = Field(True, description="Cannot be turned off again.")
    soft_delete_days: int = Field(
        30, ge=7, le=90, description="Days a deleted vault keeps its name; fixed at creation."
    )
    public_access: bool = Field(True, description="False: reachable through a private endpoint only.")
    reader_principal_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of people, groups or apps that may read the secrets."
    )


class LogsSettings(Section):
    """Where task logs go."""

    delivery: Literal["blob", "blobfuse", "azureFiles"] = Field(
        "blob",
        description="blob: uploaded to Blob Storage, without a key; blobfuse: the blob container as a volume, without "
        "a key; azureFiles: a file share as a volume.",
    )
    redundancy: Redundancy = Field(
        "Standard_ZRS",
        description="Copies that Azure Storage keeps, of logs and of the DAGs' share. The Premium ones are for shares.",
    )
    retention_days: int = Field(90, ge=1, le=3650, description="Days until a log is deleted.")
    size_gb: ShareSize = Field(100, description="Size of the volume in GiB: the share's quota (volumes only).")


class DatabaseSettings(Section):
    """The PostgreSQL Flexible Server with Airflow's metadata."""

    sku: VmSize = Field("Standard_D2ds_v5", description="Compute size; must belong to `tier`.")
    tier: Literal["Burstable", "GeneralPurpose", "MemoryOptimized"] = Field("GeneralPurpose", description="Tier.")
    version: Literal["14", "15", "16", "17", "18"] = Field("17", description="Major version of PostgreSQL.")
    storage_gb: Literal[32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384] = Field(
        64, description="Disk in GiB. It can grow, never shrink."
    )
    high_availability: Literal["Disabled", "SameZone", "ZoneRedundant"] = Field("Disabled", description="Standby.")
    backup_days: int = Field(14, ge=7, le=35, description="Days of backups.")
    geo_redundant_backup: bool = Field(False, description="Backups in the paired region too; fixed at creation.")
    access: Literal["private", "public"] = Field(
        "private", description="private: in the network; public: Azure services and allowedIpRanges. Fixed at creation."
    )
    allowed_ip_ranges: Annotated[tuple[Cidr, ...], EachOnce] = Field(
        (), description="Ranges that may connect (public access only)."
    )
    pooler: Literal["pgbouncer", "server", "none"] = Field(
        "pgbouncer", description="pgbouncer: the chart's; server: built in, port 6432; none: straight to the server."
    )


class BrokerSettings(Section):
    """The Azure Managed Redis that hands tasks to Celery workers. It exists with an executor with Celery only."""

    # Azure, "Clustering on Azure Managed Redis": without clusters, which Celery needs, up to 25 GB.
    sku: Literal[
        "Balanced_B0",
        "Balanced_B1",
        "Balanced_B3",
        "Balanced_B5",
        "Balanced_B10",
        "Balanced_B20",
        "MemoryOptimized_M10",
        "MemoryOptimized_M20",
        "ComputeOptimized_X3",
        "ComputeOptimized_X5",
        "ComputeOptimized_X10",
        "ComputeOptimized_X20",
    ] = Field("Balanced_B0", description="Size; the number is about its memory in GB, B0 has half of one.")
    high_availability: bool = Field(
        True, description="A second copy, in another zone where there are some. Azure cannot turn it off again."
    )
