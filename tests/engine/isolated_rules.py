"""The nodes of a network isolated cluster: what must stand before they start, and how a start without it fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from .existing_objects import CloudObject
from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
_ACR_PULL: Final = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
_NODE_CHANNELS: Final = ("NodeImage", "None")
_RULE: Final = {
    "cacheRuleName": "aks-managed-mcr",
    "sourceRepository": "mcr.microsoft.com/*",
    "targetRepository": "aks-managed-repository/*",
}


def check_create(cloud: SimulatedCloud, kind: str, inputs: Properties) -> None:
    """Refuse a cluster whose nodes would not start.

    Sources: AKS, "Network isolated AKS clusters" and "Create a network isolated AKS cluster"; AKS troubleshooting,
    "OrasPullNetworkTimeoutVMExtensionError error code 211". The text of the first refusal is the simulation's own.
    """
    if kind != "containerservice:ManagedCluster":
        return
    bootstrap = inputs.get("bootstrapProfile") or {}
    isolated = inputs["networkProfile"]["outboundType"] == "none"
    if isolated and bootstrap.get("artifactSource") != "Cache":
        raise CloudError("OutboundTypeNotAllowed: outboundType none needs bootstrapProfile.artifactSource Cache")
    if isolated and inputs["autoUpgradeProfile"]["nodeOSUpgradeChannel"] not in _NODE_CHANNELS:
        raise CloudError("NodeOSUpgradeChannelNotAllowed: a network isolated cluster takes NodeImage or None")
    if bootstrap.get("artifactSource") == "Cache":
        missing = _missing(cloud, inputs, str(bootstrap["containerRegistryId"]))
        if missing:
            raise CloudError(
                "VMExtensionProvisioningError: vmssCSE: exit status=211: Bootstrap Container Registry isn't reachable: "
                f"{missing}"
            )


def _missing(cloud: SimulatedCloud, inputs: Properties, registry_id: str) -> str | None:
    """The first thing that keeps the nodes from the registry's images."""
    registry = cloud.objects.get(registry_id)
    if registry is None or registry.inputs["sku"]["name"] != "Premium":
        return "there is no Premium registry"
    rules = [item.inputs for key, item in cloud.objects.items() if key.startswith(f"{registry_id}/cacheRules/")]
    if not any(_RULE.items() <= rule.items() for rule in rules):
        return "the registry caches nothing"
    kubelet = inputs["identityProfile"]["kubeletidentity"]["objectId"]
    if not any(_may_pull(item, kubelet, registry_id) for item in cloud.objects.values()):
        return "the kubelet's identity may not pull"
    nodes = str(inputs["agentPoolProfiles"][0]["vnetSubnetID"]).partition("/subnets/")[0]
    if not any(_resolves(cloud, zone, nodes) for zone in _zones(cloud, registry_id)):
        return "its name does not resolve to a private endpoint"
    return None


def _may_pull(item: CloudObject, principal_id: str, registry_id: str) -> bool:
    return (
        item.type == "azure-native:authorization:RoleAssignment"
        and (item.inputs["principalId"], item.inputs["scope"]) == (principal_id, registry_id)
        and str(item.inputs["roleDefinitionId"]).endswith(_ACR_PULL)
    )


def _zones(cloud: SimulatedCloud, registry_id: str) -> list[str]:
    """The private DNS zones that hold the address of an endpoint of the registry."""
    endpoints = [
        key
        for key, item in cloud.objects.items()
        if item.type == "azure-native:network:PrivateEndpoint"
        and item.inputs["privateLinkServiceConnections"][0]["privateLinkServiceId"] == registry_id
    ]
    return [
        config["privateDnsZoneId"]
        for key, item in cloud.objects.items()
        if key.partition("/privateDnsZoneGroups/")[0] in endpoints and "/privateDnsZoneGroups/" in key
        for config in item.inputs["privateDnsZoneConfigs"]
    ]


def _resolves(cloud: SimulatedCloud, zone_id: str, network_id: str) -> bool:
    return any(
        key.startswith(f"{zone_id}/virtualNetworkLinks/") and item.inputs["virtualNetwork"]["id"] == network_id
        for key, item in cloud.objects.items()
    )
