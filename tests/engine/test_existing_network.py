"""A stack in subnets of others: it stands in them, changes nothing of them, and leaves them when it goes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.engine import checks
from tests.engine.existing_subnets import SUBNET, lend_network, lent
from tests.landing_zone_cases import LANDING_ZONE, SPOKE, SUBNETS

from .workspace import Workspace

NETWORK = SPOKE.removesuffix("/subnets")
ROLE = "azure-native:authorization:RoleAssignment"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
OWN = {"addressSpace": "10.60.0.0/16", "outbound": "natGateway"}


def move(workspace: Workspace, **network: Any) -> None:
    """Write another network section, and the way in of the landing zone."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:network"] = network
    content["config"]["airflow-aks:access"] = LANDING_ZONE["access"]
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def into_subnets(workspace: Workspace, **subnets: Any) -> None:
    given = {key: value for key, value in {**SUBNETS, **subnets}.items() if value is not None}
    move(workspace, existing=given, outbound="userDefinedRouting", private=True)


@pytest.fixture
def landing(prod: Workspace) -> Workspace:
    lend_network(prod.cloud)
    into_subnets(prod)
    return prod


def test_a_stack_comes_and_goes_and_the_network_stays_as_it_was(landing: Workspace) -> None:
    before = copy.deepcopy(lent(landing.cloud))
    assert len(before) == 4
    landing.up()
    assert landing.up().changes.keys() == {"unchanged"}
    landing.preview("--refresh", "--expect-no-changes")
    assert lent(landing.cloud) == before
    assert {type_ for type_, _ in landing.in_state()} & {SUBNET, "azure-native:network:VirtualNetwork"} == set()
    landing.unprotect()
    landing.destroy()
    assert lent(landing.cloud) == before
    assert set(landing.cloud.objects) == set(SUBNETS.values())


def test_what_others_attach_to_the_subnets_is_no_drift(landing: Workspace) -> None:
    landing.up()
    node_subnet = landing.cloud.objects[SUBNETS["nodeSubnetId"]]
    node_subnet.inputs["networkSecurityGroup"] = {"id": f"{NETWORK}/nsg"}
    landing.cloud.operations.clear()
    landing.up("--refresh")
    assert checks.operations(landing, "create", "update", "delete") == []
    assert "networkSecurityGroup" in node_subnet.inputs


def test_a_subnet_that_does_not_exist_is_told_by_the_preview(landing: Workspace) -> None:
    del landing.cloud.objects[SUBNETS["databaseSubnetId"]]
    refused = landing.preview(check=False)
    assert refused.code != 0
    assert "snet-database" in refused.output
    assert checks.operations(landing, "create") == []


def test_a_delegated_subnet_is_none_for_nodes(landing: Workspace) -> None:
    inputs = landing.cloud.objects[SUBNETS["nodeSubnetId"]].inputs
    inputs["delegations"] = [{"name": "web", "serviceName": "Microsoft.Web/serverFarms"}]
    refused = landing.up(check=False)
    assert refused.code != 0
    assert "SubnetIsDelegated" in refused.output
    del inputs["delegations"]
    landing.up()
    checks_no_change(landing)


def test_nodes_without_a_route_table_are_refused_and_come_with_one(landing: Workspace) -> None:
    inputs = landing.cloud.objects[SUBNETS["nodeSubnetId"]].inputs
    table = inputs.pop("routeTable")
    refused = landing.up(check=False)
    assert refused.code != 0
    assert "ExistingRouteTableNotAssociatedWithSubnet" in refused.output
    inputs["routeTable"] = table
    landing.up()
    checks_no_change(landing)


def checks_no_change(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


def test_roles_that_others_assign_are_waited_for(landing: Workspace) -> None:
    into_subnets(landing, grantAccess=False)
    refused = landing.up(check=False)
    assert refused.code != 0
    assert f"no role on ['{SUBNETS['nodeSubnetId']}']" in refused.output
    # The command that is missing stands in the output of the update that fails.
    assert f"--scope {SUBNETS['nodeSubnetId']}" in refused.output
    principal = landing.cloud.find(IDENTITY, "cluster-control-plane-identity").outputs["principalId"]
    for key in ("nodeSubnetId", "gatewaySubnetId"):
        inputs = {"principalId": principal, "roleDefinitionId": "4d97b98b", "scope": SUBNETS[key]}
        landing.cloud.create_outside(ROLE, key, inputs)
    landing.up()
    checks_no_change(landing)
    outputs = landing.run("stack", "output", "requiredGrants", "--stack", "prod", check=True).output
    assert principal in outputs
    landing.unprotect()
    landing.destroy()
    assert {item.name for item in landing.cloud.objects.values() if item.type == ROLE} == {
        "nodeSubnetId",
        "gatewaySubnetId",
    }


def test_a_living_stack_does_not_move_into_subnets_of_others(living_prod: Workspace) -> None:
    lend_network(living_prod.cloud)
    into_subnets(living_prod)
    living_prod.change("network", private=False)
    for refused in (living_prod.preview(check=False), living_prod.up(check=False)):
        assert refused.code != 0
        assert "airflow-aks:network.existing: is set, and the stack was made in a network of its own" in refused.output
    assert checks.operations(living_prod, "create", "update", "delete") == []


def test_a_living_stack_does_not_move_out_of_subnets_of_others(landing: Workspace) -> None:
    landing.up()
    landing.cloud.operations.clear()
    move(landing, **OWN, private=True)
    refused = landing.up(check=False)
    assert refused.code != 0
    assert "airflow-aks:network.existing: is not set, and the stack was made in subnets that existed" in refused.output
    assert checks.operations(landing, "create", "update", "delete") == []
    into_subnets(landing)
    checks_no_change(landing)
