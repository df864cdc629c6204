"""A stack whose nodes have no way to the Internet: it comes and goes, and its registry is ready before its nodes."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import yaml

from tests.engine import checks, recovery
from tests.engine.existing_subnets import SUBNET, lend_network, lent
from tests.engine.faults import Fault
from tests.engine.isolated_rules import check_create
from tests.engine.refusal import CloudError
from tests.landing_zone_cases import ISOLATED, SUBNETS

from .workspace import Workspace

CLUSTER = "azure-native:containerservice:ManagedCluster"
CACHE = "registry-bootstrap-cache"
PULL = "registry-kubelet-pull"
# What nodes need of the registry before they start.
READY = (PULL, CACHE, "registry-private-zone-group", "network-registry-zone-link")
WAYS_OUT = {"azure-native:network:NatGateway", "azure-native:network:PublicIPAddress"}


def lead(workspace: Workspace, outbound: str) -> None:
    """Let the nodes leave another way, in subnets of others."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:network"] = {"existing": SUBNETS, "outbound": outbound, "private": True}
    content["config"]["airflow-aks:access"] = ISOLATED["access"]
    content["config"]["airflow-aks:dags"] = ISOLATED["dags"]
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


@pytest.fixture
def landing(prod: Workspace) -> Workspace:
    """Subnets of others, whose route table no isolated node needs."""
    lend_network(prod.cloud)
    del prod.cloud.objects[SUBNETS["nodeSubnetId"]].inputs["routeTable"]
    lead(prod, "none")
    return prod


def state_and_cloud_agree(workspace: Workspace) -> None:
    """Nothing is orphaned or only imagined, the subnets of others aside."""
    in_cloud = {item for item in workspace.in_cloud() if item[0] != SUBNET}
    assert in_cloud == workspace.in_state()


def in_order(workspace: Workspace, kind: str) -> list[str]:
    """What was created or deleted, in the order in which the cloud was asked."""
    return [name for operation, name in workspace.cloud.operations if operation == kind]


def test_a_stack_comes_and_goes_with_nothing_public(landing: Workspace) -> None:
    before = copy.deepcopy(lent(landing.cloud))
    landing.up()
    assert landing.cloud.find(CLUSTER).inputs["bootstrapProfile"]["artifactSource"] == "Cache"
    assert {item.type for item in landing.cloud.objects.values()} & WAYS_OUT == set()
    state_and_cloud_agree(landing)
    assert landing.up().changes.keys() == {"unchanged"}
    landing.preview("--refresh", "--expect-no-changes")
    landing.unprotect()
    landing.destroy()
    assert lent(landing.cloud) == before
    assert set(landing.cloud.objects) == set(SUBNETS.values())


def test_the_registry_is_ready_before_the_cluster_and_goes_after_it(landing: Workspace) -> None:
    landing.up()
    order = in_order(landing, "create")
    assert max(order.index(name) for name in READY) < order.index("cluster-cluster")
    landing.unprotect()
    landing.cloud.operations.clear()
    landing.destroy()
    order = in_order(landing, "delete")
    assert order.index("cluster-cluster") < min(order.index(name) for name in READY)


@pytest.mark.parametrize("name", READY)
def test_an_update_that_stops_before_the_cluster_goes_on(landing: Workspace, name: str) -> None:
    landing.cloud.faults.append(Fault("create", name))
    assert landing.up(check=False).code != 0
    assert "cluster-cluster" not in in_order(landing, "create")
    landing.up()
    state_and_cloud_agree(landing)
    assert landing.up().changes.keys() == {"unchanged"}


def test_a_subnet_that_does_not_exist_ends_the_preview(landing: Workspace) -> None:
    """The cluster waits for the registry, whose endpoint then has no subnet: the program must not wait for ever."""
    del landing.cloud.objects[SUBNETS["privateEndpointSubnetId"]]
    refused = landing.preview(check=False)
    assert refused.code != 0
    assert "snet-endpoints" in refused.output


@pytest.mark.parametrize(
    ("before", "after", "of_the_registry"),
    [("userDefinedRouting", "none", ("create", CACHE)), ("none", "userDefinedRouting", ("delete", CACHE))],
)
def test_another_way_out_replaces_the_cluster_and_keeps_data_and_rights(
    landing: Workspace, before: str, after: str, of_the_registry: tuple[str, str]
) -> None:
    landing.cloud.objects[SUBNETS["nodeSubnetId"]].inputs["routeTable"] = {"id": "rt"}
    lead(landing, before)
    landing.up()
    lead(landing, after)
    landing.cloud.operations.clear()
    assert landing.up(check=False).code != 0
    recovery.leave_cluster(landing)
    landing.up()
    checks.data_is_kept(landing)
    state_and_cloud_agree(landing)
    assert landing.up().changes.keys() == {"unchanged"}
    done = [entry for entry in landing.cloud.operations if entry[0] != "read"]
    of_cluster = [entry for entry in done if entry[1] == "cluster-cluster"]
    assert of_cluster == [("delete", "cluster-cluster"), ("create", "cluster-cluster")]
    assert [entry for entry in done if entry[1].startswith("registry-")] == [of_the_registry]


WITHOUT: list[tuple[str | dict[str, Any], str]] = [
    ({"bootstrapProfile": None}, "outboundType none needs bootstrapProfile"),
    ({"autoUpgradeProfile": {"nodeOSUpgradeChannel": "SecurityPatch"}}, "NodeOSUpgradeChannelNotAllowed"),
    (PULL, "the kubelet's identity may not pull"),
    (CACHE, "the registry caches nothing"),
    ("registry-private-zone-group", "its name does not resolve"),
    ("network-registry-zone-link", "its name does not resolve"),
    ("registry-registry", "there is no Premium registry"),
]


def test_the_simulated_azure_starts_no_node_without_any_of_it(landing: Workspace) -> None:
    landing.up()
    cloud = landing.cloud
    whole = cloud.find(CLUSTER).inputs
    check_create(cloud, "containerservice:ManagedCluster", whole)
    for missing, words in WITHOUT:
        changed = missing if isinstance(missing, dict) else {}
        gone = [key for key, item in cloud.objects.items() if item.name == missing]
        assert changed or gone
        taken = {key: cloud.objects.pop(key) for key in gone}
        with pytest.raises(CloudError, match=words):
            check_create(cloud, "containerservice:ManagedCluster", {**whole, **changed})
        cloud.objects.update(taken)
