"""The sections of the stack file for log storage, the database and the broker."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from .base import Cidr, EachOnce, Section, VmSize
from .customer_keys import CustomerManagedKey
from .database_restore import FIRST_SERVER, RestoreSettings

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
# GiB of a share in an account without large file shares. Source: "Scalability and performance targets for Azure Files".
ShareSize = Annotated[int, Field(ge=1, le=5120)]


class LogsSettings(Section):
    """The delivery, storage and retention of task logs."""

    delivery: Literal["blob", "blobfuse", "azureFiles"] = Field(
        "blob",
        description="blob: Airflow uploads logs to Blob Storage, without an account key; blobfuse: the blob container "
        "is mounted as a volume, without an account key; azureFiles: a file share is mounted as a volume.",
    )
    redundancy: Redundancy = Field(
        "Standard_ZRS",
        description="Redundancy of the storage for logs and of the DAGs' file share. Premium is for file shares only.",
    )
    retention_days: int = Field(90, ge=1, le=3650, description="Days until a log is deleted.")
    size_gb: ShareSize = Field(100, description="Size of the volume in GiB; for a share, its quota (volumes only).")
    public_access: bool = Field(
        True, description="False: blobs and file shares are reachable through private endpoints only."
    )


class DatabaseSettings(Section):
    """The PostgreSQL Flexible Server with Airflow's metadata."""

    sku: VmSize = Field("Standard_D2ds_v5", description="Compute size; must belong to `tier`.")
    tier: Literal["Burstable", "GeneralPurpose", "MemoryOptimized"] = Field("GeneralPurpose", description="Tier.")
    version: Literal["14", "15", "16", "17", "18"] = Field("17", description="Major version of PostgreSQL.")
    storage_gb: Literal[32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384] = Field(
        64, description="Disk in GiB. It can grow, never shrink."
    )
    high_availability: Literal["Disabled", "SameZone", "ZoneRedundant"] = Field(
        "Disabled", description="Standby server."
    )
    backup_days: int = Field(14, ge=7, le=35, description="Days that backups are kept.")
    geo_redundant_backup: bool = Field(False, description="Keep backups in the paired region too; fixed at creation.")
    access: Literal["private", "public"] = Field(
        "private", description="private: in the network; public: Azure services and allowedIpRanges. Fixed at creation."
    )
    allowed_ip_ranges: Annotated[tuple[Cidr, ...], EachOnce] = Field(
        (), description="IP ranges that may connect (public access only)."
    )
    customer_managed_key: CustomerManagedKey | None = Field(
        None,
        description="A key of yours instead of Azure's, with which the server is encrypted; fixed at creation. "
        "See docs/security-baseline.md.",
    )
    pooler: Literal["pgbouncer", "server", "none"] = Field(
        "pgbouncer",
        description="pgbouncer: PgBouncer pods of the chart; server: the server's own PgBouncer; "
        "none: direct connections.",
    )
    restore: RestoreSettings | None = Field(
        None,
        description="Restores a point in time to a new server, and points Airflow at it: see docs/operations.md.",
    )

    @property
    def servers(self) -> tuple[int, ...]:
        """The numbers of the servers that the stack has."""
        return self.restore.servers if self.restore is not None else (FIRST_SERVER,)

    @property
    def used_server(self) -> int:
        """The number of the server that Airflow uses."""
        return self.restore.used_server if self.restore is not None else FIRST_SERVER


class BrokerSettings(Section):
    """The Azure Managed Redis that passes tasks to Celery workers. Only executors with Celery have one."""

    # Celery needs Redis without clustering, and only sizes up to 25 GB support that.
    # Source: Azure, "Clustering on Azure Managed Redis".
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
    ] = Field("Balanced_B0", description="Size. The number is about the memory in GB; B0 has 0.5 GB.")
    high_availability: bool = Field(
        True, description="A second copy, in another zone if the region has zones. Azure cannot turn it off again."
    )
