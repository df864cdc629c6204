"""Rules over node pools and what fits them."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.rules import pod_size_rules, pool_rules
from tests.stack_file.test_bad_input import problems
from tests.stack_file.test_loader import context
from tests.stack_file.wrong_azure import AIRFLOW_POOL

GPU = {"name": "gpu", "vmSize": "Standard_NC4as_T4_v3", "minNodes": 0, "maxNodes": 2}
TASKS = {"name": "tasks", "minNodes": 0, "maxNodes": 4, "purpose": "workers"}


def paths(changes: dict[str, Any]) -> list[str]:
    return sorted(problem.path.removeprefix("airflow-aks:") for problem in problems(changes))


def test_addresses_and_sizes_are_reported_with_all_the_rest() -> None:
    pools = [
        {**AIRFLOW_POOL, "vmSize": "Standard_D2ds_v5"},
        {**TASKS, "vmSize": "Standard_A2_v2", "maxNodes": 900, "labels": {"kubernetes.io/os": "linux"}},
    ]
    found = paths(
        {
            "cluster.tier": "Gold",
            "cluster.systemPool": {"vmSize": "Standard_B4ms"},
            "cluster.pools": pools,
            "airflow.schedulers": 4,
            "airflow.resources": {"workers": {"memory": "9Gi"}, "scheduler": {"cpu": "3"}},
        }
    )
    assert found == [
        "airflow.resources.scheduler",
        "airflow.resources.workers",
        "cluster.pools[1].labels.kubernetes.io/os",
        "cluster.pools[1].maxNodes",
        "cluster.systemPool.vmSize",
        "cluster.tier",
    ]


def test_256_nodes_fit_with_what_upgrades_add() -> None:
    def pools(tasks: int) -> dict[str, Any]:
        return {"cluster.pools": [AIRFLOW_POOL, {**TASKS, "maxNodes": tasks}]}

    # Two nodes and one of the system pool, two and one of Airflow's, 187 and 62.
    assert problems(pools(187)) == []
    assert paths(pools(188)) == ["cluster.pools[1].maxNodes"]


def test_spot_pool_needs_no_addresses_for_upgrades() -> None:
    assert problems({"cluster.pools": [AIRFLOW_POOL, {**TASKS, "maxNodes": 250, "spot": True}]}) == []


def test_larger_address_space_does_not_help_the_range_for_pods() -> None:
    found = problems({"network.addressSpace": "172.16.0.0/13", "cluster.pools": [{**AIRFLOW_POOL, "maxNodes": 300}]})
    assert [problem.path for problem in found] == ["airflow-aks:cluster.pools[0].maxNodes"]


def test_task_that_fits_one_of_several_pools_fits() -> None:
    resources = {"airflow.resources": {"workers": {"memory": "20Gi"}}}
    small, large = TASKS, {**TASKS, "name": "large", "vmSize": "Standard_E4ds_v5"}
    assert paths({**resources, "cluster.pools": [AIRFLOW_POOL, small]}) == ["airflow.resources.workers"]
    assert paths({**resources, "cluster.pools": [AIRFLOW_POOL, small, large]}) == []


def test_task_does_not_count_on_a_gpu_pool() -> None:
    pools = [AIRFLOW_POOL, TASKS, {**GPU, "gpu": True, "purpose": "workers"}]
    assert paths({"airflow.resources": {"workers": {"memory": "20Gi"}}, "cluster.pools": pools}) == [
        "airflow.resources.workers"
    ]


def test_task_without_a_pool_of_its_own_must_fit_airflows() -> None:
    change = {"cluster.pools": [AIRFLOW_POOL], "airflow.resources": {"workers": {"cpu": "6"}}}
    (found,) = problems(change)
    assert "a node of pool airflow (Standard_D4ds_v5)" in found.message


def test_more_pods_per_node_leave_less_memory_for_them() -> None:
    def change(max_pods: int) -> dict[str, Any]:
        pool = {**TASKS, "maxPods": max_pods}
        return {"airflow.resources": {"workers": {"memory": "13Gi"}}, "cluster.pools": [AIRFLOW_POOL, pool]}

    assert problems(change(30)) == []
    assert paths(change(250)) == ["airflow.resources.workers"]


def test_size_that_is_not_known_is_not_judged_but_warned_of() -> None:
    pools = {"cluster.pools": [AIRFLOW_POOL, {**TASKS, "vmSize": "Standard_M128ms"}]}
    assert problems({**pools, "airflow.resources": {"workers": {"cpu": "100"}}}) == []
    (found,) = pod_size_rules.sizes_are_known(context(pools))
    assert (found.path, "not checked" in found.message) == ("airflow-aks:cluster.pools[1].vmSize", True)


def test_mistyped_size_is_warned_of_with_a_near_one() -> None:
    (found,) = pod_size_rules.sizes_are_known(
        context({"cluster.pools": [{**AIRFLOW_POOL, "vmSize": "Standard_D4dsv5"}]})
    )
    assert found.message.endswith("whether pods fit its nodes is not checked; did you mean Standard_D4ds_v5?")


def test_size_of_a_pool_with_nothing_of_ours_need_not_be_known() -> None:
    pools = [AIRFLOW_POOL, {**TASKS, "vmSize": "Standard_M128ms", "purpose": "other"}]
    assert list(pod_size_rules.sizes_are_known(context({"cluster.pools": pools}))) == []


@pytest.mark.parametrize("change", [{"purpose": "workers"}, {"purpose": "other"}])
def test_gpu_nodes_that_take_every_pod_are_a_warning(change: dict[str, Any]) -> None:
    (found,) = pool_rules.gpu_pools_are_tainted(context({"cluster.pools": [AIRFLOW_POOL, {**GPU, **change}]}))
    assert found.path == "airflow-aks:cluster.pools[1].gpu"


@pytest.mark.parametrize(
    "change", [{"gpu": True, "purpose": "other"}, {"purpose": "other", "taints": ["team=ml:NoSchedule"]}]
)
def test_gpu_nodes_with_a_taint_are_none(change: dict[str, Any]) -> None:
    pools = [AIRFLOW_POOL, {**GPU, **change}]
    assert list(pool_rules.gpu_pools_are_tainted(context({"cluster.pools": pools}))) == []
