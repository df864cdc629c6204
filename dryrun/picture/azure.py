"""The texts of the boxes in Azure, each from its own component."""

from __future__ import annotations

from typing import Final

from dryrun.facts import at, size
from dryrun.plan import Resource
from dryrun.tree import Component
from dryrun.words import counted, spoken

from .box import Box, box_of, first

_STANDBY: Final = {"ZoneRedundant": "standby in another zone", "SameZone": "standby in the same zone"}


def resource_group(resource: Resource) -> Box:
    """The resource group around everything in Azure."""
    name, location = resource.inputs.get("resourceGroupName", resource.name), resource.inputs.get("location", "")
    return Box(title="Resource group", lines=(f"{name}, {location}",), side="azure", urn=resource.urn)


def network(part: Component) -> Box:
    """The virtual network: its addresses, subnets and private DNS."""
    inputs = first(part, "azure-native:network:VirtualNetwork")
    name, space = inputs.get("virtualNetworkName", part.name), at(inputs, "addressSpace", "addressPrefixes", 0)
    subnets = [
        f"{s.inputs.get('subnetName', s.name)} /{str(s.inputs.get('addressPrefix')).rpartition('/')[2]}"
        for s in part.all("azure-native:network:Subnet")
    ]
    zones = len(part.all("azure-native:privatedns:PrivateZone"))
    said = ", ".join([*subnets, *([counted(zones, "private DNS zone")] if zones else [])])
    return box_of(part, "Virtual network", "azure", f"{name}, {space}", said)


def log_storage(part: Component) -> Box:
    """Where task logs go, and for how long."""
    accounts = part.all("azure-native:storage:StorageAccount")
    # Azure takes keys unless it is told not to.
    keys = [item.inputs.get("allowSharedKeyAccess") is not False for item in accounts]
    account = first(part, "azure-native:storage:StorageAccount")
    container = first(part, "azure-native:storage:BlobContainer").get("containerName")
    rule = at(first(part, "azure-native:storage:ManagementPolicy"), "policy", "rules", 0, "definition", "actions")
    shares = len(part.all("azure-native:storage:FileShare"))
    days = at(rule, "baseBlob", "delete", "daysAfterModificationGreaterThan")
    return box_of(
        part,
        "Log storage",
        "azure",
        str(account.get("accountName", part.name)),
        f"container {container}" if container else "",
        ", ".join([size(at(account, "sku", "name")), *([f"kept {days} days"] if days else [])]),
        counted(shares, "file share") if shares else "",
        "shared keys allowed" if any(keys) else "no shared keys",
        private=account.get("publicNetworkAccess") == "Disabled",
    )


def database(part: Component) -> Box:
    """The PostgreSQL server and what it survives."""
    server = first(part, "azure-native:dbforpostgresql:Server")
    parameters = part.all("azure-native:dbforpostgresql:Configuration")
    pooled = any(parameter.inputs.get("configurationName") == "pgbouncer.enabled" for parameter in parameters)
    private = bool(at(server, "network", "delegatedSubnetResourceId"))
    return box_of(
        part,
        "Database",
        "azure",
        str(server.get("serverName", part.name)),
        f"PostgreSQL {server.get('version')}, {size(at(server, 'sku', 'name'))}",
        f"{at(server, 'storage', 'storageSizeGB')} GB, backups {at(server, 'backup', 'backupRetentionDays')} days",
        "built-in pooler" if pooled else "",
        _STANDBY.get(str(at(server, "highAvailability", "mode")), "no standby"),
        private=private or at(server, "network", "publicNetworkAccess") == "Disabled",
        access="private subnet" if private else "private endpoint",
    )


def broker(part: Component) -> Box:
    """The Redis that Celery's workers take tasks from."""
    inputs = first(part, "azure-native:redisenterprise:RedisEnterprise")
    return box_of(
        part,
        "Broker",
        "azure",
        str(inputs.get("clusterName", part.name)),
        f"Managed Redis, {str(at(inputs, 'sku', 'name')).rpartition('_')[2]}",
        "second copy" if inputs.get("highAvailability") == "Enabled" else "one copy",
        private=inputs.get("publicNetworkAccess") == "Disabled",
    )


def key_vault(part: Component) -> Box:
    """The vault and how hard it is to lose."""
    properties = at(first(part, "azure-native:keyvault:Vault"), "properties") or {}
    return box_of(
        part,
        "Key Vault",
        "azure",
        str(first(part, "azure-native:keyvault:Vault").get("vaultName", part.name)),
        f"kept {properties.get('softDeleteRetentionInDays')} days after deletion",
        "purge protection" if properties.get("enablePurgeProtection") else "no purge protection",
        private=str(properties.get("publicNetworkAccess")).lower() == "disabled",
    )


def generated_secrets(part: Component) -> Box:
    """The values that the program makes up, and the vault's secrets made of them."""
    made = sum(resource.type.startswith("random:") for resource in part.resources)
    stored = len(part.all("azure-native:keyvault:Secret"))
    random = f"{counted(made, 'random value')}" if made else ""
    return box_of(part, "Airflow's secrets", "azure", counted(stored, "Key Vault secret"), random)


def registry(part: Component) -> Box:
    """The registry that every pod pulls from."""
    inputs = first(part, "azure-native:containerregistry:Registry")
    admin = "admin user" if inputs.get("adminUserEnabled") else "no admin user"
    private = inputs.get("publicNetworkAccess") == "Disabled"
    sku = at(inputs, "sku", "name")
    return box_of(
        part, "Registry", "azure", str(inputs.get("registryName", part.name)), f"{sku}, {admin}", private=private
    )


def images(part: Component) -> Box:
    """The imports into the registry."""
    imports = [resource for resource in part.resources if resource.type.endswith(":ImageImport")]
    pinned = sum(bool(resource.inputs.get("digest")) for resource in imports)
    how = f"{pinned} by digest, {len(imports) - pinned} by tag" if pinned else "by tag"
    return box_of(part, "Images", "azure", f"{counted(len(imports), 'image')} imported", how)


def identity(part: Component) -> Box:
    """A workload identity: who signs in with it, and what it may do."""
    name = first(part, "azure-native:managedidentity:UserAssignedIdentity").get("resourceName", part.name)
    accounts = len(part.all("azure-native:managedidentity:FederatedIdentityCredential"))
    grants = part.all("azure-native:authorization:RoleAssignment")
    rights = ", ".join(grant.name.removeprefix(f"{part.name}-").replace("-", " ") for grant in grants)
    return box_of(part, spoken(part.name), "azure", str(name), f"{counted(accounts, 'service account')}", rights)
