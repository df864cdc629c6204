"""The resources of a stack as Azure Policy gets to see them: the properties that policies usually decide on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, NamedTuple

from components.azure.cluster_profile import OUTBOUND_TYPES
from components.azure.endpoints import private_zones
from components.azure.log_storage_plan import blob_redundancy, file_shares

from .situation import Situation
from .stack_in_azure import CLUSTER, DATABASE, PUBLIC_ADDRESS, REGISTRY, STORAGE, VAULT

PRIVATE_ZONE: Final = "Microsoft.Network/privateDnsZones"
# The versions with which azure-native creates the types.
API_VERSIONS: Final = {
    "Microsoft.Cache/redisEnterprise": "2025-07-01",
    "Microsoft.Compute/virtualMachineScaleSets": "2024-11-01",
    CLUSTER: "2025-09-01",
    REGISTRY: "2023-01-01-preview",
    DATABASE: "2025-08-01",
    VAULT: "2024-11-01",
    "Microsoft.ManagedIdentity/userAssignedIdentities": "2023-01-31",
    PUBLIC_ADDRESS: "2024-05-01",
    PRIVATE_ZONE: "2024-06-01",
    "Microsoft.Network/virtualNetworks": "2024-05-01",
    "Microsoft.OperationalInsights/workspaces": "2023-09-01",
    "Microsoft.Resources/subscriptions/resourceGroups": "2024-03-01",
    STORAGE: "2024-01-01",
}


class Subject(NamedTuple):
    """A resource of the stack: type, name, and the content that a policy decides on."""

    kind: str
    name: str
    content: dict[str, Any]


def list_subjects(situation: Situation) -> list[Subject]:
    """Return the resources that policies may deny, in the order in which the program makes them."""
    settings = situation.settings
    place = {
        "location": situation.location,
        "tags": {**settings.tags, "project": settings.project, "stack": settings.stack},
    }
    return [
        Subject(kind, name, {"type": kind, "name": name, **place, **content})
        for kind, name, content in _contents(situation)
    ]


def _contents(situation: Situation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    settings, names = situation.settings, situation.names
    if not situation.stack.own and settings.resource_group.existing_name is None:
        yield "Microsoft.Resources/subscriptions/resourceGroups", names.resource_group, {}
    if settings.network.existing is None:
        space = {"addressPrefixes": [settings.network.address_space]}
        yield "Microsoft.Network/virtualNetworks", names.network, {"properties": {"addressSpace": space}}
    if settings.network.private_dns.mode == "own":
        for zone in private_zones(settings, names.database_zone, broker=situation.parts.celery_workers).values():
            yield PRIVATE_ZONE, str(zone), {"location": "Global"}
    for name in _public_addresses(situation):
        yield PUBLIC_ADDRESS, name, _PUBLIC_ADDRESS
    identity = names.airflow_identity if settings.has_airflow else names.kubelet_identity
    yield "Microsoft.ManagedIdentity/userAssignedIdentities", identity, {}
    yield CLUSTER, names.cluster, _cluster(situation)
    for size in dict.fromkeys(pool.settings.vm_size for pool in situation.node_pools):
        yield "Microsoft.Compute/virtualMachineScaleSets", f"aks-{size}", {"sku": {"name": size}}
    if settings.registry.existing_id is None:
        yield REGISTRY, names.registry, _registry(situation)
    if settings.has_airflow:
        if settings.key_vault.existing_id is None:
            yield VAULT, names.vault, _vault(situation)
        yield from _accounts(situation)
        yield DATABASE, names.database_server, _database(situation)
    if situation.parts.celery_workers:
        yield "Microsoft.Cache/redisEnterprise", names.broker, _broker(situation)
    if settings.monitored and settings.monitoring is not None and settings.monitoring.workspace_id is None:
        content = {"sku": {"name": "PerGB2018"}, "retentionInDays": settings.monitoring.retention_days}
        yield "Microsoft.OperationalInsights/workspaces", names.log_workspace, {"properties": content}


_PUBLIC_ADDRESS: Final = {
    "sku": {"name": "Standard", "tier": "Regional"},
    "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
}


def _public_addresses(situation: Situation) -> Iterator[str]:
    access, network = situation.settings.access, situation.settings.network
    if network.outbound == "natGateway" and network.existing is None:
        yield situation.names.by_pattern("pip", "network-outbound-ip")
    if access is not None and access.visibility == "public":
        yield situation.names.gateway_address


def _cluster(situation: Situation) -> dict[str, Any]:
    settings = situation.settings.cluster
    return {
        "sku": {"name": "Base", "tier": settings.tier},
        "identity": {"type": "UserAssigned"},
        "properties": {
            "kubernetesVersion": settings.kubernetes_version,
            "enableRBAC": True,
            "disableLocalAccounts": not settings.local_accounts,
            "apiServerAccessProfile": {
                "enablePrivateCluster": settings.private_api_server,
                **({} if settings.private_api_server else {"authorizedIPRanges": list(settings.authorized_ip_ranges)}),
            },
            "networkProfile": {
                "networkPlugin": "azure",
                "networkPolicy": "cilium",
                "outboundType": OUTBOUND_TYPES[situation.settings.network.outbound],
                "loadBalancerSku": "standard",
            },
            "oidcIssuerProfile": {"enabled": True},
            **_cluster_security(situation),
        },
    }


def _cluster_security(situation: Situation) -> dict[str, Any]:
    """Return what the security baseline adds. Policies on encrypted hosts look at each pool that is created."""
    settings = situation.settings.cluster
    pool: dict[str, Any] = {"name": "system", "mode": "System", "vmSize": settings.system_pool.vm_size}
    if settings.host_encryption:
        pool["enableEncryptionAtHost"] = True
    found: dict[str, Any] = {"agentPoolProfiles": [pool]}
    if settings.disk_encryption_set_id is not None:
        found["diskEncryptionSetID"] = settings.disk_encryption_set_id
    if settings.azure_policy:
        found["addonProfiles"] = {"azurepolicy": {"enabled": True}}
    if settings.defender_workspace_id is not None:
        found["securityProfile"] = {
            "defender": {
                "logAnalyticsWorkspaceResourceId": settings.defender_workspace_id,
                "securityMonitoring": {"enabled": True},
            }
        }
    return found


def _registry(situation: Situation) -> dict[str, Any]:
    settings = situation.settings.registry
    properties = {
        "adminUserEnabled": settings.admin_user,
        "anonymousPullEnabled": False,
        "networkRuleBypassOptions": "AzureServices",
        "publicNetworkAccess": "Enabled" if settings.public_access else "Disabled",
        "zoneRedundancy": "Enabled" if situation.settings.cluster.zones else "Disabled",
    }
    return {"sku": {"name": settings.sku}, "properties": properties}


def _vault(situation: Situation) -> dict[str, Any]:
    settings = situation.settings.key_vault
    properties: dict[str, Any] = {
        "sku": {"family": "A", "name": "standard"},
        "enableRbacAuthorization": True,
        "enableSoftDelete": True,
        "softDeleteRetentionInDays": settings.soft_delete_days,
        "publicNetworkAccess": "enabled" if settings.public_access else "disabled",
        "networkAcls": {"bypass": "AzureServices", "defaultAction": "Allow" if settings.public_access else "Deny"},
    }
    if settings.purge_protection:
        properties["enablePurgeProtection"] = True
    return {"properties": properties}


def _accounts(situation: Situation) -> Iterator[tuple[str, str, dict[str, Any]]]:
    settings, names = situation.settings.logs, situation.names
    shares = bool(file_shares(settings, situation.settings.dags))
    accounts = [(names.storage_account, "StorageV2", blob_redundancy(settings.redundancy))]
    if situation.has_file_account:
        accounts.append((names.file_storage_account, "FileStorage", settings.redundancy))
    for name, kind, sku in accounts:
        properties = {
            "minimumTlsVersion": "TLS1_2",
            "supportsHttpsTrafficOnly": True,
            "allowBlobPublicAccess": False,
            "allowSharedKeyAccess": kind == "FileStorage" or (shares and not situation.has_file_account),
            "allowCrossTenantReplication": False,
            "defaultToOAuthAuthentication": True,
            "publicNetworkAccess": "Enabled" if settings.public_access else "Disabled",
        }
        yield STORAGE, name, {"kind": kind, "sku": {"name": sku}, "properties": properties}


def _database(situation: Situation) -> dict[str, Any]:
    settings = situation.settings.database
    properties = {
        "version": settings.version,
        "authConfig": {"activeDirectoryAuth": "Disabled", "passwordAuth": "Enabled"},
        "storage": {"storageSizeGB": settings.storage_gb, "autoGrow": "Enabled"},
        "backup": {
            "backupRetentionDays": settings.backup_days,
            "geoRedundantBackup": "Enabled" if settings.geo_redundant_backup else "Disabled",
        },
        "highAvailability": {"mode": settings.high_availability},
        "network": {"publicNetworkAccess": "Disabled" if settings.access == "private" else "Enabled"},
    }
    if (key := settings.customer_managed_key) is not None:
        properties["dataEncryption"] = {
            "type": "AzureKeyVault",
            "primaryKeyURI": key.key_id,
            "primaryUserAssignedIdentityId": key.identity_id,
        }
    return {"sku": {"name": settings.sku, "tier": settings.tier}, "properties": properties}


def _broker(situation: Situation) -> dict[str, Any]:
    settings = situation.settings.broker
    properties = {
        "minimumTlsVersion": "1.2",
        "highAvailability": "Enabled" if settings.high_availability else "Disabled",
        "publicNetworkAccess": "Disabled" if situation.settings.database.access == "private" else "Enabled",
    }
    return {"sku": {"name": settings.sku}, "properties": properties}
