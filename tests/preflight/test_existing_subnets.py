"""The subnets that exist: there, delegated as Azure wants it, large enough, and with a way out for the nodes."""

from __future__ import annotations

import re
from typing import Any

import pytest

from components.preflight.findings import CheckResult, Status
from tests.landing_zone_cases import LANDING_ZONE, SPOKE, SUBNETS

from .azure_answers import CONTRIBUTOR, Json
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import deploy, only_problem, problems, result_of, situation

NETWORK = SPOKE.removesuffix("/subnets")
TABLE = f"{NETWORK.rpartition('/virtualNetworks/')[0]}/routeTables/rt-spoke"
NAME = "existing subnets"
SETTING = "airflow-aks:network.existing"
POSTGRES = "Microsoft.DBforPostgreSQL/flexibleServers"


def subnet(*prefixes: str, delegated: str | None = None, taken: int = 0, **more: Any) -> Json:
    """A subnet as Azure answers: with one range it has a text, with several a list."""
    ranges = {"addressPrefix": prefixes[0]} if len(prefixes) == 1 else {"addressPrefixes": list(prefixes)}
    delegations = [{"name": "d", "properties": {"serviceName": delegated}}] if delegated else []
    others = [{"id": f"{NETWORK}/nic/{index}"} for index in range(taken)]
    return {"properties": {**ranges, "delegations": delegations, "ipConfigurations": others, **more}}


@pytest.fixture
def spoke(azure: FakeAzure) -> FakeAzure:
    """A network that suits prod."""
    azure.by_path |= {
        SUBNETS["nodeSubnetId"]: subnet("10.200.0.0/24", routeTable={"id": TABLE}),
        SUBNETS["databaseSubnetId"]: subnet("10.200.1.0/28", delegated=POSTGRES),
        SUBNETS["privateEndpointSubnetId"]: subnet("fd00:db8::/64", "10.200.2.0/27"),
        SUBNETS["gatewaySubnetId"]: subnet("10.200.3.0/29"),
        NETWORK: {"location": "canadacentral", "properties": {"addressSpace": {"addressPrefixes": ["10.200.0.0/16"]}}},
        TABLE: table("VirtualAppliance"),
    }
    return azure


def table(hop: str, prefix: str = "0.0.0.0/0") -> Json:
    return {"properties": {"routes": [{"name": "r", "properties": {"addressPrefix": prefix, "nextHopType": hop}}]}}


def checked(azure: FakeAzure, **changes: Any) -> CheckResult:
    return result_of(NAME, situation(azure, "prod", {**LANDING_ZONE, **changes}))


def test_an_own_network_asks_nothing(azure: FakeAzure) -> None:
    assert result_of(NAME, situation(azure, "prod")).status is Status.OK
    assert azure.asked("subnet") == []


def test_subnets_that_suit_pass(spoke: FakeAzure) -> None:
    result = checked(spoke)
    assert result.status is Status.OK, problems(result)
    assert len(spoke.asked("subnet")) == 4


@pytest.mark.parametrize("key", SUBNETS)
def test_a_subnet_that_does_not_exist_is_a_failure(spoke: FakeAzure, key: str) -> None:
    del spoke.by_path[SUBNETS[key]]
    text = only_problem(checked(spoke), Status.FAILURE)
    assert f"{SETTING}.{key}: {SUBNETS[key]} does not exist" in text


@pytest.mark.parametrize(
    ("error", "remedy"), [(FORBIDDEN, "ask for the role Reader there"), (BROKEN, "run this again")]
)
@pytest.mark.parametrize("question", ["subnet", "network", "route table"])
def test_what_azure_does_not_tell_is_unknown(spoke: FakeAzure, question: str, error: Any, remedy: str) -> None:
    spoke.refuse[question] = error
    result = checked(spoke)
    assert result.status is Status.UNKNOWN
    assert all(remedy in text for text in problems(result))


@pytest.mark.parametrize("delegated", [None, "Microsoft.Web/serverFarms"])
def test_the_databases_subnet_is_delegated_to_its_servers(spoke: FakeAzure, delegated: str | None) -> None:
    spoke.by_path[SUBNETS["databaseSubnetId"]] = subnet("10.200.1.0/28", delegated=delegated)
    text = only_problem(checked(spoke), Status.FAILURE)
    assert f"delegated to {delegated or 'nothing'}, and not to {POSTGRES}" in text


@pytest.mark.parametrize("key", ["nodeSubnetId", "privateEndpointSubnetId", "gatewaySubnetId"])
def test_no_other_subnet_is_delegated(spoke: FakeAzure, key: str) -> None:
    spoke.by_path[SUBNETS[key]] = subnet("10.200.0.0/24", delegated=POSTGRES, routeTable={"id": TABLE})
    text = only_problem(checked(spoke), Status.FAILURE)
    assert f"{SETTING}.{key}: the subnet is delegated to {POSTGRES}, which alone may use it" in text


@pytest.mark.parametrize(
    ("key", "range_", "words"),
    [
        ("nodeSubnetId", "10.200.0.0/27", "10.200.0.0/27 has 27 addresses, and the stack takes 48"),
        ("databaseSubnetId", "10.200.1.0/29", "10.200.1.0/29 has 3 addresses, and the stack takes 11"),
        ("privateEndpointSubnetId", "10.200.2.0/29", "10.200.2.0/29 has 3 addresses, and the stack takes 4"),
    ],
)
def test_a_subnet_that_is_too_small_is_refused(spoke: FakeAzure, key: str, range_: str, words: str) -> None:
    delegated = POSTGRES if key == "databaseSubnetId" else None
    spoke.by_path[SUBNETS[key]] = subnet(range_, delegated=delegated, routeTable={"id": TABLE})
    assert words in only_problem(checked(spoke), Status.FAILURE)


def test_addresses_of_others_are_taken(spoke: FakeAzure) -> None:
    spoke.by_path[SUBNETS["gatewaySubnetId"]] = subnet("10.200.3.0/29", taken=3)
    text = only_problem(checked(spoke), Status.FAILURE)
    assert "10.200.3.0/29 has 3 addresses, of which others have 3, and the stack takes 1" in text


def test_addresses_of_a_stack_that_exists_are_its_own(spoke: FakeAzure) -> None:
    deploy(spoke, "prod")
    spoke.by_path[SUBNETS["gatewaySubnetId"]] = subnet("10.200.3.0/29", taken=3)
    assert checked(spoke).status is Status.OK


def test_nodes_without_a_route_table_have_no_way_out(spoke: FakeAzure) -> None:
    spoke.by_path[SUBNETS["nodeSubnetId"]] = subnet("10.200.0.0/24")
    assert "the subnet of the nodes has no route table" in only_problem(checked(spoke), Status.FAILURE)


@pytest.mark.parametrize("routes", [table("Internet"), table("VirtualAppliance", "10.0.0.0/8"), {"properties": {}}])
def test_a_route_table_leads_to_a_firewall(spoke: FakeAzure, routes: Json) -> None:
    spoke.by_path[TABLE] = routes
    assert "has no route for 0.0.0.0/0 to a firewall or gateway" in only_problem(checked(spoke), Status.FAILURE)


def test_a_nat_gateway_is_on_the_subnet_of_the_nodes(spoke: FakeAzure) -> None:
    changes = {"network.outbound": "natGateway"}
    assert "has no NAT gateway" in only_problem(checked(spoke, **changes), Status.FAILURE)
    spoke.by_path[SUBNETS["nodeSubnetId"]] = subnet("10.200.0.0/24", natGateway={"id": f"{NETWORK}/nat"})
    assert checked(spoke, **changes).status is Status.OK


def test_a_network_in_another_region_is_refused(spoke: FakeAzure) -> None:
    spoke.by_path[NETWORK]["location"] = "East US 2"
    text = only_problem(checked(spoke), Status.FAILURE)
    assert "vnet-spoke is in eastus2, and the stack in canadacentral" in text


@pytest.mark.parametrize(("prefix", "what"), [("10.0.0.0/22", "services"), ("10.244.128.0/20", "pods")])
def test_a_network_that_overlaps_the_clusters_own_ranges_is_refused(spoke: FakeAzure, prefix: str, what: str) -> None:
    spoke.by_path[NETWORK]["properties"]["addressSpace"]["addressPrefixes"].append(prefix)
    text = only_problem(checked(spoke), Status.FAILURE)
    assert f"{prefix} of vnet-spoke overlaps" in text
    assert f"the cluster's own range of {what}" in text


def test_rights_are_asked_for_at_the_subnets(spoke: FakeAzure) -> None:
    spoke.answers["permissions"] = [CONTRIBUTOR]
    assert result_of("rights", situation(spoke, "prod", LANDING_ZONE)).status is Status.OK
    result = result_of("role assignments", situation(spoke, "prod", LANDING_ZONE))
    refused = "\n".join(problems(result))
    assert SUBNETS["nodeSubnetId"] in refused
    assert SUBNETS["gatewaySubnetId"] in refused
    assert SUBNETS["databaseSubnetId"] not in refused


def test_roles_that_others_assign_need_no_right(spoke: FakeAzure) -> None:
    spoke.answers["permissions"] = [CONTRIBUTOR]
    changes = {**LANDING_ZONE, "network.existing": {**SUBNETS, "grantAccess": False}}
    assert NETWORK not in "\n".join(problems(result_of("role assignments", situation(spoke, "prod", changes))))


def test_the_deployer_joins_subnets_and_networks(spoke: FakeAzure) -> None:
    spoke.answers["permissions"] = [{"actions": ["*/read"], "notActions": []}]
    text = "\n".join(problems(result_of("rights", situation(spoke, "prod", LANDING_ZONE))))
    for subnet_id in SUBNETS.values():
        assert f"Microsoft.Network/virtualNetworks/subnets/join/action is not allowed at {subnet_id}" in text
    assert f"Microsoft.Network/virtualNetworks/join/action is not allowed at {NETWORK} " in text
    assert "Microsoft.Network/virtualNetworks/write" not in text


def test_policies_are_asked_about_nothing_of_a_network(spoke: FakeAzure) -> None:
    assert result_of("policies", situation(spoke, "prod", LANDING_ZONE)).status is Status.OK
    asked = " ".join(str(request.body) for request in spoke.asked("policies"))
    # What is made of a network's own are its private DNS zones.
    assert set(re.findall(r"Microsoft.Network/\w+", asked)) == {"Microsoft.Network/privateDnsZones"}
    assert '"outboundType": "userDefinedRouting"' in asked
