"""What Azure refuses, as far as a simulation can know it. Each rule names the page or note that it is from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from tests.engine import sdk_types

from . import (
    database_servers,
    existing_subnets,
    existing_zones,
    isolated_rules,
    monitoring_rules,
    pool_rules,
    proxy_rules,
    security_team,
    vault_rules,
)
from .refusal import CloudError

# Azure, "Naming rules and restrictions for resources": the property with the name, and the form of the name.
_NAMES: Final = {
    "containerregistry:Registry": ("registryName", r"[a-zA-Z0-9]{5,50}"),
    "containerservice:AgentPool": ("agentPoolName", r"[a-z][a-z0-9]{0,11}"),
    "containerservice:ManagedCluster": ("resourceName", r"[a-zA-Z0-9]([a-zA-Z0-9_-]{0,61}[a-zA-Z0-9])?"),
    "dbforpostgresql:Server": ("serverName", r"[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
    "keyvault:Secret": ("secretName", r"[0-9a-zA-Z-]{1,127}"),
    "keyvault:Vault": ("vaultName", r"(?!.*--)[a-zA-Z][a-zA-Z0-9-]{1,22}[a-zA-Z0-9]"),
    "managedidentity:FederatedIdentityCredential": (
        "federatedIdentityCredentialResourceName",
        r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,119}",
    ),
    "managedidentity:UserAssignedIdentity": ("resourceName", r"[a-zA-Z0-9][a-zA-Z0-9_-]{2,127}"),
    "monitor:DataCollectionRule": ("dataCollectionRuleName", r"[a-zA-Z0-9]([a-zA-Z0-9._-]{0,62}[a-zA-Z0-9])?"),
    "network:PublicIPAddress": ("publicIpAddressName", r"[a-zA-Z0-9]([a-zA-Z0-9._-]{0,78}[a-zA-Z0-9_])?"),
    "network:VirtualNetwork": ("virtualNetworkName", r"[a-zA-Z0-9][a-zA-Z0-9._-]{1,63}"),
    "operationalinsights:Workspace": ("workspaceName", r"[a-zA-Z0-9][a-zA-Z0-9-]{2,61}[a-zA-Z0-9]"),
    "redisenterprise:RedisEnterprise": ("clusterName", r"(?=.{1,60}$)[A-Za-z0-9]+(-[A-Za-z0-9]+)*"),
    "resources:ResourceGroup": ("resourceGroupName", r"[a-zA-Z0-9._()-]{1,89}[a-zA-Z0-9_()-]"),
    "storage:FileShare": ("shareName", r"(?!.*--)[a-z0-9][a-z0-9-]{1,61}[a-z0-9]"),
    "storage:StorageAccount": ("accountName", r"[a-z0-9]{3,24}"),
}


if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud


def check_create(cloud: SimulatedCloud, type_: str, key: str, inputs: dict[str, Any]) -> None:
    """Refuse what Azure would refuse to create."""
    if not type_.startswith("azure-native:"):
        return
    kind = type_.partition(":")[2]
    problems = sdk_types.problems(type_, inputs)
    if problems:
        raise CloudError(f"BadRequest: {'; '.join(problems)}")
    _check_name(kind, inputs)
    _check_parents(cloud, kind, key)
    monitoring_rules.check_create(cloud, kind, inputs)
    existing_subnets.check_create(cloud, kind, inputs)
    vault_rules.check_create(cloud, kind, key, inputs)
    existing_zones.check_create(cloud, kind, key, inputs)
    isolated_rules.check_create(cloud, kind, inputs)
    security_team.check_create(cloud, kind, inputs)
    match kind:
        case "authorization:RoleAssignment":
            _check_role(cloud, inputs)
        case "containerservice:AgentPool":
            pool_rules.check_create(inputs)
        case "containerservice:ManagedCluster":
            _check_cluster(cloud, inputs)
            _check_advanced_networking(inputs)
            proxy_rules.check(inputs)
        case "dbforpostgresql:Server":
            _check_database(cloud, inputs)
            database_servers.check_create(cloud.objects, inputs)
        case "dbforpostgresql:Database" if inputs["serverName"] in cloud.servers.restored:
            # A backup holds every database of its server.
            raise CloudError(f"cannot create already existing resource '{key}'")
        case "redisenterprise:RedisEnterprise":
            # Azure Managed Redis, "High availability": zones are Azure's to choose.
            if "zones" in inputs:
                raise CloudError(f"BadRequest: Specifying zones for SKU {inputs['sku']['name']} is not supported")
        case "redisenterprise:Database":
            # The same, "Architecture": one database, on one port.
            if (inputs["databaseName"], inputs["port"]) != ("default", 10000):
                raise CloudError("BadRequest: the database is named default and answers on port 10000")
        case "storage:BlobContainer" | "storage:FileShare":
            _check_account_kind(cloud, kind, inputs)


def check_update(cloud: SimulatedCloud, type_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse what Azure would refuse to change: the provider sends it, and does not replace by itself."""
    monitoring_rules.check_update(cloud, type_, old, new)
    existing_zones.check_update(cloud, type_.partition(":")[2], old, new)
    security_team.check_update(cloud, type_, old, new)
    match type_.partition(":")[2]:
        case "authorization:RoleAssignment":
            # Azure RBAC, "Troubleshoot Azure RBAC".
            if old["roleDefinitionId"] != new["roleDefinitionId"]:
                raise CloudError("RoleAssignmentUpdateNotPermitted: Tenant ID, role definition ID cannot be updated")
        case "containerservice:AgentPool":
            pool_rules.check_change(old, new, "properties")
        case "containerservice:ManagedCluster":
            _check_private_cluster(old, new)
            _check_advanced_networking(new)
            proxy_rules.check(new)
            pools = {pool["name"]: pool for pool in old["agentPoolProfiles"]}
            for pool in new["agentPoolProfiles"]:
                if pool["name"] not in pools:
                    raise CloudError(f"BadRequest: A new agent pool was introduced: {pool['name']}")
                pool_rules.check_change(pools[pool["name"]], pool, "agentPoolProfiles")
        case "dbforpostgresql:Server":
            database_servers.check_update(old, new)
        case "storage:StorageAccount":
            # Azure, "Storage account overview": neither the kind nor the class of the performance can change.
            before, after = old["sku"]["name"].partition("_")[0], new["sku"]["name"].partition("_")[0]
            if old["kind"] != new["kind"] or before != after:
                problem = f"{old['kind']} {before} to {new['kind']} {after}"
                raise CloudError(f"StorageAccountPropertyCannotBeUpdated: {problem}")


def _check_name(kind: str, inputs: dict[str, Any]) -> None:
    if kind in _NAMES:
        key, form = _NAMES[kind]
        if not re.fullmatch(form, inputs[key]):
            raise CloudError(f"InvalidResourceName: {key} {inputs[key]!r} does not match {form}")


def _check_parents(cloud: SimulatedCloud, kind: str, key: str) -> None:
    """The resource group and, for a part of something, that something must exist."""
    # A DNS zone is somebody else's, and not in the simulation.
    if kind in ("authorization:RoleAssignment", "dns:RecordSet", "resources:ResourceGroup"):
        return
    # What is attached to a resource has that resource's id in front of its own.
    attached_to = key.rpartition("/providers/")[0]
    if attached_to.count("/providers/") and not cloud.exists(attached_to):
        raise CloudError(f"ResourceNotFound: {attached_to}")
    group = "/".join(key.split("/")[:5])
    if not cloud.exists(group):
        raise CloudError(f"ResourceGroupNotFound: {group}")
    parts = key.split("/providers/")[-1].split("/")
    if len(parts) > 3:
        parent = key.rsplit("/", len(parts) - 3)[0]
        if not cloud.exists(parent):
            raise CloudError(f"ParentResourceNotFound: {parent}")


def _check_role(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """Azure, "Troubleshoot Azure RBAC": one assignment for the same principal, role and scope."""
    for item in cloud.objects.values():
        same = item.inputs.get
        if item.type == "azure-native:authorization:RoleAssignment" and all(
            same(key) == inputs[key] for key in ("principalId", "roleDefinitionId", "scope")
        ):
            raise CloudError(
                "RoleAssignmentExists: The role assignment already exists. "
                f"The ID of the conflicting role assignment is {item.outputs['name'].replace('-', '')}."
            )


def _check_cluster(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """AKS, "Use a managed identity" and "NAT gateway": rights and the gateway must be there before the cluster."""
    (identity,) = inputs["identity"]["userAssignedIdentities"]
    principal = next(item.outputs["principalId"] for key, item in cloud.objects.items() if key == identity)
    granted = {item.inputs["scope"] for item in cloud.objects.values() if item.inputs.get("principalId") == principal}
    needed = {
        inputs["agentPoolProfiles"][0]["vnetSubnetID"],
        inputs["identityProfile"]["kubeletidentity"]["resourceId"],
    }
    if needed - granted:
        raise CloudError(f"CustomKubeletIdentityMissingPermissionError: no role on {sorted(needed - granted)}")
    subnet = cloud.objects[inputs["agentPoolProfiles"][0]["vnetSubnetID"]]
    if inputs["networkProfile"]["outboundType"] == "userAssignedNATGateway" and "natGateway" not in subnet.inputs:
        raise CloudError("ExistingOutboundTypeNotSupported: the node subnet has no NAT gateway")


def _check_private_cluster(old: dict[str, Any], new: dict[str, Any]) -> None:
    """AKS, "Private clusters": a cluster is private from the start or never, without API Server VNet Integration."""
    before, after = ((one.get("apiServerAccessProfile") or {}).get("enablePrivateCluster") for one in (old, new))
    if bool(before) != bool(after):
        place = "properties.apiServerAccessProfile.enablePrivateCluster"
        raise CloudError(f"PropertyChangeNotAllowed: Changing property '{place}' is not allowed")


def _check_advanced_networking(inputs: dict[str, Any]) -> None:
    """Pulumi/pulumi-azure-native issue 4206: what is given at all is given with `enabled`, at each level."""
    advanced = inputs["networkProfile"].get("advancedNetworking")
    levels = [advanced, *(advanced.get(key) for key in ("observability", "security"))] if advanced else []
    if any(level is not None and "enabled" not in level for level in levels):
        raise CloudError("InvalidParameter: Required parameter networkProfile.advancedNetworking.enabled is missing")


def _check_account_kind(cloud: SimulatedCloud, kind: str, inputs: dict[str, Any]) -> None:
    """Azure, "Storage account overview": what an account of which kind holds, and the least of a Premium share."""
    account = next(
        item.inputs
        for item in cloud.objects.values()
        if item.type == "azure-native:storage:StorageAccount" and item.inputs["accountName"] == inputs["accountName"]
    )
    premium_files = account["kind"] == "FileStorage"
    if premium_files != account["sku"]["name"].startswith("Premium"):
        raise CloudError(f"InvalidAccountSku: {account['kind']} with {account['sku']['name']}")
    if premium_files and kind == "storage:BlobContainer":
        raise CloudError("FeatureNotSupportedForAccount: an account of files holds no blobs")
    if premium_files and inputs["shareQuota"] < 100:
        raise CloudError(f"InvalidQuota: {inputs['shareQuota']} GiB, the least of a Premium share is 100")


def _check_database(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """PostgreSQL Flexible Server, "Networking with private access": a linked zone and a delegated subnet come first."""
    zone = inputs["network"].get("privateDnsZoneArmResourceId")
    if zone is None:
        return
    if not any(key.startswith(f"{zone}/virtualNetworkLinks/") for key in cloud.objects):
        raise CloudError(f"PrivateDnsZoneNotLinked: {zone}")
    subnet = cloud.objects[inputs["network"]["delegatedSubnetResourceId"]]
    if not subnet.inputs.get("delegations"):
        raise CloudError("SubnetNotDelegated: the subnet is not delegated to flexible servers")
