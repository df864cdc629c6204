"""Settings to agent pools."""

from __future__ import annotations

from typing import Any

import pytest

from components.azure import node_pools
from components.settings.azure_sections import PoolSettings

ZONES = ("1", "2", "3")


def pool(**settings: Any) -> PoolSettings:
    return PoolSettings(**{"name": "tasks", "purpose": "workers", **settings})


def test_spot_pool_carries_the_taint_and_label_that_aks_adds() -> None:
    arguments = node_pools.agent_pool(pool(spot=True), ZONES)
    assert arguments["node_taints"] == ["kubernetes.azure.com/scalesetpriority=spot:NoSchedule"]
    assert arguments["node_labels"]["kubernetes.azure.com/scalesetpriority"] == "spot"
    assert (arguments["scale_set_eviction_policy"], arguments["spot_max_price"]) == ("Delete", -1)


def test_regular_pool_says_nothing_of_spot() -> None:
    assert not [key for key in node_pools.agent_pool(pool(), ZONES) if "spot" in key or "scale_set" in key]


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


@pytest.mark.parametrize(
    "change",
    [
        {"vm_size": "Standard_D8ds_v5"},
        {"zones": ("1",)},
        {"spot": True},
        {"gpu": True},
        {"os_disk_size_gb": 64},
        {"max_pods": 50},
    ],
)
def test_change_that_azure_refuses_makes_a_pool_of_another_name(change: dict[str, Any]) -> None:
    assert node_pools.pool_name(pool(**change), ZONES) != node_pools.pool_name(pool(), ZONES)


@pytest.mark.parametrize(
    "change", [{"min_nodes": 0}, {"max_nodes": 9}, {"labels": {"a": "b"}}, {"taints": ("a=b:NoSchedule",)}]
)
def test_change_that_azure_takes_keeps_the_name(change: dict[str, Any]) -> None:
    assert node_pools.pool_name(pool(**change), ZONES) == node_pools.pool_name(pool(), ZONES)


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
