"""The conversion of pool settings to agent pools."""

from __future__ import annotations

from typing import Any

import pytest

from components.azure import node_pools
from components.settings.cluster_sections import PoolSettings

ZONES = ("1", "2", "3")


def pool(**settings: Any) -> PoolSettings:
    return PoolSettings(**{"name": "tasks", "purpose": "workers", **settings})


def test_spot_pool_carries_the_taint_and_label_that_aks_adds() -> None:
    arguments = node_pools.agent_pool(pool(spot=True), ZONES)
    assert arguments["node_taints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
    assert arguments["node_labels"]["kubernetes.azure.com/scalesetpriority"] == "spot"
    assert (arguments["scale_set_eviction_policy"], arguments["spot_max_price"]) == ("Delete", -1)


def test_regular_pool_has_no_spot_arguments() -> None:
    assert not [key for key in node_pools.agent_pool(pool(), ZONES) if "spot" in key or "scale_set" in key]


def test_pool_scales_from_zero() -> None:
    arguments = node_pools.agent_pool(pool(min_nodes=0, max_nodes=4), ZONES)
    keys = ("enable_auto_scaling", "count", "min_count", "max_count")
    assert [arguments[key] for key in keys] == [True, 0, 0, 4]


def test_aks_selects_the_disk_unless_a_size_is_set() -> None:
    """AKS selects an ephemeral disk if the VM size has room for one, but only if no disk type is set."""
    assert not [key for key in node_pools.agent_pool(pool(), ZONES) if key.startswith("os_disk")]
    assert node_pools.agent_pool(pool(os_disk_size_gb=100), ZONES)["os_disk_size_gb"] == 100


@pytest.mark.parametrize(("most", "added"), [(1, 1), (3, 1), (4, 2), (20, 7), (100, 33), (1000, 330)])
def test_upgrade_adds_a_third_of_the_nodes(most: int, added: int) -> None:
    assert node_pools.surge_nodes(most, spot=False) == added


def test_upgrade_adds_no_spot_nodes() -> None:
    assert node_pools.surge_nodes(1000, spot=True) == 0


def test_gpu_pool_runs_the_os_whose_image_has_the_driver() -> None:
    assert node_pools.agent_pool(pool(gpu=True), ZONES)["os_sku"] == "Ubuntu"


def test_gpu_pool_is_tainted_and_labeled() -> None:
    arguments = node_pools.agent_pool(pool(gpu=True), ZONES)
    assert arguments["node_taints"] == ["sku=gpu:NoSchedule"]
    assert arguments["node_labels"]["airflow-aks/gpu"] == "true"


def test_task_pods_tolerate_spot_and_own_taints_but_no_gpu() -> None:
    pools = [
        pool(spot=True, taints=("team=data:NoSchedule",)),
        pool(name="gpu", gpu=True),
        pool(name="x", purpose="other"),
    ]
    assert node_pools.worker_tolerations(pools) == [
        {
            "key": "kubernetes.azure.com/scalesetpriority",
            "operator": "Equal",
            "value": "spot",
            "effect": "NoSchedule",
        },
        {"key": "team", "operator": "Equal", "value": "data", "effect": "NoSchedule"},
    ]


def test_taint_without_a_value_is_tolerated_by_its_key() -> None:
    assert node_pools.worker_tolerations([pool(taints=("slow:NoExecute",))]) == [
        {"key": "slow", "operator": "Exists", "effect": "NoExecute"}
    ]


def test_tasks_run_beside_airflow_where_no_pool_is_for_workers() -> None:
    assert node_pools.worker_node_selector([pool(purpose="airflow")]) == {"airflow-aks/purpose": "airflow"}
    assert node_pools.worker_node_selector([pool()]) == {"airflow-aks/purpose": "workers"}


# The arguments that AKS cannot change on an existing pool. AKS, "Create node pools", "Spot node pools" and "Storage
# options".
FIXED = (
    "availability_zones",
    "max_pods",
    "mode",
    "os_disk_size_gb",
    "os_type",
    "scale_set_eviction_policy",
    "scale_set_priority",
    "spot_max_price",
    "type",
    "vm_size",
)
# A changed value of each setting of a pool: those that AKS changes in place, and those that need a new pool.
IN_PLACE: dict[str, Any] = {
    "min_nodes": 0,
    "max_nodes": 9,
    "labels": {"a": "b"},
    "taints": ("a=b:NoSchedule",),
    "purpose": "other",
}
ANEW: dict[str, Any] = {
    "vm_size": "Standard_D8ds_v5",
    "zones": ("1",),
    "spot": True,
    "gpu": True,
    "os_disk_size_gb": 64,
    "max_pods": 50,
    "name": "others",
}


def test_every_setting_of_a_pool_is_known_as_fixed_or_free() -> None:
    assert {*IN_PLACE, *ANEW} == set(PoolSettings.model_fields)


@pytest.mark.parametrize("key", ANEW)
def test_change_that_aks_rejects_creates_a_pool_of_another_name(key: str) -> None:
    assert node_pools.pool_name(pool(**{key: ANEW[key]}), ZONES) != node_pools.pool_name(pool(), ZONES)


@pytest.mark.parametrize("key", IN_PLACE)
def test_change_in_place_keeps_the_name_and_every_fixed_argument(key: str) -> None:
    before, after = (node_pools.agent_pool(one, ZONES) for one in (pool(), pool(**{key: IN_PLACE[key]})))
    assert before != after
    assert [name for name in ("agent_pool_name", *FIXED) if before.get(name) != after.get(name)] == []


def test_pool_without_zones_has_those_of_the_cluster() -> None:
    assert node_pools.pool_name(pool(), ("1",)) != node_pools.pool_name(pool(), ZONES)
    assert node_pools.pool_name(pool(zones=("2",)), ("1",)) == node_pools.pool_name(pool(zones=("2",)), ZONES)


def test_longest_name_fits() -> None:
    assert len(node_pools.pool_name(pool(name="abcdefghijkl"), ZONES)) == 12


def test_long_names_that_start_alike_stay_apart() -> None:
    names = {node_pools.pool_name(pool(name=name), ZONES) for name in ("abcdefghijkl", "abcdefghijkm")}
    assert len(names) == 2


def test_region_without_zones_sends_none() -> None:
    assert "availability_zones" not in node_pools.agent_pool(pool(), ())


def test_own_zones_win_over_those_of_the_cluster() -> None:
    assert node_pools.agent_pool(pool(zones=("2",)), ZONES)["availability_zones"] == ["2"]


def test_own_labels_do_not_hide_ours() -> None:
    labels = node_pools.node_labels(pool(labels={"airflow-aks/purpose": "mine", "team": "data"}))
    assert labels == {"airflow-aks/purpose": "workers", "team": "data"}
