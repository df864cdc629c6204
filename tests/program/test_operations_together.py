"""Teams, chaos, monitoring, private services and restricted egress, all in one stack."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan
from tests.cases import STACKS
from tests.plans import at, plan_of

NETWORK = {"outbound": "natGateway", "egress": "restricted", "private": True}
TOGETHER: dict[str, Any] = {
    "cluster.adminGroupIds": ["00000000-0000-0000-0000-000000000002"],
    "teams": [
        {"name": "data", "groupId": "00000000-0000-0000-0000-000000000001", "namespace": "data", "role": "developer"}
    ],
    "chaos": {"target": "scheduler"},
    "monitoring": {"alertEmails": ["ops@example.com"]},
}
ONLY_DEV: dict[str, Any] = {
    "registry.sku": "Premium",
    "database": {"sku": "Standard_B2s", "tier": "Burstable"},
    "network": {"addressSpace": "10.40.0.0/20", **NETWORK},
}
ONLY_PROD = {f"network.{key}": value for key, value in NETWORK.items()}
each = pytest.mark.parametrize("stack", STACKS)


def together(stack: str) -> Plan:
    return plan_of(stack, {**TOGETHER, **(ONLY_DEV if stack == "dev" else ONLY_PROD)})


@each
def test_each_part_is_there(stack: str) -> None:
    types = {resource.type for resource in together(stack).resources}
    assert "azure-native:operationalinsights:Workspace" in types
    assert "kubernetes:cilium.io/v2:CiliumNetworkPolicy" in types
    names = {resource.name for resource in together(stack).resources}
    assert any(name.startswith("chaos") for name in names)
    assert any(name.startswith("team") for name in names)


@each
def test_no_service_but_the_log_workspace_has_a_public_address(stack: str) -> None:
    plan = together(stack)
    said = [value for resource in plan.resources for value in at(resource.inputs, "publicNetworkAccess")]
    assert len(said) >= 4
    assert {value.lower() for value in said} == {"disabled"}
    (cluster,) = plan.all("azure-native:containerservice:ManagedCluster")
    assert cluster.inputs["apiServerAccessProfile"]["enablePrivateCluster"] is True


@each
def test_chaoskube_still_reaches_the_kubernetes_api(stack: str) -> None:
    policies = [one for one in together(stack).resources if one.type.endswith(":CiliumNetworkPolicy")]
    (calls,) = (one for one in policies if one.outputs["metadata"]["name"] == "airflow-to-kubernetes")
    assert "chaos" in str(calls.inputs["spec"]["endpointSelector"])
