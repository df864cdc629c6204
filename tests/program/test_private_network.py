"""Plans with `network.private`: no service has a public address, and each endpoint has the zone that resolves it."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan, Resource
from tests.cases import SELECTORS
from tests.plans import at, plan_of
from tests.stack_file.wrong_private import CLOSED

PRIVATE: dict[str, Any] = {"network.private": True}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "dev": ("dev", CLOSED),
    "prod": ("prod", PRIVATE),
    "celery": ("prod", {**PRIVATE, "airflow.executor": "CeleryExecutor"}),
    "shares": ("prod", {**PRIVATE, "logs": {"delivery": "azureFiles", "sizeGb": 50}, "dags.delivery": "azureFiles"}),
    "premium shares": ("prod", {**PRIVATE, "logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"}}),
    "blobfuse and csi": ("prod", {**PRIVATE, "logs.delivery": "blobfuse", "secrets.delivery": "csi"}),
    "2.9": ("prod", {**PRIVATE, "airflow.release": "2.9"}),
}
every = pytest.mark.parametrize("case", CASES)
WAYS_IN: dict[str, dict[str, Any]] = {
    "public": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}},
    "internal": SELECTORS["access-internal"]["access"],
}
# Types with a public address unless a property says otherwise, and that property. A database in a subnet has no other.
SERVICES = {
    "containerregistry:Registry": "publicNetworkAccess",
    "dbforpostgresql:Server": "network.publicNetworkAccess",
    "keyvault:Vault": "properties.publicNetworkAccess",
    "redisenterprise:RedisEnterprise": "publicNetworkAccess",
    "storage:StorageAccount": "publicNetworkAccess",
}
# Types without a network address of their own: parts of a service, identities, roles, and what the network consists of.
WITHOUT_ADDRESS = {
    "authorization:RoleAssignment",
    "containerservice:AgentPool",
    "containerservice:MaintenanceConfiguration",
    "dbforpostgresql:Configuration",
    "dbforpostgresql:Database",
    "keyvault:Secret",
    "managedidentity:FederatedIdentityCredential",
    "managedidentity:UserAssignedIdentity",
    "network:NatGateway",
    "network:NetworkSecurityGroup",
    "network:PrivateDnsZoneGroup",
    "network:PrivateEndpoint",
    "network:Subnet",
    "network:VirtualNetwork",
    "privatedns:PrivateZone",
    "privatedns:VirtualNetworkLink",
    "redisenterprise:Database",
    "resources:ResourceGroup",
    "storage:BlobContainer",
    "storage:FileServiceProperties",
    "storage:FileShare",
    "storage:ManagementPolicy",
}
# Azure, "Azure private endpoint private DNS zone values".
ZONES = {
    "blob": "privatelink.blob.core.windows.net",
    "file": "privatelink.file.core.windows.net",
    "redisEnterprise": "privatelink.redis.azure.net",
    "registry": "privatelink.azurecr.io",
    "vault": "privatelink.vaultcore.azure.net",
}


def plan(case: str) -> Plan:
    return plan_of(*CASES[case])


def azure(case: str) -> list[Resource]:
    return [resource for resource in plan(case).resources if resource.type.startswith("azure-native:")]


def kind(resource: Resource) -> str:
    return resource.type.partition(":")[2]


def endpoints(case: str) -> dict[str, str]:
    """The zone of each endpoint, by the part of the service that it leads to."""
    names = {zone.inputs["privateZoneName"] for zone in plan(case).all("azure-native:privatedns:PrivateZone")}
    found = {}
    for group in plan(case).all("azure-native:network:PrivateDnsZoneGroup"):
        (config,) = group.inputs["privateDnsZoneConfigs"]
        found[config["name"]] = config["privateDnsZoneId"].rpartition("/")[2]
    assert set(found.values()) <= names
    return found


@every
def test_no_service_has_a_public_address(case: str) -> None:
    for resource in azure(case):
        if kind(resource) in SERVICES:
            value: Any = resource.inputs
            for key in SERVICES[kind(resource)].split("."):
                value = value[key]
            assert str(value).lower() == "disabled", resource.name
        elif kind(resource) == "containerservice:ManagedCluster":
            access = resource.inputs["apiServerAccessProfile"]
            assert access == {
                "enablePrivateCluster": True,
                "enablePrivateClusterPublicFQDN": False,
                "privateDNSZone": "system",
            }
        elif kind(resource) == "network:PublicIPAddress":
            # The address from which the NAT gateway connects to the Internet accepts no connection.
            assert resource.name == "network-outbound-ip"
        else:
            assert kind(resource) in WITHOUT_ADDRESS, f"{resource.type}: has it a public address?"


@pytest.mark.parametrize("way", WAYS_IN)
def test_the_gateway_alone_may_have_a_public_address(way: str) -> None:
    found = plan_of("prod", {**PRIVATE, "access": WAYS_IN[way]})
    addresses = {item.name for item in found.all("azure-native:network:PublicIPAddress")}
    assert addresses == {"network-outbound-ip", *(["gateway-address-ip"] if way == "public" else [])}
    for resource in found.resources:
        for value in at(resource.inputs, "publicNetworkAccess"):
            assert str(value).lower() == "disabled", resource.name


@every
def test_no_property_of_any_resource_enables_public_access(case: str) -> None:
    for resource in azure(case):
        for value in at(resource.inputs, "publicNetworkAccess"):
            assert str(value).lower() == "disabled", resource.name


@every
def test_no_service_of_kubernetes_is_a_load_balancer(case: str) -> None:
    for resource in plan(case).resources:
        assert "LoadBalancer" not in list(at(resource.inputs, "type")), resource.name


@every
def test_no_firewall_rule_lets_anybody_in(case: str) -> None:
    assert not plan(case).all("azure-native:dbforpostgresql:FirewallRule")


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
def test_imports_reach_the_closed_registry_from_inside_azure(case: str) -> None:
    registry = plan(case).one("azure-native:containerregistry:Registry").inputs
    assert registry["networkRuleBypassOptions"] == "AzureServices"
    assert registry["sku"] == {"name": "Premium"}


@every
def test_destroy_needs_no_path_to_the_closed_vault(case: str) -> None:
    """The provider writes a secret through Azure's control plane, but deletes it through the vault itself."""
    assert all(secret.retain_on_delete for secret in plan(case).all("azure-native:keyvault:Secret"))


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


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_a_stack_that_does_not_ask_has_public_logs_and_no_endpoint_for_them(stack: str) -> None:
    found = plan_of(stack)
    assert {item.inputs["publicNetworkAccess"] for item in found.all("azure-native:storage:StorageAccount")} == {
        "Enabled"
    }
    assert not [
        item
        for item in found.resources
        if item.name.startswith(("log-storage-private", "network-blob", "network-file"))
    ]


def test_the_logs_alone_can_be_closed() -> None:
    found = plan_of("dev", {"logs.publicAccess": False})
    assert found.one("azure-native:storage:StorageAccount").inputs["publicNetworkAccess"] == "Disabled"
    assert [item.name for item in found.all("azure-native:network:PrivateEndpoint")] == [
        "log-storage-private-blob-endpoint"
    ]
    assert found.one("azure-native:keyvault:Vault").inputs["properties"]["publicNetworkAccess"] == "enabled"


def test_single_settings_decide_without_a_private_network() -> None:
    single = {
        "registry.publicAccess": False,
        "keyVault.publicAccess": False,
        "logs.publicAccess": False,
        "database.access": "private",
        "cluster.privateApiServer": True,
    }
    shown = [[(item.urn, item.inputs) for item in plan_of("prod", changes).resources] for changes in (single, PRIVATE)]
    assert shown[0] == shown[1]
