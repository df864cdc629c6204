"""The private DNS zones of others: there, linked where names are resolved, and with nobody else's groups in the way."""

from __future__ import annotations

from typing import Any

import pytest

from components.preflight.findings import CheckResult, Status
from tests.cases import SELECTORS
from tests.landing_zone_cases import HUB, LANDING_ZONE, OF_LANDING_ZONE, SPOKE, ZONES, zones

from .azure_answers import CONTRIBUTOR, SCOPE, Json
from .fake_azure import BROKEN, FORBIDDEN, FakeAzure
from .situations import deploy, names_of, only_problem, problems, result_of, situation

NAME = "private DNS zones"
PATH = "airflow-aks:network.privateDns.zones"
NETWORK = SPOKE.removesuffix("/subnets")
EXISTING = SELECTORS["private-dns-existing"]
POLICY = SELECTORS["private-dns-policy"]
OWN_NETWORK = SELECTORS["private-dns-own-network"]
ENDPOINT = ("Microsoft.Network/privateEndpoints", "registry-private-endpoint")
GROUPS = f"{ENDPOINT[1]}/privateDnsZoneGroups"


def links(*networks: str) -> list[Json]:
    return [{"name": "link", "properties": {"virtualNetwork": {"id": network}}} for network in networks]


@pytest.fixture
def hub(azure: FakeAzure) -> FakeAzure:
    """The zones of a platform team, linked to the spoke, whose nodes ask Azure's DNS."""
    for key, zone_id in ZONES.items():
        azure.by_path[zone_id] = {"name": zone_id.rpartition("/")[2], "location": "global"}
        azure.by_path[f"{zone_id}/virtualNetworkLinks"] = links() if key == "cluster" else links(NETWORK.upper())
    azure.by_path[NETWORK] = {"location": "canadacentral", "properties": {}}
    for namespace in ("Microsoft.ContainerService", "Microsoft.DBforPostgreSQL"):
        azure.by_path[f"/providers/{namespace}"] = {"registrationState": "Registered"}
    return azure


def own_network() -> str:
    names = names_of("prod")
    return f"{SCOPE}/resourceGroups/{names.resource_group}/providers/Microsoft.Network/virtualNetworks/{names.network}"


def checked(azure: FakeAzure, changes: dict[str, Any] = EXISTING) -> CheckResult:
    return result_of(NAME, situation(azure, "prod", changes))


@pytest.mark.parametrize("changes", [{}, {"network.private": True}])
def test_own_zones_ask_nothing(azure: FakeAzure, changes: dict[str, Any]) -> None:
    result = checked(azure, changes)
    assert result.status is Status.OK
    assert result.findings[0].message == "the zones are the stack's own"
    assert azure.asked("zone") == []


def test_zones_of_azure_policy_are_not_asked_for(azure: FakeAzure) -> None:
    result = checked(azure, {"network.privateDns": {"mode": "policy"}, "database.access": "public"})
    assert result.findings[0].message == "the zones are those of Azure Policy"


def test_zones_that_suit_pass(hub: FakeAzure) -> None:
    result = checked(hub)
    assert result.status is Status.OK, problems(result)
    assert len(hub.asked("zone")) == len(OF_LANDING_ZONE)


def test_with_azure_policy_the_zone_of_the_database_is_checked(hub: FakeAzure) -> None:
    assert checked(hub, POLICY).status is Status.OK
    assert len(hub.asked("zone")) == 1


@pytest.mark.parametrize("key", OF_LANDING_ZONE)
def test_a_zone_that_does_not_exist_is_a_failure(hub: FakeAzure, key: str) -> None:
    del hub.by_path[ZONES[key]]
    text = only_problem(checked(hub), Status.FAILURE)
    assert f"{PATH}.{key}: {ZONES[key]} does not exist -> correct the id, or have the zone made" in text


@pytest.mark.parametrize("question", ["zone", "zone links", "network", "provider", "zone record"])
@pytest.mark.parametrize(
    ("error", "remedy"), [(FORBIDDEN, "ask for the role Reader there"), (BROKEN, "run this again")]
)
def test_what_azure_does_not_tell_is_unknown(hub: FakeAzure, question: str, error: Any, remedy: str) -> None:
    hub.refuse[question] = error
    result = checked(hub)
    assert result.status is Status.UNKNOWN
    assert all(remedy in text for text in problems(result))


@pytest.mark.parametrize("key", ["registry", "database"])
def test_a_zone_that_the_nodes_network_does_not_know_is_a_failure(hub: FakeAzure, key: str) -> None:
    hub.by_path[f"{ZONES[key]}/virtualNetworkLinks"] = links(f"{HUB}/virtualNetworks/vnet-hub")
    text = only_problem(checked(hub), Status.FAILURE)
    zone = ZONES[key].rpartition("/")[2]
    assert f"{PATH}.{key}: {zone} is not linked to vnet-spoke, so that nodes do not resolve its names" in text


def test_aks_links_the_zone_of_the_api_server_itself(hub: FakeAzure) -> None:
    checked(hub)
    assert not any("azmk8s" in str(request.url) for request in hub.asked("zone links"))


def test_dns_servers_of_the_network_resolve_a_zone_that_is_linked_elsewhere(hub: FakeAzure) -> None:
    hub.by_path[NETWORK]["properties"] = {"dhcpOptions": {"dnsServers": ["10.9.0.4"]}}
    for key in OF_LANDING_ZONE:
        hub.by_path[f"{ZONES[key]}/virtualNetworkLinks"] = links(f"{HUB}/virtualNetworks/vnet-hub")
    assert checked(hub).status is Status.OK
    hub.by_path[f"{ZONES['blob']}/virtualNetworkLinks"] = []
    text = only_problem(checked(hub), Status.FAILURE)
    assert (
        "privatelink.blob.core.windows.net is linked to no network, so that 10.9.0.4 cannot resolve its names" in text
    )


def test_a_network_that_does_not_exist_yet_is_linked_later(hub: FakeAzure) -> None:
    result = checked(hub, {**OWN_NETWORK, "network.dnsServers": None})
    assert result.status is Status.WARNING
    assert len(problems(result)) == len(ZONES) - 1
    assert all(
        "can be linked to vnet-airflow-prod only when the first update has made it" in t for t in problems(result)
    )
    # The hub's DNS servers know the zones already.
    assert checked(hub, OWN_NETWORK).status is Status.OK


def test_the_own_network_of_a_stack_that_exists_is_linked(hub: FakeAzure) -> None:
    deploy(hub, "prod", ("Microsoft.Network/virtualNetworks", names_of("prod").network))
    hub.by_path[own_network()] = {"location": "canadacentral", "properties": {}}
    changes = {**OWN_NETWORK, "network.dnsServers": None}
    result = checked(hub, changes)
    assert result.status is Status.FAILURE
    assert all("is not linked to vnet-airflow-prod" in text for text in problems(result))
    for zone_id in ZONES.values():
        hub.by_path[f"{zone_id}/virtualNetworkLinks"] = links(own_network())
    assert checked(hub, changes).status is Status.OK


@pytest.mark.parametrize(
    ("namespace", "key"), [("Microsoft.ContainerService", "cluster"), ("Microsoft.DBforPostgreSQL", "database")]
)
def test_the_zones_subscription_knows_the_provider(hub: FakeAzure, namespace: str, key: str) -> None:
    hub.by_path[f"/providers/{namespace}"] = {"registrationState": "NotRegistered"}
    text = only_problem(checked(hub), Status.FAILURE)
    assert f"{PATH}.{key}: {namespace} is NotRegistered in the subscription of the zone" in text
    assert f"az provider register --namespace {namespace} --subscription {HUB.split('/')[2]}" in text


def test_another_clusters_name_in_the_zone_is_a_failure(hub: FakeAzure) -> None:
    hub.by_path[f"{ZONES['cluster']}/A/aks-airflow-prod"] = {"name": "aks-airflow-prod"}
    text = only_problem(checked(hub), Status.FAILURE)
    assert "privatelink.canadacentral.azmk8s.io has a record aks-airflow-prod, of another cluster" in text
    assert "choose another name with airflow-aks:naming.names.dnsPrefix" in text
    deploy(hub, "prod")
    assert checked(hub).status is Status.OK


@pytest.mark.parametrize("changes", [{}, EXISTING])
def test_a_group_of_azure_policy_stands_in_the_way(hub: FakeAzure, changes: dict[str, Any]) -> None:
    deploy(hub, "prod", ENDPOINT)
    hub.by_path[GROUPS] = [{"name": "deployedByPolicy"}]
    text = only_problem(checked(hub, changes), Status.FAILURE)
    assert "registry-private-endpoint has the DNS zone group deployedByPolicy, and Azure allows one" in text
    assert "set airflow-aks:network.privateDns.mode to policy" in text
    hub.by_path[GROUPS] = [{"name": "default"}]
    assert checked(hub, changes).status is Status.OK


def test_an_endpoint_that_azure_policy_forgot_is_a_warning(hub: FakeAzure) -> None:
    deploy(hub, "prod", ENDPOINT)
    hub.by_path[GROUPS] = []
    assert "start a remediation task" in only_problem(checked(hub, POLICY), Status.WARNING)
    hub.by_path[GROUPS] = [{"name": "deployedByPolicy"}]
    assert checked(hub, POLICY).status is Status.OK


def test_groups_that_azure_does_not_tell_are_unknown(hub: FakeAzure) -> None:
    deploy(hub, "prod", ENDPOINT)
    hub.refuse["zone groups"] = FORBIDDEN
    assert "the DNS zone groups of registry-private-endpoint" in only_problem(checked(hub), Status.UNKNOWN)


def test_the_deployer_joins_the_zones_and_no_network(hub: FakeAzure) -> None:
    hub.answers["permissions"] = [{"actions": ["*/read"], "notActions": []}]
    text = "\n".join(problems(result_of("rights", situation(hub, "prod", EXISTING))))
    for key in OF_LANDING_ZONE:
        asked = f"Microsoft.Network/privateDnsZones/join/action is not allowed at {ZONES[key]} " in text
        assert asked == (key != "cluster"), key
    assert f"Microsoft.Network/virtualNetworks/join/action is not allowed at {NETWORK} " not in text


def test_the_deployer_joins_the_zone_of_the_database_alone_beside_azure_policy(hub: FakeAzure) -> None:
    hub.answers["permissions"] = [{"actions": ["*/read"], "notActions": []}]
    text = "\n".join(problems(result_of("rights", situation(hub, "prod", POLICY))))
    assert [key for key in ZONES if f"join/action is not allowed at {ZONES[key]} " in text] == ["database"]


def test_roles_of_the_cluster_are_assigned_on_its_zone_and_network(hub: FakeAzure) -> None:
    hub.answers["permissions"] = [CONTRIBUTOR]
    text = "\n".join(problems(result_of("role assignments", situation(hub, "prod", EXISTING))))
    assert f"is not allowed at {ZONES['cluster']} " in text
    assert f"is not allowed at {NETWORK} " in text
    assert ZONES["registry"] not in text
    granted = SELECTORS["private-dns-granted-by-others"]
    text = "\n".join(problems(result_of("role assignments", situation(hub, "prod", granted))))
    assert HUB not in text
    assert NETWORK not in text


def test_azure_policy_is_asked_about_zones_of_the_stacks_own_only(hub: FakeAzure) -> None:
    result_of("policies", situation(hub, "prod", EXISTING))
    assert "privateDnsZones" not in " ".join(str(request.body) for request in hub.asked("policies"))
    result_of("policies", situation(hub, "prod", LANDING_ZONE))
    assert '"name": "privatelink.azurecr.io"' in " ".join(str(request.body) for request in hub.asked("policies"))


def test_every_zone_is_asked_for_in_its_own_subscription(hub: FakeAzure) -> None:
    dns = {"mode": "policy", "zones": zones("database", "cluster")}
    checked(hub, {**LANDING_ZONE, "network.privateDns": dns})
    assert all(HUB.split("/")[2] in str(request.url) for request in hub.asked("provider"))
    assert len(hub.asked("provider")) == 2
