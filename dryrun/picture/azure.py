"""Describes the boxes of Azure's services, each box from its component."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from dryrun.facts import look_up, shorten_size
from dryrun.plan import Plan, Resource
from dryrun.tree import Component
from dryrun.words import humanize, pluralize

from .box import PRIVATE_SUBNET, Box, find_inputs, make_box

_STANDBY: Final = {"ZoneRedundant": "standby in another zone", "SameZone": "standby in the same zone"}


def describe_resource_group(resource: Resource) -> Box:
    """Return the frame of the resource group, which contains everything in Azure."""
    name, location = resource.inputs.get("resourceGroupName", resource.name), resource.inputs.get("location", "")
    return Box(title="Resource group", lines=(f"{name}, {location}",), side="azure", urn=resource.urn)


def describe_existing_group(plan: Plan) -> Box:
    """Return the frame of a resource group that exists, of which the plan holds the name alone."""
    return Box(title="Existing resource group", lines=(str(plan.outputs.get("resourceGroupName", "")),), side="azure")


def describe_network(part: Component) -> Box:
    """Return the frame of the virtual network: name, address space, subnets and private DNS zones.

    Of an existing network, the plan holds the private DNS zones alone.
    """
    inputs = find_inputs(part, "azure-native:network:VirtualNetwork")
    if not inputs:
        zones = len(part.all("azure-native:privatedns:PrivateZone"))
        return make_box(
            part,
            "Existing network",
            "azure",
            "subnets of others",
            pluralize(zones, "private DNS zone") if zones else "",
        )
    name, space = inputs.get("virtualNetworkName", part.name), look_up(inputs, "addressSpace", "addressPrefixes", 0)
    subnets = [
        f"{s.inputs.get('subnetName', s.name)} /{str(s.inputs.get('addressPrefix')).rpartition('/')[2]}"
        for s in part.all("azure-native:network:Subnet")
    ]
    zones = len(part.all("azure-native:privatedns:PrivateZone"))
    content = ", ".join([*subnets, *([pluralize(zones, "private DNS zone")] if zones else [])])
    return make_box(part, "Virtual network", "azure", f"{name}, {space}", content)


def add_zones_of_others(network: Box, plan: Plan) -> Box:
    """Return the frame of the network with the private DNS zones that are not the stack's own, if it uses any."""
    made = {zone.id for zone in plan.all("azure-native:privatedns:PrivateZone")}
    groups = plan.all("azure-native:network:PrivateDnsZoneGroup")
    used = [config["privateDnsZoneId"] for group in groups for config in group.inputs["privateDnsZoneConfigs"]]
    used += [
        str(look_up(server.inputs, "network", "privateDnsZoneArmResourceId") or "")
        for server in plan.all("azure-native:dbforpostgresql:Server")
    ]
    used += [
        str(look_up(cluster.inputs, "apiServerAccessProfile", "privateDNSZone") or "")
        for cluster in plan.all("azure-native:containerservice:ManagedCluster")
    ]
    others = {zone_id for zone_id in used if zone_id.startswith("/")} - made
    named = {group.inputs["privateEndpointName"] for group in groups}
    endpoints = [item.inputs.get("privateEndpointName") for item in plan.all("azure-native:network:PrivateEndpoint")]
    by_policy = any(name is not None and name not in named for name in endpoints)
    found = [
        *([f"{pluralize(len(others), 'private DNS zone')} of others"] if others else []),
        *(["private endpoints named by Azure Policy"] if by_policy else []),
    ]
    return replace(network, lines=(*network.lines, ", ".join(found))) if found else network


def describe_log_storage(part: Component) -> Box:
    """Return the box of the log storage: account, container, redundancy, retention, and whether keys are allowed."""
    accounts = part.all("azure-native:storage:StorageAccount")
    # Azure allows shared keys unless the account forbids them.
    keys = [item.inputs.get("allowSharedKeyAccess") is not False for item in accounts]
    account = find_inputs(part, "azure-native:storage:StorageAccount")
    container = find_inputs(part, "azure-native:storage:BlobContainer").get("containerName")
    policy = find_inputs(part, "azure-native:storage:ManagementPolicy")
    deletion = look_up(policy, "policy", "rules", 0, "definition", "actions", "baseBlob", "delete")
    shares = len(part.all("azure-native:storage:FileShare"))
    days = look_up(deletion, "daysAfterModificationGreaterThan")
    return make_box(
        part,
        "Log storage",
        "azure",
        str(account.get("accountName", part.name)),
        f"container {container}" if container else "",
        ", ".join([shorten_size(look_up(account, "sku", "name")), *([f"kept {days} days"] if days else [])]),
        pluralize(shares, "file share") if shares else "",
        "shared keys allowed" if any(keys) else "no shared keys",
        private=account.get("publicNetworkAccess") == "Disabled",
    )


def describe_database(part: Component) -> Box:
    """Return the box of the PostgreSQL server: name, version, size, storage, backups, pooler, standby, others."""
    server = find_inputs(part, "azure-native:dbforpostgresql:Server")
    parameters = part.all("azure-native:dbforpostgresql:Configuration")
    others = [str(item.inputs.get("serverName")) for item in part.all("azure-native:dbforpostgresql:Server")[1:]]
    pooled = any(parameter.inputs.get("configurationName") == "pgbouncer.enabled" for parameter in parameters)
    private = bool(look_up(server, "network", "delegatedSubnetResourceId"))
    storage, days = look_up(server, "storage", "storageSizeGB"), look_up(server, "backup", "backupRetentionDays")
    return make_box(
        part,
        "Database",
        "azure",
        str(server.get("serverName", part.name)),
        f"PostgreSQL {server.get('version')}, {shorten_size(look_up(server, 'sku', 'name'))}",
        f"{storage} GB, backups {days} days",
        "built-in pooler" if pooled else "",
        _STANDBY.get(str(look_up(server, "highAvailability", "mode")), "no standby"),
        "own key" if look_up(server, "dataEncryption", "type") == "AzureKeyVault" else "",
        f"beside it: {', '.join(others)}" if others else "",
        private=private or look_up(server, "network", "publicNetworkAccess") == "Disabled",
        access=PRIVATE_SUBNET if private else "private endpoint",
    )


def describe_broker(part: Component) -> Box:
    """Return the box of the Managed Redis from which Celery workers take tasks."""
    inputs = find_inputs(part, "azure-native:redisenterprise:RedisEnterprise")
    return make_box(
        part,
        "Broker",
        "azure",
        str(inputs.get("clusterName", part.name)),
        f"Managed Redis, {str(look_up(inputs, 'sku', 'name')).rpartition('_')[2]}",
        "second copy" if inputs.get("highAvailability") == "Enabled" else "one copy",
        private=inputs.get("publicNetworkAccess") == "Disabled",
    )


def describe_key_vault(part: Component) -> Box:
    """Return the box of the Key Vault: name, soft delete and purge protection.

    Of an existing vault, the plan holds the provider of its subscription alone.
    """
    properties = look_up(find_inputs(part, "azure-native:keyvault:Vault"), "properties") or {}
    if not properties:
        return make_box(part, "Existing Key Vault", "azure", "a vault of others", "a role on each secret")
    return make_box(
        part,
        "Key Vault",
        "azure",
        str(find_inputs(part, "azure-native:keyvault:Vault").get("vaultName", part.name)),
        f"kept {properties.get('softDeleteRetentionInDays')} days after deletion",
        "purge protection" if properties.get("enablePurgeProtection") else "no purge protection",
        private=str(properties.get("publicNetworkAccess")).lower() == "disabled",
    )


def describe_generated_secrets(part: Component) -> Box:
    """Return the box of Airflow's own secrets: the number of Key Vault secrets, and of random values behind them."""
    made = sum(resource.type.startswith("random:") for resource in part.resources)
    stored = len(part.all("azure-native:keyvault:Secret"))
    random = f"{pluralize(made, 'random value')}" if made else ""
    return make_box(part, "Airflow's secrets", "azure", pluralize(stored, "Key Vault secret"), random)


def describe_registry(part: Component) -> Box:
    """Return the box of the container registry, from which the cluster pulls all images."""
    inputs = find_inputs(part, "azure-native:containerregistry:Registry")
    if not inputs:
        pull = find_inputs(part, "azure-native:authorization:RoleAssignment").get("scope", "")
        return make_box(part, "Existing registry", "azure", str(pull).rpartition("/")[2] or "of others")
    admin = "admin user" if inputs.get("adminUserEnabled") else "no admin user"
    private = inputs.get("publicNetworkAccess") == "Disabled"
    lines = [str(inputs.get("registryName", part.name)), f"{look_up(inputs, 'sku', 'name')}, {admin}"]
    if part.all("azure-native:containerregistry:CacheRule"):
        lines.append("nodes start from it")
    return make_box(part, "Registry", "azure", *lines, private=private)


def describe_images(part: Component) -> Box:
    """Return the box of the image imports into the registry."""
    imports = [resource for resource in part.resources if resource.type.endswith(":ImageImport")]
    pinned = sum(bool(resource.inputs.get("digest")) for resource in imports)
    how = f"{pinned} by digest, {len(imports) - pinned} by tag" if pinned else "by tag"
    return make_box(part, "Images", "azure", f"{pluralize(len(imports), 'image')} imported", how)


def describe_identity(part: Component) -> Box:
    """Return the box of a workload identity: its name, its roles, and the number of service accounts that use it."""
    name = find_inputs(part, "azure-native:managedidentity:UserAssignedIdentity").get("resourceName", part.name)
    accounts = len(part.all("azure-native:managedidentity:FederatedIdentityCredential"))
    grants = part.all("azure-native:authorization:RoleAssignment")
    rights = ", ".join(grant.name.removeprefix(f"{part.name}-").replace("-", " ") for grant in grants)
    return make_box(part, humanize(part.name), "azure", str(name), f"{pluralize(accounts, 'service account')}", rights)


def describe_remote_clusters(part: Component) -> Box:
    """Return the box of the other clusters: their number, and the identity with which pods sign in to them."""
    clusters = sum(nested.class_name == "RemoteCluster" for nested in part.nested)
    name = find_inputs(part, "azure-native:managedidentity:UserAssignedIdentity").get("resourceName", part.name)
    return make_box(part, "Remote clusters", "azure", str(name), pluralize(clusters, "other cluster"))


def describe_monitoring(part: Component) -> Box:
    """Return the box of monitoring: the workspace's name, what it collects, and the number of alerts and addresses."""
    rule = find_inputs(part, "azure-native:monitor:DataCollectionRule")
    workspace = str(look_up(rule, "destinations", "logAnalytics", 0, "workspaceResourceId")).rpartition("/")[2]
    audited = len(part.all("azure-native:monitor:DiagnosticSetting"))
    kinds = ("azure-native:monitor:MetricAlert", "azure-native:monitor:ScheduledQueryRule")
    alerts = sum(len(part.all(kind)) for kind in kinds)
    group = find_inputs(part, "azure-native:monitor:ActionGroup")
    addresses = pluralize(len(look_up(group, "emailReceivers") or ()), "address")
    return make_box(
        part,
        "Log Analytics",
        "azure",
        workspace,
        f"Container insights, {pluralize(audited, 'audit log')}",
        f"{pluralize(alerts, 'alert')} to {addresses}" if alerts else "no alerts",
    )
