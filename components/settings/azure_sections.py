"""The sections of the stack file for Azure resources other than the cluster."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Literal

from pydantic import Field, StringConstraints, field_validator

from .allowed_traffic import AllowedEgress, AllowedIngress, HostPattern
from .base import Cidr, EachOnce, Guid, Section, VmSize
from .database_restore import FIRST_SERVER, RestoreSettings
from .existing_network import ExistingSubnets

# The id of the virtual network to peer with. Source: Azure, "Rules for virtual networks".
VirtualNetworkId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^/subscriptions/[^/]+/resourceGroups/[^/]+/providers/Microsoft\.Network/virtualNetworks/[^/]+$"
    ),
]
# The private ranges of RFC 1918 and RFC 6598.
_PRIVATE = tuple(map(ipaddress.IPv4Network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10")))
# Reserved by AKS. Source: AKS, "Configure Azure CNI networking in AKS", prerequisites.
_RESERVED = tuple(map(ipaddress.IPv4Network, ("172.30.0.0/16", "172.31.0.0/16")))
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
Outbound = Literal["natGateway", "loadBalancer", "userDefinedRouting"]
# GiB of a share in an account without large file shares. Source: "Scalability and performance targets for Azure Files".
ShareSize = Annotated[int, Field(ge=1, le=5120)]


class NetworkSettings(Section):
    """The virtual network of the stack."""

    address_space: Cidr = Field("10.40.0.0/16", description="A /20 or larger IPv4 range; subnets are planned from it.")
    existing: ExistingSubnets | None = Field(
        None,
        description="Subnets that exist already, instead of a network of the stack's own: see docs/landing-zone.md.",
    )
    outbound: Outbound = Field(
        "natGateway",
        description="How nodes reach the Internet. With `existing`, natGateway is the gateway of the nodes' subnet and "
        "userDefinedRouting its route table. Changing it replaces the cluster: see docs/recovery.md.",
    )
    private: bool = Field(
        False,
        description="True: no service has a public address. It sets `publicAccess: false` in registry, keyVault and "
        "logs, `database.access: private`, which the broker follows, and `cluster.privateApiServer: true`.",
    )
    peer_with: Annotated[tuple[VirtualNetworkId, ...], EachOnce] = Field(
        (), description="Ids of virtual networks to peer with. Only this side of each peering is created."
    )
    egress: Literal["open", "restricted"] = Field(
        "open",
        description="open: pods reach every address on the ports that the network policies open; restricted: they "
        "reach the hosts that Airflow needs, `allowedHosts` and `allowedEgress`, and nothing else. AKS charges for it "
        "by the node: see docs/private-network.md.",
    )
    allowed_hosts: Annotated[tuple[HostPattern, ...], EachOnce] = Field(
        (),
        description="Hosts that Airflow's pods, its tasks and the pods that tasks launch reach on port 443 with "
        "`egress: restricted`. `*` stands for any part of one label, as in `*.example.com`.",
    )
    allowed_egress: tuple[AllowedEgress, ...] = Field(
        (),
        description="Connections that Airflow's pods may open, besides those that the program opens itself.",
    )
    allowed_ingress: tuple[AllowedIngress, ...] = Field(
        (), description="Connections that Airflow's pods accept from elsewhere, such as a gateway of your own."
    )

    @property
    def grants_subnets(self) -> bool:
        """Whether the program assigns the roles that the cluster needs on its subnets."""
        return self.existing is None or self.existing.grant_access

    @property
    def restricted(self) -> bool:
        """Whether pods reach named hosts only."""
        return self.egress == "restricted"

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
        for reserved in _RESERVED:
            if network.overlaps(reserved):
                raise ValueError(f"overlaps {reserved}, which AKS reserves: choose another, for example 10.40.0.0/16")
        return value


class RegistrySettings(Section):
    """The container registry that every pod pulls from."""

    sku: Literal["Basic", "Standard", "Premium"] = Field(
        "Premium", description="Premium is needed for private access and retention."
    )
    admin_user: bool = Field(False, description="Turn on the registry's admin password. The program does not need it.")
    public_access: bool = Field(True, description="False: reachable through a private endpoint only; needs Premium.")
    retention_days: int = Field(30, ge=0, le=365, description="Days that untagged images are kept (Premium only).")


class KeyVaultSettings(Section):
    """The vault that holds every secret."""

    purge_protection: bool = Field(True, description="No early purge of a deleted vault. Cannot be turned off again.")
    soft_delete_days: int = Field(
        30, ge=7, le=90, description="Days that Azure keeps a deleted vault, and its name; fixed at creation."
    )
    public_access: bool = Field(True, description="False: reachable through a private endpoint only.")
    reader_principal_ids: Annotated[tuple[Guid, ...], EachOnce] = Field(
        (), description="Object ids of people, groups or apps that may read the secrets."
    )


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
