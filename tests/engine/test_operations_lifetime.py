"""docs/operations.md: upgrades, the move to another region and the end, on living stacks, with the page's commands."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from tests.engine import checks

from .workspace import Workspace

Living = Callable[..., Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])
CLUSTER = "azure-native:containerservice:ManagedCluster"
PATCH = "3.3.9"


def config_set(workspace: Workspace, path: str, value: str) -> None:
    workspace.run("config", "set", "--path", f"airflow-aks:{path}", value, "--stack", workspace.stack, check=True)


def unchanged(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


def add_patch(workspace: Workspace) -> None:
    """What `make pins` does, or an editor: the line has one more version."""
    file = workspace.project / "charts" / "pins.yaml"
    content = yaml.safe_load(file.read_text(encoding="utf-8"))
    content["airflow"]["3.3"]["patches"] = {PATCH: {"source": "docker.io/apache/airflow", "tag": PATCH}}
    file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def running_version(workspace: Workspace) -> str:
    """The version of Airflow that the pods run."""
    values = workspace.cloud.find("kubernetes:helm.sh/v3:Release", "airflow-release").inputs["values"]
    return str(values["airflowVersion"])


@both
def test_airflow_is_upgraded_by_its_image_the_migration_and_the_release(stack: str, living: Living) -> None:
    # A warm host has read the pins already.
    workspace = living(stack, warm=False)
    before = running_version(workspace)
    add_patch(workspace)
    unchanged(workspace)
    config_set(workspace, "airflow.patch", PATCH)
    touched = set(checks.applied(workspace))
    assert touched == {
        "images-airflow",
        "airflow-database-first-user",
        "airflow-database-migration",
        "airflow-release",
    }
    order = [name for operation, name in workspace.cloud.operations if operation in ("create", "update")]
    assert order.index("airflow-database-migration") < order.index("airflow-release")
    assert running_version(workspace) == PATCH
    unchanged(workspace)

    # The way back, as long as the database fits.
    workspace.run("config", "rm", "--path", "airflow-aks:airflow.patch", "--stack", stack, check=True)
    checks.applied(workspace)
    assert running_version(workspace) == before
    unchanged(workspace)


@both
def test_kubernetes_is_upgraded_in_azure_and_the_stack_file_follows(stack: str, living: Living) -> None:
    workspace = living(stack)
    config_set(workspace, "cluster.autoUpgrade", "none")
    workspace.up()

    def upgrade(inputs: dict[str, Any]) -> None:
        inputs["kubernetesVersion"] = "1.36"

    workspace.cloud.change_outside(CLUSTER, "cluster-cluster", upgrade)
    config_set(workspace, "cluster.kubernetesVersion", "1.36")
    workspace.cloud.operations.clear()
    workspace.up("--refresh")
    assert checks.operations(workspace, "create", "update", "delete") == [], "no pod restarts for it"
    assert workspace.cloud.find(CLUSTER).inputs["kubernetesVersion"] == "1.36"
    unchanged(workspace)


def test_stack_moves_to_another_region_by_a_new_stack_beside_the_old_one(
    workspaces: Callable[..., Workspace], living_dev: Workspace
) -> None:
    west = workspaces("west")
    content = yaml.safe_load(living_dev.stack_file.read_text(encoding="utf-8"))
    own = yaml.safe_load(west.stack_file.read_text(encoding="utf-8")) or {}
    config = {**content["config"], "azure-native:location": "westus2"}
    west.stack_file.write_text(yaml.safe_dump({**own, "config": config}), encoding="utf-8")
    west.up()
    names = [{item.inputs.get("serverName") for item in one.cloud.objects.values()} for one in (west, living_dev)]
    assert names[0] & names[1] == {None}, "both exist at once"
    config_set(living_dev, "protectData", "false")
    living_dev.up()
    living_dev.destroy()
    assert living_dev.in_cloud() == []
    unchanged(west)


@both
def test_everything_is_removed_in_three_commands(stack: str, living: Living) -> None:
    workspace = living(stack)
    config_set(workspace, "protectData", "false")
    workspace.up()
    workspace.destroy()
    assert workspace.in_cloud() == []
    kept = workspace.stack_file.read_bytes()
    workspace.run("stack", "rm", "--preserve-config", "--yes", stack, check=True)
    assert workspace.stack_file.read_bytes() == kept
