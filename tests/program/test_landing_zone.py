"""Plans among what a company already has, and the shipped example of all of it: nothing twice, nothing public."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

from components.settings.model import Settings
from components.settings.pins import load_pins
from components.stack_file.checker import check
from dryrun.plan import Plan, Resource
from tests import landing_zone_example
from tests.landing_zone_cases import LANDING_ZONES
from tests.plans import PINS_FILE, PROJECT, at, changed, plan_of, planned, shipped, texts
from tests.program.own_stacks import problems_of_plan

pytestmark = pytest.mark.usefixtures("untraced")

CLUSTER = "azure-native:containerservice:ManagedCluster"
ENDPOINT = "azure-native:network:PrivateEndpoint"
ROLE = "azure-native:authorization:RoleAssignment"
SETTING = "azure-native:monitor:DiagnosticSetting"
INTERNAL = "service.beta.kubernetes.io/azure-load-balancer-internal"
# Of a network.
NETWORK = {"NatGateway", "NetworkSecurityGroup", "SecurityRule", "Subnet", "VirtualNetwork", "VirtualNetworkPeering"}
EXAMPLE = "the shipped example"
every = pytest.mark.parametrize("case", [EXAMPLE, *LANDING_ZONES])


def plan(case: str) -> Plan:
    return landing_zone_example.plan() if case == EXAMPLE else planned(case)


def settings_of(case: str) -> Settings:
    config = landing_zone_example.config() if case == EXAMPLE else changed(shipped("prod"), LANDING_ZONES[case])
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, plan(case).stack)
    assert settings is not None, errors
    return settings


def given_ids(case: str) -> set[str]:
    """Every id of Azure that the stack file names."""
    config = landing_zone_example.config() if case == EXAMPLE else changed(shipped("prod"), LANDING_ZONES[case])
    return {
        found.lower() for value in config.values.values() for found in re.findall(r"/subscriptions/[^\s\",]+", value)
    }


def kinds_made(plan: Plan) -> set[str]:
    return {
        resource.type.rpartition(":")[2] for resource in plan.resources if resource.type.startswith("azure-native:")
    }


def kinds_that_exist(settings: Settings) -> Iterator[str]:
    """The types of what the stack file says exists already."""
    if settings.network.existing is not None:
        yield from NETWORK
    if settings.network.private_dns.mode != "own":
        yield from ("PrivateZone", "VirtualNetworkLink")
    if settings.registry.existing_id is not None:
        yield "Registry"
    if settings.key_vault.existing_id is not None:
        yield "Vault"
    if settings.resource_group.existing_name is not None:
        yield "ResourceGroup"
    if settings.monitoring is not None and settings.monitoring.workspace_id is not None:
        yield "Workspace"


def public(plan: Plan) -> set[str]:
    """What has a public address, or a name that the Internet resolves."""
    found = {resource.name for resource in plan.resources if resource.type.endswith(("PublicIPAddress", "NatGateway"))}
    for resource in plan.resources:
        if any(value.casefold() != "disabled" for value in at(resource.inputs, "publicNetworkAccess")):
            found.add(resource.name)
        found |= {resource.name for service in load_balancers(resource.inputs) if not is_internal(service)}
    cluster = plan.one(CLUSTER)
    if not cluster.inputs["apiServerAccessProfile"].get("enablePrivateCluster"):
        found.add("API server")
    if cluster.inputs["networkProfile"]["outboundType"] == "loadBalancer":
        found.add("way out")
    return found


def load_balancers(value: Any) -> Iterator[dict[str, Any]]:
    """Every description of a Service that Azure gives an address, at any depth."""
    if isinstance(value, dict):
        if value.get("type") == "LoadBalancer":
            yield value
        for item in value.values():
            yield from load_balancers(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from load_balancers(item)


def is_internal(service: dict[str, Any]) -> bool:
    return bool((service.get("annotations") or {}).get(INTERNAL) == "true")


def touches(resource: Resource, ids: set[str]) -> bool:
    """Whether a resource is one of the ids, or a part of one that is no secret of the stack and no role."""
    if resource.type in (ROLE, SETTING) or resource.type.endswith("keyvault:Secret"):
        return str(resource.id).lower() in ids
    return any(f"{resource.id}/".lower().startswith(f"{known}/") for known in ids)


@every
def test_nothing_is_made_that_exists(case: str) -> None:
    assert kinds_made(plan(case)) & set(kinds_that_exist(settings_of(case))) == set()


@every
def test_no_resource_is_what_exists_or_a_part_of_it(case: str) -> None:
    ids = given_ids(case)
    assert [resource.name for resource in plan(case).resources if resource.custom and touches(resource, ids)] == []


@every
def test_no_resource_has_the_name_of_what_exists(case: str) -> None:
    ids = given_ids(case)
    taken = {known.rpartition("/")[2] for known in ids}
    made = [
        resource
        for resource in plan(case).resources
        if resource.type.startswith("azure-native:") and not resource.type.endswith("keyvault:Secret")
    ]
    assert [resource.name for resource in made if str(resource.id).lower().rpartition("/")[2] in taken] == []


@every
def test_no_endpoint_and_no_setting_is_made_for_what_exists(case: str) -> None:
    ids = given_ids(case)
    targets = [text for endpoint in plan(case).all(ENDPOINT) for text in at(endpoint.inputs, "privateLinkServiceId")]
    targets += [setting.inputs["resourceUri"] for setting in plan(case).all(SETTING)]
    assert {target.lower() for target in targets} & ids == set()


@every
def test_nothing_is_public_but_what_prod_has_and_a_gateway_that_the_stack_file_opens(case: str) -> None:
    settings = settings_of(case)
    access = settings.access
    if settings.network.private:
        allowed = set()
        if settings.network.existing is None and settings.network.outbound == "natGateway":
            allowed = {"network-outbound-ip", "network-nat-gateway"}
    else:
        allowed = public(plan_of("prod"))
    if access is not None and access.visibility == "public":
        allowed |= {"gateway-address-ip", "gateway-envoyproxy-airflow"}
    assert public(plan(case)) - allowed == set()


def test_the_example_has_nothing_public() -> None:
    assert public(plan(EXAMPLE)) == set()


def test_the_example_is_accepted_as_it_is_and_makes_a_whole_plan() -> None:
    config = landing_zone_example.config()
    assert problems_of_plan(plan(EXAMPLE), config, load_pins(PINS_FILE)) == []
    warnings = [warning.partition(": ")[0] for warning in plan(EXAMPLE).warnings]
    # The names of the pattern and the host are for the reader to choose.
    assert set(warnings) <= {"airflow-aks:naming.pattern", "airflow-aks:access.host"}


def test_the_example_uses_everything_that_exists() -> None:
    assert set(kinds_that_exist(settings_of(EXAMPLE))) >= {*NETWORK, "PrivateZone", "Registry", "Vault", "Workspace"}
    used = {text.lower() for resource in plan(EXAMPLE).resources for text in texts(resource.inputs)}
    unused = [known for known in given_ids(EXAMPLE) if not any(known in text for text in used)]
    # A registry, a vault and the subnet of the gateway are addressed by their names.
    ends = ("/registries/crcontososhared", "/vaults/kv-contoso-shared", "/subnets/snet-gateway")
    assert [known for known in unused if not known.endswith(ends)] == []


def test_the_program_assigns_no_role_on_what_the_owners_grant() -> None:
    """The disk encryption set is the exception: the cluster must read it before it exists."""
    scopes = {role.inputs["scope"].lower() for role in plan(EXAMPLE).all(ROLE)}
    given = {scope for scope in scopes if any(scope.startswith(known) for known in given_ids(EXAMPLE))}
    assert {scope.rpartition("/")[2] for scope in given} == {"des-aks"}
    grants = plan(EXAMPLE).outputs["requiredGrants"]
    assert {"nodeSubnetId", "gatewaySubnetId", "nodeNetwork", "zones.cluster", "registry"} <= set(grants)
    assert len([key for key in grants if key.startswith("keyVault.")]) == 10
