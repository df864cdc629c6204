"""The gateway's address in whole plans: public or internal, its name, its record, and the right to use it."""

from __future__ import annotations

import pytest

from components.azure.gateway_address import internal_address
from dryrun.plan import Plan
from tests.case_values import HOST
from tests.cases import SELECTORS, ZONE
from tests.plans import plan_of, planned

IP = "azure-native:network:PublicIPAddress"
ROLE = "azure-native:authorization:RoleAssignment"
RECORD = "azure-native:dns:RecordSet"
RULE = "azure-native:network:SecurityRule"
ANNOTATION = "service.beta.kubernetes.io/azure"
NETWORK_CONTRIBUTOR = "4d97b98b-1d4f-4787-a291-c67834d212e7"


def annotations(plan: Plan) -> dict[str, str]:
    proxy = plan.one("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy").inputs["spec"]
    found: dict[str, str] = proxy["provider"]["kubernetes"]["envoyService"]["annotations"]
    return found


def test_a_public_gateway_has_a_static_address_that_outlives_its_service() -> None:
    plan = planned("access-label")
    address = plan.one(IP, "gateway-address-ip")
    assert address.inputs["publicIPAllocationMethod"] == "Static"
    assert address.inputs["sku"] == {"name": "Standard", "tier": "Regional"}
    assert annotations(plan) == {
        f"{ANNOTATION}-load-balancer-resource-group": "rg-airflow-prod",
        f"{ANNOTATION}-pip-name": "pip-airflow-prod-gateway",
    }
    assert plan.outputs["gatewayAddress"] == address.outputs["ipAddress"]


def test_the_dns_label_is_the_addresss_own_so_that_aks_changes_no_resource_of_ours() -> None:
    plan = planned("access-label")
    assert plan.one(IP, "gateway-address-ip").inputs["dnsSettings"] == {"domainNameLabel": "my-airflow"}
    assert not [name for name in annotations(plan) if "dns-label" in name]
    assert plan.outputs["airflowUrl"] == "https://my-airflow.canadacentral.cloudapp.azure.com"


def test_an_own_host_has_no_label() -> None:
    assert "dnsSettings" not in planned("access-host").one(IP, "gateway-address-ip").inputs


def test_the_clusters_identity_may_use_a_public_address_of_the_group() -> None:
    plan = planned("access-host")
    role = plan.one(ROLE, "gateway-address-resource-group").inputs
    assert role["scope"].endswith("/resourceGroups/rg-airflow-prod")
    assert role["roleDefinitionId"].endswith(NETWORK_CONTRIBUTOR)
    identity = plan.one("azure-native:managedidentity:UserAssignedIdentity", "cluster-control-plane-identity")
    assert role["principalId"] == identity.outputs["principalId"]


@pytest.mark.parametrize(("case", "role"), [("access-host", "resource-group"), ("access-internal", "subnet")])
def test_no_load_balancer_is_asked_for_before_aks_may_use_its_address(case: str, role: str) -> None:
    plan = planned(case)
    proxy = plan.one("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy")
    assert plan.one(ROLE, f"gateway-address-{role}").urn in proxy.dependencies


def test_an_internal_gateway_has_a_fixed_address_of_the_gateway_subnet() -> None:
    plan = planned("access-internal")
    assert [ip.name for ip in plan.all(IP)] == ["network-outbound-ip"]
    assert annotations(plan) == {
        f"{ANNOTATION}-load-balancer-internal": "true",
        f"{ANNOTATION}-load-balancer-internal-subnet": "gateway",
        f"{ANNOTATION}-load-balancer-ipv4": "10.60.34.4",
    }
    assert plan.outputs["gatewayAddress"] == "10.60.34.4"
    role = plan.one(ROLE, "gateway-address-subnet").inputs
    assert role["scope"].endswith("/subnets/gateway")


def test_our_own_security_group_lets_the_internet_reach_the_web_ports() -> None:
    """AKS opens ports in its own group only; the default rules of ours deny the Internet."""
    rule = planned("access-host").one(RULE).inputs
    assert rule["networkSecurityGroupName"] == "network-nodes-security"
    assert (rule["access"], rule["direction"], rule["sourceAddressPrefix"]) == ("Allow", "Inbound", "Internet")
    assert rule["destinationPortRanges"] == ["80", "443"]


def test_rules_that_others_add_to_the_nodes_group_stay_beside_ours() -> None:
    group = planned("access-host").one("azure-native:network:NetworkSecurityGroup", "network-nodes-security")
    assert "securityRules" not in group.inputs
    assert "securityRules" in group.ignore_changes


@pytest.mark.parametrize("case", ["prod", "access-internal"])
def test_the_internet_reaches_no_node_without_a_public_gateway(case: str) -> None:
    assert planned(case).all(RULE) == []


def test_a_label_of_the_gateways_address_is_the_programs_to_change() -> None:
    plan = planned("access-host")
    assert "dnsSettings" not in plan.one(IP, "gateway-address-ip").ignore_changes
    assert "dnsSettings" in plan.one(IP, "network-outbound-ip").ignore_changes


@pytest.mark.parametrize(("case", "address"), [("access-2.9", None), ("access-internal", "10.60.34.4")])
def test_the_zone_gets_the_record_in_its_own_subscription(case: str, address: str | None) -> None:
    plan = planned(case)
    record = plan.one(RECORD).inputs
    assert (record["resourceGroupName"], record["zoneName"], record["recordType"]) == ("dns", "example.com", "A")
    assert record["relativeRecordSetName"] == "airflow"
    assert record["aRecords"] == [{"ipv4Address": address or plan.outputs["gatewayAddress"]}]
    provider = plan.one("pulumi:providers:azure-native", "gateway-address-dns-subscription")
    assert provider.inputs["subscriptionId"] in ZONE
    assert str(plan.one(RECORD).provider).startswith(provider.urn)


def test_without_a_zone_there_is_no_record() -> None:
    assert planned("access-host").all(RECORD) == []


def test_a_host_that_is_the_zone_itself_has_its_apex_record() -> None:
    access = {**SELECTORS["access-internal"]["access"], "host": HOST.partition(".")[2]}
    assert plan_of("prod", {"access": access}).one(RECORD).inputs["relativeRecordSetName"] == "@"


@pytest.mark.parametrize(("subnet", "address"), [("10.40.34.0/24", "10.40.34.4"), ("10.40.1.0/28", "10.40.1.4")])
def test_azure_reserves_the_first_four_addresses(subnet: str, address: str) -> None:
    assert internal_address(subnet) == address
