"""Node pools of a living cluster: what Azure takes in place, and what makes a new pool before the old one goes."""

from __future__ import annotations

from typing import Any

from tests.engine import checks

from .workspace import Workspace

TASKS = {"name": "tasks", "vmSize": "Standard_D4ds_v5", "minNodes": 0, "maxNodes": 4, "spot": True}
AIRFLOW = {"name": "airflow", "vmSize": "Standard_D4ds_v5", "minNodes": 1, "maxNodes": 3}
# Each property by itself is judged by the tests of node pools; these are the kinds of change.
IN_PLACE: dict[str, Any] = {
    "minNodes": 1,
    "maxNodes": 3,
    "labels": {"team": "data"},
    "taints": ["team=data:NoSchedule"],
}
ANEW: tuple[dict[str, Any], ...] = (
    {"vmSize": "Standard_E4ds_v5"},
    {"spot": False},
    {"osDiskSizeGb": 64, "maxPods": 50, "zones": ["1"]},
    {"vmSize": "Standard_NC4as_T4_v3", "gpu": True, "purpose": "other"},
)


def test_pool_is_changed_in_place_where_azure_takes_it(living_dev: Workspace) -> None:
    assert changed(living_dev, IN_PLACE) == [("update", "cluster-pool-tasks")]


def test_new_pool_comes_before_the_old_one_goes(living_dev: Workspace) -> None:
    for change in ANEW:
        expected = [("create", "cluster-pool-tasks"), ("delete", "cluster-pool-tasks")]
        assert changed(living_dev, change) == expected, change


def changed(workspace: Workspace, change: dict[str, Any]) -> list[tuple[str, str]]:
    """The pool of dev's tasks with one change, and what was then done to pools."""
    workspace.change("cluster", pools=[AIRFLOW, {**TASKS, "purpose": "workers", **change}])
    workspace.cloud.operations.clear()
    workspace.up()
    checks.state_and_cloud_agree(workspace)
    writes = ("create", "update", "delete")
    found = workspace.cloud.operations
    return [entry for entry in found if entry[0] in writes and entry[1].startswith("cluster-pool-")]
