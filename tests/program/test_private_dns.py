"""Private DNS zones of others: nothing of them is made, and everything that needs one points at it."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan
from tests.landing_zone_cases import HUB, LANDING_ZONE, OF_LANDING_ZONE, SPOKE, SUBNETS, ZONES, zones
from tests.plans import plan_of, planned
from tests.pod_cluster_cases import POD_CLUSTER

CLUSTER = "azure-native:containerservice:ManagedCluster"
ENDPOINT = "azure-native:network:PrivateEndpoint"
GROUP = "azure-native:network:PrivateDnsZoneGroup"
LINK = "azure-native:privatedns:VirtualNetworkLink"
NETWORK = "azure-native:network:VirtualNetwork"
ROLE = "azure-native:authorization:RoleAssignment"
SERVER = "azure-native:dbforpostgresql:Server"
ZONE = "azure-native:privatedns:PrivateZone"
DNS_CONTRIBUTOR = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"
CASES = ("private-dns-existing", "private-dns-granted-by-others", "private-dns-own-network", "private-dns-policy")
every = pytest.mark.parametrize("case", CASES)


def groups(plan: Plan) -> dict[str, str]:
    """The zone of each private endpoint, by the group id of its service."""
    found = [config for group in plan.all(GROUP) for config in group.inputs["privateDnsZoneConfigs"]]
    return {config["name"]: config["privateDnsZoneId"] for config in found}


def roles_at(plan: Plan, scope: str) -> list[str]:
    return [
        role.inputs["roleDefinitionId"].rpartition("/")[2] for role in plan.all(ROLE) if role.inputs["scope"] == scope
    ]


@every
def test_no_zone_and_no_link_is_made(case: str) -> None:
    assert planned(case).all(ZONE) == []
    assert planned(case).all(LINK) == []


@every
def test_nothing_of_the_hub_is_a_resource_of_the_stack(case: str) -> None:
    ids = [str(resource.id) for resource in planned(case).resources if resource.type != ROLE]
    assert [known for known in ids if known.startswith(HUB)] == []


@every
def test_the_database_is_made_with_the_zone_that_is_given(case: str) -> None:
    assert planned(case).one(SERVER).inputs["network"]["privateDnsZoneArmResourceId"] == ZONES["database"]


def test_each_endpoint_is_in_the_zone_of_its_service() -> None:
    assert groups(planned("private-dns-own-network")) == {
        "registry": ZONES["registry"],
        "vault": ZONES["keyVault"],
        "blob": ZONES["blob"],
        "file": ZONES["file"],
        "redisEnterprise": ZONES["broker"],
    }


def test_azure_policy_gets_endpoints_without_a_zone_group() -> None:
    plan = planned("private-dns-policy")
    assert len(plan.all(ENDPOINT)) == 3
    assert plan.all(GROUP) == []


def test_endpoints_are_the_same_whoever_has_the_zones() -> None:
    own = plan_of("prod", LANDING_ZONE)
    expected = [(item.urn, item.inputs) for item in own.all(ENDPOINT)]
    for case in ("private-dns-existing", "private-dns-policy"):
        assert [(item.urn, item.inputs) for item in planned(case).all(ENDPOINT)] == expected


def test_a_group_of_another_zone_is_made_anew() -> None:
    """Azure changes no zone of a group, and an endpoint has one group only."""
    own, others = (
        plan.one(GROUP, "registry-private-zone-group") for plan in (plan_of("prod"), planned("private-dns-existing"))
    )
    assert own.urn == others.urn
    assert (own.inputs["privateDnsZoneGroupName"], others.inputs["privateDnsZoneGroupName"]) == ("default", "existing")
    assert others.replace_on_changes == ("privateDnsZoneConfigs",)
    assert others.delete_before_replace is True


def test_the_api_server_has_a_name_in_the_zone_of_the_region() -> None:
    inputs = planned("private-dns-existing").one(CLUSTER).inputs
    assert inputs["apiServerAccessProfile"] == {
        "enablePrivateCluster": True,
        "enablePrivateClusterPublicFQDN": False,
        "privateDNSZone": ZONES["cluster"],
    }
    assert inputs["fqdnSubdomain"] == "aks-airflow-prod"
    assert "dnsPrefix" not in inputs


def test_a_zone_below_that_of_the_region_takes_a_prefix() -> None:
    zone = ZONES["cluster"].replace("/privatelink.", "/data.privatelink.")
    dns = {"mode": "existing", "zones": {**OF_LANDING_ZONE, "cluster": zone}}
    inputs = plan_of("prod", {**LANDING_ZONE, "network.privateDns": dns}).one(CLUSTER).inputs
    assert inputs["apiServerAccessProfile"]["privateDNSZone"] == zone
    assert inputs["dnsPrefix"] == "aks-airflow-prod"
    assert "fqdnSubdomain" not in inputs


def test_with_azure_policy_aks_makes_the_zone_of_the_api_server() -> None:
    inputs = planned("private-dns-policy").one(CLUSTER).inputs
    assert inputs["apiServerAccessProfile"]["privateDNSZone"] == "system"
    assert inputs["dnsPrefix"] == "aks-airflow-prod"


def test_with_azure_policy_the_zone_of_the_api_server_may_be_that_of_others() -> None:
    dns = {"mode": "policy", "zones": zones("database", "cluster")}
    inputs = plan_of("prod", {**LANDING_ZONE, "network.privateDns": dns}).one(CLUSTER).inputs
    assert inputs["apiServerAccessProfile"]["privateDNSZone"] == ZONES["cluster"]


def test_the_cluster_is_granted_the_zone_and_the_network_before_it_is_made() -> None:
    plan = planned("private-dns-existing")
    network = SPOKE.removesuffix("/subnets")
    assert roles_at(plan, ZONES["cluster"]) == [DNS_CONTRIBUTOR]
    assert roles_at(plan, network) == [NETWORK_CONTRIBUTOR]
    assert [scope for scope in ZONES.values() if scope != ZONES["cluster"] and roles_at(plan, scope)] == []
    made_before = {plan.by_urn(urn).inputs.get("scope") for urn in plan.one(CLUSTER).dependencies}
    assert {ZONES["cluster"], network} <= made_before
    assert "requiredGrants" not in plan.outputs


def test_the_cluster_is_granted_an_own_network_as_a_whole() -> None:
    plan = planned("private-dns-own-network")
    assert roles_at(plan, str(plan.one(NETWORK).id)) == [NETWORK_CONTRIBUTOR]
    assert roles_at(plan, ZONES["cluster"]) == [DNS_CONTRIBUTOR]


def test_roles_that_others_assign_are_told_with_their_scopes() -> None:
    plan = planned("private-dns-granted-by-others")
    network = SPOKE.removesuffix("/subnets")
    assert [scope for scope in (*ZONES.values(), *SUBNETS.values(), network) if roles_at(plan, scope)] == []
    grants: dict[str, str] = plan.outputs["requiredGrants"]
    told = {key: tuple(command.split()[-3::2]) for key, command in grants.items()}
    assert told == {
        "nodeSubnetId": (NETWORK_CONTRIBUTOR, SUBNETS["nodeSubnetId"]),
        "gatewaySubnetId": (NETWORK_CONTRIBUTOR, SUBNETS["gatewaySubnetId"]),
        "nodeNetwork": (NETWORK_CONTRIBUTOR, network),
        "zones.cluster": (DNS_CONTRIBUTOR, ZONES["cluster"]),
    }


def test_a_role_on_the_zone_alone_may_be_left_to_others() -> None:
    dns = {"mode": "existing", "zones": ZONES, "grantAccess": False}
    changes = {"network.private": True, "airflow.executor": "CeleryExecutor", "dags": {"delivery": "azureFiles"}}
    plan = plan_of("prod", {**changes, "network.privateDns": dns})
    assert set(plan.outputs["requiredGrants"]) == {"zones.cluster"}
    assert roles_at(plan, str(plan.one(NETWORK).id)) == [NETWORK_CONTRIBUTOR]


def test_the_own_network_has_the_dns_servers() -> None:
    inputs = planned("private-dns-own-network").one(NETWORK)
    assert inputs.inputs["dhcpOptions"] == {"dnsServers": ["10.9.0.4", "10.9.0.5"]}
    # Another list is a change of the stack file's, not one of others.
    assert "dhcpOptions" not in inputs.ignore_changes


def test_without_dns_servers_those_of_a_platform_team_stay() -> None:
    network = plan_of("prod").one(NETWORK)
    assert "dhcpOptions" not in network.inputs
    assert "dhcpOptions" in network.ignore_changes


def test_dns_servers_change_no_policy_of_pods() -> None:
    """Pods ask the cluster's DNS, and that asks the servers of the network."""
    policies = ("kubernetes:networking.k8s.io/v1:NetworkPolicy", "kubernetes:cilium.io/v2:CiliumNetworkPolicy")

    def specs(changes: dict[str, Any]) -> list[Any]:
        found = plan_of("prod", {"network.egress": "restricted", **changes}).resources
        return [(item.urn, item.inputs) for item in found if item.type in policies]

    assert specs({"network.dnsServers": ["10.9.0.4"]}) == specs({})


def test_a_cluster_without_airflow_has_zones_of_others_too() -> None:
    dns = {"mode": "existing", "zones": zones("registry", "cluster")}
    changes = {
        **POD_CLUSTER,
        "network.privateDns": dns,
        "cluster.privateApiServer": True,
        "registry": {"sku": "Premium", "publicAccess": False},
    }
    plan = plan_of("dev", changes)
    assert groups(plan) == {"registry": ZONES["registry"]}
    assert plan.one(CLUSTER).inputs["apiServerAccessProfile"]["privateDNSZone"] == ZONES["cluster"]
    assert plan.all(ZONE) == []
