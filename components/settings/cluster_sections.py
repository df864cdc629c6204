"""The sections of the stack file for the cluster and its node pools."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from .base import Cidr, EachOnce, Guid, Section, VmSize
from .customer_keys import DiskEncryptionSetId
from .monitoring import WorkspaceId

Label = Annotated[str, StringConstraints(max_length=63, pattern=r"^([A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)?$")]
LabelKey = Annotated[
    str, StringConstraints(max_length=253, pattern=r"^([a-z0-9.-]+/)?[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?$")
]
Taint = Annotated[
    str, StringConstraints(pattern=r"^[A-Za-z0-9./_-]+(=[A-Za-z0-9._-]*)?:(NoSchedule|PreferNoSchedule|NoExecute)$")
]
Zone = Literal["1", "2", "3"]
# From -12:00 to +14:00, the offsets that exist.
UtcOffset = Annotated[
    str,
    StringConstraints(pattern=r"^(\+(0[0-9]|1[0-3]):[0-5][0-9]|\+14:00|-(0[0-9]|1[01]):[0-5][0-9]|-12:00)$"),
]


class MaintenanceSettings(Section):
    """The weekly window in which AKS may upgrade the cluster and its nodes."""

    day: Literal["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"] = Field(
        "Sunday", description="Day of the week."
    )
    start_hour: int = Field(2, ge=0, le=23, description="Hour of the day, 0 to 23, at `utcOffset`.")
    duration_hours: int = Field(4, ge=4, le=24, description="Length of the window in hours.")
    utc_offset: UtcOffset = Field("+00:00", description="Offset from UTC, for example -05:00.")


class PoolSize(Section):
    """The VM size of a node pool, and the bounds of the cluster autoscaler."""

    vm_size: VmSize = Field("Standard_D4ds_v5", description="Azure VM size of the nodes.")
    min_nodes: int = Field(1, ge=0, le=1000, description="Minimum number of nodes.")
    max_nodes: int = Field(6, ge=1, le=1000, description="Maximum number of nodes.")

    @field_validator("max_nodes")
    @classmethod
    def _not_below_min(cls, value: int, info: ValidationInfo) -> int:
        fewest = info.data.get("min_nodes")
        if fewest is not None and value < fewest:
            raise ValueError(f"is {value}, less than minNodes ({fewest}): must be at least {fewest}")
        return value


class SystemPoolSettings(PoolSize):
    """The node pool for the cluster's own components. VM size and zones are fixed at creation."""

    min_nodes: int = Field(2, ge=2, le=1000, description="Minimum number of nodes; AKS requires 2.")
    max_nodes: int = Field(3, ge=2, le=1000, description="Maximum number of nodes.")


class PoolSettings(PoolSize):
    """A user pool. A change that AKS refuses on an existing pool creates a new pool, then deletes the old pool."""

    name: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,11}$")] = Field(
        description="1 to 12 lower-case letters and digits; the first is a letter."
    )
    purpose: Literal["airflow", "workers", "other"] = Field(
        "airflow",
        description="airflow: Airflow's own pods; workers: pods that run tasks; other: pods of yours, the only purpose "
        "in a stack without Airflow.",
    )
    zones: Annotated[tuple[Zone, ...], EachOnce] | None = Field(
        None, description="Availability zones; null = those of the cluster."
    )
    spot: bool = Field(False, description="Spot nodes: cheaper, but Azure may evict them at any time.")
    gpu: bool = Field(
        False,
        description="True for a GPU size: the taint `sku=gpu:NoSchedule` keeps other pods away, and NVIDIA's device "
        "plugin offers the GPUs to pods.",
    )
    os_disk_size_gb: int | None = Field(None, ge=30, le=2048, description="OS disk in GiB; null = the default of AKS.")
    max_pods: int = Field(110, ge=10, le=250, description="Maximum number of pods per node.")
    labels: dict[LabelKey, Label] = Field({}, description="Further node labels.")
    taints: Annotated[tuple[Taint, ...], EachOnce] = Field((), description="Further node taints, as key=value:Effect.")


def _default_pools() -> tuple[PoolSettings, ...]:
    return (
        PoolSettings(name="airflow", min_nodes=1, max_nodes=6),
        PoolSettings(name="tasks", vm_size="Standard_D8ds_v5", min_nodes=0, max_nodes=20, spot=True, purpose="workers"),
    )


class ClusterSettings(Section):
    """The AKS cluster and its node pools."""

    kubernetes_version: Annotated[str, StringConstraints(pattern=r"^1\.[0-9]{2}$")] = Field(
        "1.35",
        description="Minor version. With autoUpgrade stable or rapid, it applies at creation only.",
    )
    tier: Literal["Free", "Standard", "Premium"] = Field(
        "Standard", description="Tier of the control plane; Premium comes with long-term support."
    )
    zones: Annotated[tuple[Zone, ...], EachOnce] = Field(
        ("1", "2", "3"), description="Availability zones; [] where the region has none."
    )
    private_api_server: bool = Field(False, description="API server reachable from the virtual network only.")
    authorized_ip_ranges: Annotated[tuple[Cidr, ...], EachOnce] = Field(
        (), max_length=199, description="Public ranges that may reach a public API server; [] = all."
    )
    admin_group_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of Entra groups with the cluster admin role; [] = local accounts only."
    )
    azure_rbac: bool = Field(
        False,
        description="True: Azure role assignments decide who may do what in Kubernetes, instead of RoleBindings; needs "
        "adminGroupIds.",
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
    system_pool: SystemPoolSettings = Field(SystemPoolSettings(), description="The node pool for cluster components.")
    pools: tuple[PoolSettings, ...] = Field(
        default_factory=_default_pools, description="User node pools, which run Airflow's pods and its tasks."
    )
    azure_policy: bool = Field(
        False,
        description="True: the add-on of Azure Policy, with which policies check pods. False leaves the add-on to "
        "others, who may have turned it on.",
    )
    defender_workspace_id: WorkspaceId | None = Field(
        None,
        description="Id of a Log Analytics workspace that exists: Defender for Containers watches the nodes, and sends "
        "to it. null leaves Defender to others, who may have turned it on.",
    )
    disk_encryption_set_id: DiskEncryptionSetId | None = Field(
        None,
        description="Id of a disk encryption set in the stack's region and subscription, with whose key the disks of "
        "the nodes are encrypted; null = Azure's own keys. Fixed at creation.",
    )
    host_encryption: bool = Field(
        False,
        description="True: the machines that run the nodes encrypt temporary disks and caches too. Fixed at creation.",
    )
