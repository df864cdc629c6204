"""What Azure does beside what it is asked for, as far as a simulation can know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from . import monitoring_rules

if TYPE_CHECKING:
    from .existing_objects import CloudObject
    from .simulated_cloud import SimulatedCloud


def fill_in(type_: str) -> dict[str, Any]:
    """Return the inputs that Azure fills in by itself when they are left out; only an import reads them as inputs.

    AKS gives every cluster a profile of Windows, whose change would replace the cluster.
    """
    if type_ == "azure-native:containerservice:ManagedCluster":
        return {"windowsProfile": {"adminUsername": "azureuser", "enableCSIProxy": True}}
    return {}


def kept(type_: str, before: dict[str, Any], after: dict[str, Any]) -> dict[str, Any]:
    """What Azure answers to an update. AKS keeps an add-on that the write does not name (Azure/AKS issue 2904)."""
    if type_ != "azure-native:containerservice:ManagedCluster" or "addonProfiles" not in before:
        return after
    return {**after, "addonProfiles": {**before["addonProfiles"], **after.get("addonProfiles", {})}}


def after_delete(cloud: SimulatedCloud, gone: CloudObject, key: str) -> None:
    """What goes with a resource, and what of it stays."""
    if not gone.type.startswith("azure-native:"):
        return
    for other in [other for other in cloud.objects if other.lower().startswith(f"{key.lower()}/")]:
        kind = cloud.objects[other].type
        if monitoring_rules.goes_with_its_parent(kind) or kind == "azure-native:network:PrivateDnsZoneGroup":
            del cloud.objects[other]
    match gone.type.partition(":")[2]:
        case "keyvault:Vault":
            cloud.soft_deleted_vaults.append(gone.inputs["vaultName"].lower())
        case "keyvault:Secret":
            cloud.soft_deleted_secrets.append(key.lower())
        case "dbforpostgresql:Server":
            cloud.servers.delete(gone.inputs["serverName"])
        case "containerservice:ManagedCluster":
            for other in [other for other, item in cloud.objects.items() if item.type.startswith("kubernetes:")]:
                del cloud.objects[other]


def one_at_a_time(type_: str, inputs: dict[str, Any]) -> str | None:
    """What Azure writes only one thing of at a time: a network, an identity, a cluster's pools, a database server."""
    match type_.partition(":")[2]:
        case "network:Subnet" | "network:VirtualNetworkPeering":
            return f"network {inputs['virtualNetworkName']}"
        case "managedidentity:FederatedIdentityCredential":
            return f"identity {inputs['resourceName']}"
        case "containerservice:AgentPool":
            return f"pools of {inputs['resourceName']}"
        case "containerservice:MaintenanceConfiguration":
            return f"windows of {inputs['resourceName']}"
        case "dbforpostgresql:Database" | "dbforpostgresql:FirewallRule" | "dbforpostgresql:Configuration":
            return f"server {inputs['serverName']}"
        case "redisenterprise:Database":
            return f"redis {inputs['clusterName']}"
    return None
