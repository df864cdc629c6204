"""Plans whose nodes have no way to the Internet: they start from the stack's registry, which is ready before them."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan, Resource
from tests.dryrun.comparison.plans import actions, change_of, compare
from tests.landing_zone_cases import EXISTING_REGISTRY, ISOLATED, SUBNETS
from tests.plans import plan_of, planned, texts
from tests.pod_cluster_cases import POD_CLUSTER

CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
REGISTRY = "azure-native:containerregistry:Registry"
CACHE = "azure-native:containerregistry:CacheRule"
ROLE = "azure-native:authorization:RoleAssignment"
CASE = "isolated-network"
# What has an address on the Internet, or leads there.
WAYS_OUT = {"azure-native:network:NatGateway", "azure-native:network:PublicIPAddress"}
ISOLATED_PODS: dict[str, Any] = {
    **POD_CLUSTER,
    "network.addressSpace": None,
    "network.existing": {key: SUBNETS[key] for key in ("nodeSubnetId", "privateEndpointSubnetId")},
    "network.outbound": "none",
    "network.private": True,
    "registry": {"sku": "Premium"},
    "cluster.authorizedIpRanges": None,
}


@pytest.fixture(params=["airflow", "without airflow"])
def isolated(request: pytest.FixtureRequest) -> Plan:
    if request.param == "airflow":
        return planned(CASE)
    return plan_of("dev", ISOLATED_PODS)


def needed_for(plan: Plan, resource: Resource) -> set[str]:
    """The names of all that must exist before a resource."""
    by_urn = {each.urn: each for each in plan.resources}
    found: set[str] = set()
    waiting = [resource]
    while waiting:
        for urn in waiting.pop().dependencies:
            if urn in by_urn and by_urn[urn].name not in found:
                found.add(by_urn[urn].name)
                waiting.append(by_urn[urn])
    return found


def test_the_cluster_has_no_way_out(isolated: Plan) -> None:
    profile = isolated.one(CLUSTER).inputs["networkProfile"]
    assert profile["outboundType"] == "none"
    assert {"loadBalancerProfile", "natGatewayProfile"} & set(profile) == set()
    assert isolated.one(CLUSTER).inputs["apiServerAccessProfile"]["enablePrivateCluster"] is True


def test_nothing_is_public(isolated: Plan) -> None:
    assert {resource.type for resource in isolated.resources} & WAYS_OUT == set()
    access = {
        str(value).lower()
        for resource in isolated.resources
        for key, value in _flat(resource.inputs)
        if key == "publicNetworkAccess"
    }
    assert access == {"disabled"}
    nodes = [*isolated.one(CLUSTER).inputs["agentPoolProfiles"], *(pool.inputs for pool in isolated.all(POOL))]
    assert [pool for pool in nodes if pool.get("enableNodePublicIP")] == []


def test_the_load_balancer_of_the_gateway_is_internal() -> None:
    proxy = planned(CASE).one("kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy")
    annotations = proxy.inputs["spec"]["provider"]["kubernetes"]["envoyService"]["annotations"]
    assert annotations["service.beta.kubernetes.io/azure-load-balancer-internal"] == "true"


def test_nodes_start_from_the_registry_of_the_stack(isolated: Plan) -> None:
    assert isolated.one(CLUSTER).inputs["bootstrapProfile"] == {
        "artifactSource": "Cache",
        "containerRegistryId": isolated.one(REGISTRY).id,
    }
    rule = isolated.one(CACHE).inputs
    assert rule["registryName"] == isolated.one(REGISTRY).inputs["registryName"]
    # AKS takes no other names. Source: AKS, "Create a network isolated AKS cluster".
    assert (rule["cacheRuleName"], rule["sourceRepository"], rule["targetRepository"]) == (
        "aks-managed-mcr",
        "mcr.microsoft.com/*",
        "aks-managed-repository/*",
    )
    registry = isolated.one(REGISTRY).inputs
    assert (registry["sku"]["name"], registry["publicNetworkAccess"]) == ("Premium", "Disabled")
    assert registry["anonymousPullEnabled"] is False


def test_nodes_can_pull_before_the_cluster_is_created(isolated: Plan) -> None:
    assert {
        "registry-registry",
        "registry-bootstrap-cache",
        "registry-kubelet-pull",
        "registry-private-endpoint",
        "registry-private-zone-group",
        "network-registry-zone",
        "network-registry-zone-link",
        "cluster-kubelet-identity",
        "cluster-control-plane-kubelet",
    } <= needed_for(isolated, isolated.one(CLUSTER))


def test_nothing_that_waits_for_the_cluster_holds_the_cluster_up(isolated: Plan) -> None:
    cluster = isolated.one(CLUSTER)
    needed = needed_for(isolated, cluster)
    assert cluster.name not in needed
    assert [name for name in needed if name.startswith(("images-", "airflow-", "database"))] == []


def test_nodes_follow_the_stack_to_another_registry() -> None:
    """The update deletes the registry of the stack's own, and an ignored change would leave the nodes with it."""
    comparison = compare(planned(CASE), plan_of("prod", {**ISOLATED, **EXISTING_REGISTRY}))
    changed = change_of(comparison, "cluster-cluster")
    assert changed.action == "changed"
    assert ("bootstrapProfile", "containerRegistryId") in {found.path for found in changed.differences}


@pytest.mark.parametrize("case", ["existing-network", "private-network"])
def test_nodes_with_a_way_out_start_as_before(case: str) -> None:
    plan = planned(case)
    assert "bootstrapProfile" not in plan.one(CLUSTER).inputs
    assert plan.all(CACHE) == []
    assert "registry-registry" not in needed_for(plan, plan.one(CLUSTER))


def test_a_move_between_ways_out_keeps_the_right_to_pull() -> None:
    """Azure refuses a second assignment of one role, so that the first must stay the same resource."""
    pulls = [
        [role.urn for role in plan.all(ROLE) if role.name.endswith("-pull")]
        for plan in (planned("existing-network"), planned(CASE))
    ]
    assert pulls[0] == pulls[1]
    assert len(pulls[0]) == 1


def test_the_comparison_says_that_another_way_out_replaces_the_cluster_and_no_data() -> None:
    comparison = compare(plan_of("prod", {**ISOLATED, "network.outbound": "userDefinedRouting"}), planned(CASE))
    found = actions(comparison)
    assert found["cluster-cluster"] == "replaced"
    assert found["registry-bootstrap-cache"] == "added"
    assert {"registry-registry", "registry-kubelet-pull", "database-server"} & set(found) == set()
    assert "networkProfile.outboundType" in str(change_of(comparison, "cluster-cluster").reasons)
    assert not comparison.loses_data


def test_no_pod_pulls_from_another_registry() -> None:
    plan = planned(CASE)
    server = plan.one(REGISTRY).outputs["loginServer"]
    images = [text for item in plan.resources if item.type == "kubernetes:batch/v1:Job" for text in texts(item.inputs)]
    assert [text for text in images if "azurecr.io/" in text and not text.startswith(server)] == []


def test_an_isolated_stack_with_every_alternative_is_planned() -> None:
    plan = plan_of(
        "prod",
        {
            **ISOLATED,
            "airflow.executor": "CeleryExecutor",
            "secrets.delivery": "csi",
            "logs.delivery": "blobfuse",
            "network.egress": "restricted",
            "network.existing": {**SUBNETS, "grantAccess": False},
        },
    )
    assert plan.one(CLUSTER).inputs["bootstrapProfile"]["artifactSource"] == "Cache"


def _flat(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in [(key, inner), *_flat(inner)]]
    if isinstance(value, list | tuple):
        return [pair for inner in value for pair in _flat(inner)]
    return []
