"""Plans in subnets that exist: nothing of a network is made, and nothing has a public address."""

from __future__ import annotations

import re
from typing import Any

import pytest

from dryrun import cloud
from dryrun.plan import Plan
from tests.landing_zone_cases import INTERNAL, LANDING_ZONE, SPOKE, SUBNETS
from tests.plans import plan_of, planned, texts
from tests.pod_cluster_cases import POD_CLUSTER

# What a network consists of. The zones are the stack's own, and so are the endpoints of its services.
NETWORK_TYPES = {
    "azure-native:network:NatGateway",
    "azure-native:network:NetworkSecurityGroup",
    "azure-native:network:PublicIPAddress",
    "azure-native:network:SecurityRule",
    "azure-native:network:Subnet",
    "azure-native:network:VirtualNetwork",
    "azure-native:network:VirtualNetworkPeering",
}
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
SERVER = "azure-native:dbforpostgresql:Server"
ENDPOINT = "azure-native:network:PrivateEndpoint"
LINK = "azure-native:privatedns:VirtualNetworkLink"
ROLE = "azure-native:authorization:RoleAssignment"
POLICY = "kubernetes:networking.k8s.io/v1:NetworkPolicy"
NETWORK = SPOKE.removesuffix("/subnets")
CASES = ("existing-network", "existing-network-celery", "existing-network-granted-by-others")
every = pytest.mark.parametrize("case", CASES)


def range_of(subnet: str) -> str:
    """The range that the simulation answers."""
    *_, network, _, name = SUBNETS[subnet].split("/")
    answer = cloud.call("azure-native:network:getSubnet", {"virtualNetworkName": network, "subnetName": name})
    found: str = answer["addressPrefixes"][0]
    return found


def scopes(plan: Plan) -> set[str]:
    return {role.inputs["scope"] for role in plan.all(ROLE)}


def ranges(plan: Plan, policy: str) -> list[str]:
    (found,) = [item for item in plan.all(POLICY) if item.inputs["metadata"]["name"] == policy]
    return re.findall(r"'cidr': '([^']+)'", str(found.inputs["spec"]))


@every
def test_nothing_of_a_network_is_made(case: str) -> None:
    assert {resource.type for resource in planned(case).resources} & NETWORK_TYPES == set()


@every
def test_nothing_of_the_existing_network_is_a_resource_of_the_stack(case: str) -> None:
    physical = [resource.outputs.get("id") for resource in planned(case).resources]
    assert [known for known in physical if known and str(known).startswith(NETWORK)] == []


def test_each_resource_stands_in_its_subnet() -> None:
    plan = planned("existing-network")
    assert plan.one(CLUSTER).inputs["agentPoolProfiles"][0]["vnetSubnetID"] == SUBNETS["nodeSubnetId"]
    assert {pool.inputs["vnetSubnetID"] for pool in plan.all(POOL)} == {SUBNETS["nodeSubnetId"]}
    assert plan.one(SERVER).inputs["network"]["delegatedSubnetResourceId"] == SUBNETS["databaseSubnetId"]
    assert {item.inputs["subnet"]["id"] for item in plan.all(ENDPOINT)} == {SUBNETS["privateEndpointSubnetId"]}
    assert plan.outputs["virtualNetworkId"] == NETWORK


def test_every_zone_is_linked_to_the_network_of_the_subnets() -> None:
    links = planned("existing-network").all(LINK)
    assert len(links) == 4
    assert {link.inputs["virtualNetwork"]["id"] for link in links} == {NETWORK}


def test_the_zone_of_a_database_in_another_network_is_linked_to_both() -> None:
    database = SUBNETS["databaseSubnetId"].replace("vnet-spoke", "vnet-data").replace("0f1", "0f2")
    plan = plan_of("prod", {**LANDING_ZONE, "network.existing": {**SUBNETS, "databaseSubnetId": database}})
    zones: dict[str, set[str]] = {}
    for link in plan.all(LINK):
        zones.setdefault(link.inputs["privateZoneName"], set()).add(link.inputs["virtualNetwork"]["id"])
    zone = plan.one(SERVER).inputs["network"]["privateDnsZoneArmResourceId"].rpartition("/")[2]
    assert zones.pop(zone) == {NETWORK, database.rpartition("/subnets/")[0]}
    assert set.union(*zones.values()) == {NETWORK}
    assert {item.inputs["subscriptionId"][-3:] for item in plan.all("pulumi:providers:azure-native")} == {"0f1", "0f2"}


def test_the_cluster_is_granted_its_subnets_and_no_more() -> None:
    plan = planned("existing-network")
    assert {scope for scope in scopes(plan) if scope.startswith(NETWORK)} == {
        SUBNETS["nodeSubnetId"],
        SUBNETS["gatewaySubnetId"],
    }
    assert "requiredGrants" not in plan.outputs


def test_without_the_right_to_grant_the_roles_are_told_and_not_assigned() -> None:
    plan = planned("existing-network-granted-by-others")
    assert [scope for scope in scopes(plan) if scope.startswith(NETWORK)] == []
    grants: dict[str, Any] = plan.outputs["requiredGrants"]
    assert set(grants) == {"nodeSubnetId", "gatewaySubnetId"}
    for setting, command in grants.items():
        assert command.startswith("az role assignment create --assignee-object-id ")
        assert command.endswith(f" --scope {SUBNETS[setting]}")
    (identity,) = plan.one(CLUSTER).inputs["identity"]["userAssignedIdentities"]
    assert all(cloud._answer_identity(identity, "", {})["principalId"] in command for command in grants.values())


def test_policies_open_the_ranges_that_azure_tells() -> None:
    plan = planned("existing-network-celery")
    assert ranges(plan, "pgbouncer-to-database") == [range_of("databaseSubnetId")]
    assert ranges(plan, "airflow-to-broker") == [range_of("privateEndpointSubnetId")]
    assert ranges(plan, "chaos-to-api-server") == [range_of("nodeSubnetId")]


def test_policies_of_an_own_network_have_the_same_names() -> None:
    own = {**LANDING_ZONE, "network.existing": None, "network.outbound": "natGateway"}
    names = [
        [policy.inputs["metadata"]["name"] for policy in plan.all(POLICY)]
        for plan in (planned("existing-network"), plan_of("prod", own))
    ]
    assert names[0] == names[1]


def test_the_gateway_takes_the_first_free_address_of_its_subnet() -> None:
    plan = planned("existing-network")
    first = range_of("gatewaySubnetId").removesuffix("0/24") + "4"
    assert plan.outputs["gatewayAddress"] == first
    annotations = plan.one("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy").inputs["spec"]["provider"][
        "kubernetes"
    ]["envoyService"]["annotations"]
    prefix = "service.beta.kubernetes.io/azure-load-balancer"
    assert annotations[f"{prefix}-internal-subnet"] == "snet-gateway"
    assert annotations[f"{prefix}-ipv4"] == first


def test_nodes_leave_by_the_route_table_of_the_subnet() -> None:
    plan = planned("existing-network")
    assert plan.one(CLUSTER).inputs["networkProfile"]["outboundType"] == "userDefinedRouting"
    assert "loadBalancerProfile" not in plan.one(CLUSTER).inputs["networkProfile"]


def test_nodes_leave_by_the_gateway_of_the_subnet() -> None:
    plan = plan_of("prod", {**LANDING_ZONE, "network.outbound": "natGateway"})
    assert plan.one(CLUSTER).inputs["networkProfile"]["outboundType"] == "userAssignedNATGateway"
    assert {resource.type for resource in plan.resources} & NETWORK_TYPES == set()


def test_a_public_gateway_opens_no_port_in_a_network_of_others() -> None:
    subnets = {key: value for key, value in SUBNETS.items() if key != "gatewaySubnetId"}
    plan = plan_of(
        "prod",
        {
            **LANDING_ZONE,
            "network.existing": subnets,
            "network.outbound": "loadBalancer",
            "access": {**INTERNAL, "visibility": "public"},
        },
    )
    made = {resource.type for resource in plan.resources} & NETWORK_TYPES
    assert made == {"azure-native:network:PublicIPAddress"}


def test_a_cluster_without_airflow_stands_in_its_subnet_alone() -> None:
    existing = {"nodeSubnetId": SUBNETS["nodeSubnetId"], "grantAccess": False}
    changes = {"network.addressSpace": None, "network.existing": existing, "network.outbound": "userDefinedRouting"}
    plan = plan_of("dev", {**POD_CLUSTER, **changes})
    assert plan.one(CLUSTER).inputs["agentPoolProfiles"][0]["vnetSubnetID"] == SUBNETS["nodeSubnetId"]
    assert {resource.type for resource in plan.resources} & NETWORK_TYPES == set()
    assert set(plan.outputs["requiredGrants"]) == {"nodeSubnetId"}


def test_a_subnet_is_read_in_its_own_subscription() -> None:
    plan = planned("existing-network")
    (provider,) = plan.all("pulumi:providers:azure-native")
    assert provider.inputs["subscriptionId"] == NETWORK.split("/")[2]


@every
def test_no_text_of_the_plan_names_the_range_of_an_own_network(case: str) -> None:
    found = [text for resource in planned(case).resources for text in texts(resource.inputs) if "10.40." in text]
    assert found == []
