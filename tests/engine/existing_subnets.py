"""A network that somebody else made: what Azure answers about its subnets, and what it lets stand in them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.landing_zone_cases import SUBNETS

from .existing_objects import CloudObject
from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
SUBNET: Final = "azure-native:network:Subnet"
_POSTGRES: Final = "Microsoft.DBforPostgreSQL/flexibleServers"
_RANGES: Final = {
    "nodeSubnetId": "10.200.0.0/24",
    "databaseSubnetId": "10.200.1.0/28",
    "privateEndpointSubnetId": "10.200.2.0/27",
    "gatewaySubnetId": "10.200.3.0/29",
}


def lend_network(cloud: SimulatedCloud) -> None:
    """Make the subnets of a platform team, which suit a stack whose nodes leave by a route table."""
    for key, subnet_id in SUBNETS.items():
        inputs: Properties = {"addressPrefix": _RANGES[key], "subnetName": subnet_id.rpartition("/")[2]}
        if key == "nodeSubnetId":
            inputs["routeTable"] = {"id": f"{subnet_id.partition('/virtualNetworks/')[0]}/routeTables/rt-spoke"}
        if key == "databaseSubnetId":
            inputs["delegations"] = [{"name": "postgres", "serviceName": _POSTGRES}]
        cloud.objects[subnet_id] = CloudObject(SUBNET, inputs["subnetName"], inputs, dict(inputs), subnet_id)


def lent(cloud: SimulatedCloud) -> dict[str, Properties]:
    """What the platform team's subnets look like; a subnet that is gone is missing."""
    return {key: item.inputs for key, item in cloud.objects.items() if key in SUBNETS.values()}


def answer(cloud: SimulatedCloud, arguments: Properties) -> Properties | None:
    """The answer to a question about a subnet; None if there is no such subnet."""
    end = (
        f"/resourceGroups/{arguments['resourceGroupName']}/providers/Microsoft.Network/virtualNetworks/"
        f"{arguments['virtualNetworkName']}/subnets/{arguments['subnetName']}"
    ).lower()
    return next((item.outputs for key, item in cloud.objects.items() if key.lower().endswith(end)), None)


def check_create(cloud: SimulatedCloud, kind: str, inputs: Properties) -> None:
    """Refuse a subnet that is not there, one that is delegated to another service, and nodes without a way out.

    Sources: Azure, "What is subnet delegation?"; AKS, "Customize cluster egress with a user-defined routing table".
    """
    for subnet_id in _used(kind, inputs):
        subnet = next((item for key, item in cloud.objects.items() if key.lower() == subnet_id.lower()), None)
        if subnet is None:
            raise CloudError(f"InvalidResourceReference: {subnet_id}")
        delegated = [entry["serviceName"] for entry in subnet.inputs.get("delegations") or ()]
        if delegated and kind != "dbforpostgresql:Server":
            raise CloudError(f"SubnetIsDelegated: {subnet_id} is delegated to {delegated[0]}")
        if kind == "containerservice:ManagedCluster":
            _check_way_out(inputs["networkProfile"]["outboundType"], subnet)


def _used(kind: str, inputs: Properties) -> list[str]:
    match kind:
        case "containerservice:ManagedCluster":
            return [pool["vnetSubnetID"] for pool in inputs["agentPoolProfiles"]]
        case "containerservice:AgentPool":
            return [inputs["vnetSubnetID"]]
        case "network:PrivateEndpoint":
            return [inputs["subnet"]["id"]]
        case "dbforpostgresql:Server":
            return [found] if (found := inputs["network"].get("delegatedSubnetResourceId")) else []
    return []


def _check_way_out(outbound: str, subnet: CloudObject) -> None:
    if outbound == "userDefinedRouting" and "routeTable" not in subnet.inputs:
        raise CloudError(f"ExistingRouteTableNotAssociatedWithSubnet: {subnet.name}")
