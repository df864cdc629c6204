"""What the costs of a plan leave out: types that Azure charges nothing for, and charges that no plan can know."""

from __future__ import annotations

from typing import Final

from dryrun.plan import Plan

from .charges import PRICED

# Types without a charge of their own.
FREE: Final = frozenset(
    {
        "azure-native:authorization:RoleAssignment",
        "azure-native:containerregistry:CacheRule",
        "azure-native:containerservice:MaintenanceConfiguration",
        "azure-native:dbforpostgresql:Configuration",
        "azure-native:dbforpostgresql:Database",
        "azure-native:dbforpostgresql:FirewallRule",
        # A record in a zone that exists: Azure charges for zones and queries.
        "azure-native:dns:RecordSet",
        "azure-native:keyvault:Secret",
        "azure-native:managedidentity:FederatedIdentityCredential",
        "azure-native:managedidentity:UserAssignedIdentity",
        # Mails are free up to 1,000 a month.
        "azure-native:monitor:ActionGroup",
        "azure-native:monitor:DataCollectionRule",
        "azure-native:monitor:DataCollectionRuleAssociation",
        "azure-native:monitor:DiagnosticSetting",
        "azure-native:network:NetworkSecurityGroup",
        "azure-native:network:PrivateDnsZoneGroup",
        "azure-native:network:SecurityRule",
        "azure-native:network:Subnet",
        "azure-native:network:VirtualNetwork",
        # Charged by the traffic, which NOT_PRICED names.
        "azure-native:network:VirtualNetworkPeering",
        "azure-native:privatedns:VirtualNetworkLink",
        "azure-native:redisenterprise:Database",
        "azure-native:resources:ResourceGroup",
        "azure-native:storage:BlobContainer",
        "azure-native:storage:FileServiceProperties",
        "azure-native:storage:ManagementPolicy",
        "pulumi-python:dynamic/airflow-aks:ImageImport",
        "pulumi:index:Stash",
    }
)
# Kubernetes objects run on nodes that are priced; the others exist in Pulumi's state alone.
_FREE_PREFIXES: Final = ("kubernetes:", "pulumi:providers:", "random:")
# What a bill may have besides, and why no figure stands here.
NOT_PRICED: Final = (
    "data that leaves Azure, a zone, or the network through a peering",
    "data that a NAT gateway, a private endpoint or a load balancer processes",
    "transactions and the amount of data in storage accounts, and operations on the Key Vault",
    "logs and metrics that a workspace takes in or keeps longer than the free days",
    "backups of the database beyond the size of its storage, and their copies in another region",
    "images in the registry beyond what its tier includes",
    "nodes that an upgrade adds for a while, and disks and load balancers that pods of yours ask for",
    "reservations, savings plans, discounts of a contract, and taxes",
)
_NETWORKING_SERVICES: Final = "Advanced Container Networking Services, by the node"
_DEFENDER: Final = "Microsoft Defender for Containers, by the vCPU of the nodes"


def list_unknown_types(plan: Plan) -> list[str]:
    """Return the types of a plan that are neither priced nor free."""
    types = {made.type for made in plan.resources if made.custom}
    return sorted(
        name for name in types if name not in PRICED and name not in FREE and not name.startswith(_FREE_PREFIXES)
    )


def list_not_priced(plan: Plan) -> tuple[str, ...]:
    """Return what the bill of a plan may have besides its costs."""
    clusters = plan.all("azure-native:containerservice:ManagedCluster")
    profiles = [dict(one.inputs.get("networkProfile") or {}) for one in clusters]
    services = any((profile.get("advancedNetworking") or {}).get("enabled") for profile in profiles)
    defended = any((dict(one.inputs.get("securityProfile") or {})).get("defender") for one in clusters)
    unknown = [f"{name}: this program knows no price of this type" for name in list_unknown_types(plan)]
    return (*NOT_PRICED, *([_NETWORKING_SERVICES] if services else []), *([_DEFENDER] if defended else []), *unknown)
