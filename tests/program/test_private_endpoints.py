"""The private endpoints of plans with `network.private`: each has the zone that resolves it."""

from __future__ import annotations

import pytest

from tests.program.private_plans import azure, endpoints, every, plan

# Azure, "Azure private endpoint private DNS zone values".
ZONES = {
    "blob": "privatelink.blob.core.windows.net",
    "file": "privatelink.file.core.windows.net",
    "redisEnterprise": "privatelink.redis.azure.net",
    "registry": "privatelink.azurecr.io",
    "vault": "privatelink.vaultcore.azure.net",
}


@pytest.mark.parametrize(
    ("case", "parts"),
    [
        ("dev", {"blob", "registry", "vault"}),
        ("prod", {"blob", "registry", "vault"}),
        ("celery", {"blob", "redisEnterprise", "registry", "vault"}),
        ("shares", {"blob", "file", "registry", "vault"}),
        ("premium shares", {"blob", "file", "registry", "vault"}),
    ],
)
def test_each_endpoint_has_its_zone(case: str, parts: set[str]) -> None:
    assert endpoints(case) == {part: ZONES[part] for part in parts}


@every
def test_every_endpoint_is_in_the_planned_subnet_and_leads_to_a_service_of_the_plan(case: str) -> None:
    subnet = plan(case).one("azure-native:network:Subnet", "network-private-endpoints")
    names = {str(name) for resource in azure(case) for name in (resource.outputs.get("name"),)}
    found = plan(case).all("azure-native:network:PrivateEndpoint")
    assert len(found) == len(endpoints(case))
    for endpoint in found:
        assert endpoint.inputs["subnet"]["id"].endswith(f"/subnets/{subnet.inputs['subnetName']}")
        (connection,) = endpoint.inputs["privateLinkServiceConnections"]
        assert connection["privateLinkServiceId"].rpartition("/")[2] in names


@every
def test_every_zone_is_linked_to_the_network_and_stands_in_no_region(case: str) -> None:
    zones = plan(case).all("azure-native:privatedns:PrivateZone")
    links = plan(case).all("azure-native:privatedns:VirtualNetworkLink")
    assert {link.inputs["privateZoneName"] for link in links} == {zone.inputs["privateZoneName"] for zone in zones}
    assert {resource.inputs["location"] for resource in (*zones, *links)} == {"Global"}
    assert len({zone.inputs["privateZoneName"] for zone in zones}) == len(zones)


@pytest.mark.parametrize(
    ("case", "account"), [("shares", "log-storage-account"), ("premium shares", "log-storage-file-account")]
)
def test_the_endpoint_of_shares_leads_to_the_account_that_has_them(case: str, account: str) -> None:
    endpoint = plan(case).one("azure-native:network:PrivateEndpoint", "log-storage-private-file-endpoint")
    target = endpoint.inputs["privateLinkServiceConnections"][0]["privateLinkServiceId"]
    name = plan(case).one("azure-native:storage:StorageAccount", account).inputs["accountName"]
    assert target.rpartition("/")[2] == name


def ports(case: str) -> set[str]:
    group = plan(case).one("azure-native:network:NetworkSecurityGroup", "network-private-endpoints-security")
    rules = [rule for rule in group.inputs["securityRules"] if rule["access"] == "Allow"]
    assert {rule["sourceAddressPrefix"] for rule in rules} == {"VirtualNetwork"}
    return {port for rule in rules for port in rule["destinationPortRanges"]}


@pytest.mark.parametrize(
    ("case", "open_ports"),
    [("prod", {"443"}), ("celery", {"443", "10000"}), ("shares", {"443", "445"}), ("premium shares", {"443", "445"})],
)
def test_the_security_group_lets_the_nodes_to_the_endpoints_that_exist(case: str, open_ports: set[str]) -> None:
    """Rules apply to private endpoints there, because the subnet's network policies are on; shares need port 445."""
    subnet = plan(case).one("azure-native:network:Subnet", "network-private-endpoints")
    assert subnet.inputs["privateEndpointNetworkPolicies"] == "Enabled"
    assert ports(case) == open_ports


@every
def test_no_pod_starts_before_the_cluster_reaches_the_logs(case: str) -> None:
    release = plan(case).one("kubernetes:helm.sh/v3:Release", "airflow-release")
    needed = {
        endpoint.urn
        for endpoint in plan(case).all("azure-native:network:PrivateEndpoint")
        if endpoint.name.startswith("log-storage-")
    }
    assert needed
    assert needed <= set(release.dependencies)
