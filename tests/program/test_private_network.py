"""Plans with `network.private`: no service has a public address."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Resource
from tests.cases import SELECTORS
from tests.plans import at, plan_of
from tests.program.private_plans import PRIVATE, azure, every, plan

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


def kind(resource: Resource) -> str:
    return resource.type.partition(":")[2]


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


@every
def test_imports_reach_the_closed_registry_from_inside_azure(case: str) -> None:
    registry = plan(case).one("azure-native:containerregistry:Registry").inputs
    assert registry["networkRuleBypassOptions"] == "AzureServices"
    assert registry["sku"] == {"name": "Premium"}


@every
def test_destroy_needs_no_path_to_the_closed_vault(case: str) -> None:
    """The provider writes a secret through Azure's control plane, but deletes it through the vault itself."""
    assert all(secret.retain_on_delete for secret in plan(case).all("azure-native:keyvault:Secret"))


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
