"""Private DNS zones that somebody else made, and what Azure lets stand in a zone, its own or another."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from tests.landing_zone_cases import HUB, ZONES

from .existing_objects import CloudObject
from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
ZONE: Final = "azure-native:privatedns:PrivateZone"
LINK: Final = "azure-native:privatedns:VirtualNetworkLink"
GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"
ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
_DNS_CONTRIBUTOR: Final = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
_NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
# The name that the built-in policies give a zone group.
_BY_POLICY: Final = "deployedByPolicy"


def lend_zones(cloud: SimulatedCloud) -> None:
    """Make the zones of a platform team, each linked to the network of the hub."""
    for zone_id in ZONES.values():
        name = zone_id.rpartition("/")[2]
        zone: Properties = {"privateZoneName": name, "location": "Global"}
        link: Properties = {"privateZoneName": name, "virtualNetwork": {"id": f"{HUB}/virtualNetworks/vnet-hub"}}
        link_id = f"{zone_id}/virtualNetworkLinks/hub"
        cloud.objects[zone_id] = CloudObject(ZONE, name, zone, dict(zone), zone_id)
        cloud.objects[link_id] = CloudObject(LINK, "hub", link, dict(link), link_id)


def link_zones(cloud: SimulatedCloud, network_id: str) -> list[str]:
    """Link the zones of the platform team to one more network, and return the ids of the links."""
    made = []
    for zone_id in ZONES.values():
        link: Properties = {"privateZoneName": zone_id.rpartition("/")[2], "virtualNetwork": {"id": network_id}}
        _check_link(cloud, link)
        made.append(f"{zone_id}/virtualNetworkLinks/spoke")
        cloud.objects[made[-1]] = CloudObject(LINK, "spoke", link, dict(link), made[-1])
    return made


def lent_zones(cloud: SimulatedCloud) -> dict[str, Properties]:
    """What the platform team's zones and links look like; one that is gone is missing."""
    return {key: item.inputs for key, item in cloud.objects.items() if key.startswith(f"{HUB}/")}


def attach_by_policy(cloud: SimulatedCloud) -> list[str]:
    """Put each private endpoint into the zone of its service, as Azure Policy does; return the ids of the groups."""
    keys = {"vault": "keyVault", "redisEnterprise": "broker"}
    made = []
    for item in [item for item in cloud.objects.values() if item.type == ENDPOINT]:
        (service,) = item.inputs["privateLinkServiceConnections"][0]["groupIds"]
        inputs = {
            "resourceGroupName": item.inputs["resourceGroupName"],
            "privateEndpointName": item.inputs["privateEndpointName"],
            "privateDnsZoneGroupName": _BY_POLICY,
            "privateDnsZoneConfigs": [{"name": service, "privateDnsZoneId": ZONES[keys.get(service, service)]}],
        }
        made.append(cloud.create_outside(GROUP, f"{item.name}-by-policy", inputs))
        # Azure empties what it had told about the names.
        cloud.change_outside(ENDPOINT, item.name, lambda found: found.update(customDnsConfigs=[]))
    return made


def check_create(cloud: SimulatedCloud, kind: str, key: str, inputs: Properties) -> None:
    """Refuse what Azure does not let stand in a zone, and a cluster that may not write into its zone.

    Sources: pulumi/pulumi-azure-native issue 2179; Azure, "What is a virtual network link?"; AKS, "Create a private
    cluster"; Azure Database for PostgreSQL, "Network with private access".
    """
    match kind:
        case "network:PrivateDnsZoneGroup":
            endpoint = key.rpartition("/privateDnsZoneGroups/")[0].lower()
            if any(other.lower().startswith(f"{endpoint}/privatednszonegroups/") for other in cloud.objects):
                raise CloudError("BadRequest: Cannot create more than one private dns zone groups: " + endpoint)
            for config in inputs["privateDnsZoneConfigs"]:
                _find(cloud, config["privateDnsZoneId"], "InvalidPrivateDnsZoneIds")
        case "privatedns:VirtualNetworkLink":
            _check_link(cloud, inputs)
        case "containerservice:ManagedCluster":
            _check_cluster(cloud, inputs)
        case "dbforpostgresql:Server" if "privateDnsZoneArmResourceId" in inputs["network"]:
            zone_id = inputs["network"]["privateDnsZoneArmResourceId"]
            _find(cloud, zone_id, "PrivateDnsZoneNotFound")
            if f"{inputs['serverName']}.postgres.database.azure.com" == zone_id.rpartition("/")[2]:
                raise CloudError(f"PrivateDnsZoneNameNotValid: {zone_id}")


def check_update(cloud: SimulatedCloud, kind: str, old: Properties, new: Properties) -> None:
    """Refuse another zone where Azure knows no way there.

    Sources: hashicorp/terraform-provider-azurerm issue 27559; AKS, "Create a private cluster", update an existing
    private cluster; Azure Database for PostgreSQL, "Network with private access", use a private DNS zone.
    """
    match kind:
        case "network:PrivateDnsZoneGroup" if old["privateDnsZoneConfigs"] != new["privateDnsZoneConfigs"]:
            raise CloudError("BadRequest: the zone of a private DNS zone group cannot be changed")
        case "containerservice:ManagedCluster":
            before, after = ((one.get("apiServerAccessProfile") or {}).get("privateDNSZone") for one in (old, new))
            if before != after:
                raise CloudError("PropertyChangeNotAllowed: apiServerAccessProfile.privateDNSZone")
        case "dbforpostgresql:Server":
            zones = [one["network"].get("privateDnsZoneArmResourceId") for one in (old, new)]
            if zones[0] != zones[1]:
                if old["highAvailability"]["mode"] != "Disabled":
                    raise CloudError("OperationNotSupportedWithHighAvailability: another private DNS zone")
                _find(cloud, zones[1], "PrivateDnsZoneNotFound")


def check_delete(cloud: SimulatedCloud, item: CloudObject) -> None:
    """Refuse to delete a zone that a network is linked to. Source: Azure, "Private DNS zones", delete."""
    if item.type == ZONE and any(key.startswith(f"{item.id}/virtualNetworkLinks/") for key in cloud.objects):
        raise CloudError(f"CannotDeleteResource: nested resources of {item.id}")


def _find(cloud: SimulatedCloud, zone_id: str, code: str) -> None:
    if not cloud.exists(zone_id):
        raise CloudError(f"{code}: {zone_id}")


def _check_link(cloud: SimulatedCloud, inputs: Properties) -> None:
    network = inputs["virtualNetwork"]["id"].lower()
    for item in cloud.objects.values():
        if item.type != LINK or item.inputs["virtualNetwork"]["id"].lower() != network:
            continue
        if item.inputs["privateZoneName"] == inputs["privateZoneName"]:
            raise CloudError(
                "BadRequest: A virtual network cannot be linked to multiple zones with overlapping namespaces: "
                + inputs["privateZoneName"]
            )


def _check_cluster(cloud: SimulatedCloud, inputs: Properties) -> None:
    """The cluster has one kind of name, and its identity may write into the zone and link it to the nodes' network."""
    zone_id = (inputs.get("apiServerAccessProfile") or {}).get("privateDNSZone", "system")
    if ("dnsPrefix" in inputs) == ("fqdnSubdomain" in inputs):
        raise CloudError("InvalidParameter: exactly one of dnsPrefix and fqdnSubdomain is required")
    if not zone_id.startswith("/"):
        if "fqdnSubdomain" in inputs:
            raise CloudError("InvalidParameter: fqdnSubdomain is for a private cluster with a custom private DNS zone")
        return
    _find(cloud, zone_id, "CustomPrivateDNSZoneNotFound")
    if "fqdnSubdomain" in inputs and not zone_id.rpartition("/")[2].startswith("privatelink."):
        raise CloudError("InvalidParameter: fqdnSubdomain is for the zone of a region")
    roles = _roles(cloud, inputs)
    network = inputs["agentPoolProfiles"][0]["vnetSubnetID"].rpartition("/subnets/")[0]
    if roles.get(zone_id) != _DNS_CONTRIBUTOR:
        raise CloudError(f"CustomPrivateDNSZoneMissingPermissionError: no role on {zone_id}")
    if roles.get(network) != _NETWORK_CONTRIBUTOR:
        raise CloudError(f"LinkedAuthorizationFailed: Microsoft.Network/virtualNetworks/join/action on {network}")


def _roles(cloud: SimulatedCloud, inputs: Properties) -> Mapping[str, str]:
    """The role that the cluster's identity has at each scope."""
    (identity,) = inputs["identity"]["userAssignedIdentities"]
    principal = cloud.objects[identity].outputs["principalId"]
    return {
        item.inputs["scope"]: item.inputs["roleDefinitionId"].rpartition("/")[2]
        for item in cloud.objects.values()
        if item.inputs.get("principalId") == principal
    }
