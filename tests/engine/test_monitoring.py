"""Monitoring on a living stack: on, off by its two steps, and what happens to one who leaves a step out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import checks

from .workspace import Workspace

CLUSTER = "azure-native:containerservice:ManagedCluster"
WORKSPACE = "azure-native:operationalinsights:Workspace"


def workspaces(stack: Workspace) -> list[str]:
    return [item.inputs["workspaceName"] for item in stack.cloud.objects.values() if item.type == WORKSPACE]


def insights(stack: Workspace) -> Any:
    """The add-on as the cluster has it."""
    return (stack.cloud.find(CLUSTER).outputs.get("addonProfiles") or {}).get("omsagent")


def remove_section(stack: Workspace, before: bytes) -> None:
    stack.stack_file.write_bytes(before)


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_on_and_off_by_both_steps(name: str, living: Callable[..., Workspace]) -> None:
    stack = living(name)
    before = stack.stack_file.read_bytes()
    stack.change("monitoring", alertEmails=["ops@example.com"])
    on = checks.applied(stack)
    assert {"cluster-cluster", "log-workspace-workspace", "monitoring-alerts-group"} <= set(on)
    assert insights(stack)["enabled"] is True
    assert stack.up().changes.keys() == {"unchanged"}
    stack.change("monitoring", logAnalytics=False, alertEmails=[])
    checks.applied(stack)
    assert insights(stack)["enabled"] is False
    assert len(workspaces(stack)) == 1
    remove_section(stack, before)
    assert checks.applied(stack) == []
    assert insights(stack)["enabled"] is False
    # The workspace may go now: no update of the cluster asks for it.
    kept = stack.cloud.find(WORKSPACE)
    stack.cloud.delete_outside(WORKSPACE, kept.name)
    stack.change("tags", team="data")
    stack.up()


def test_section_that_is_removed_at_once_leaves_a_cluster_that_can_be_updated(living_dev: Workspace) -> None:
    before = living_dev.stack_file.read_bytes()
    living_dev.change("monitoring")
    checks.applied(living_dev)
    remove_section(living_dev, before)
    checks.applied(living_dev)
    assert insights(living_dev)["enabled"] is True
    living_dev.change("tags", team="data")
    living_dev.up()
    assert living_dev.up().changes.keys() == {"unchanged"}


def test_monitoring_that_comes_back_gets_a_workspace_of_its_own(living_dev: Workspace) -> None:
    before = living_dev.stack_file.read_bytes()
    living_dev.change("monitoring")
    living_dev.up()
    (first,) = workspaces(living_dev)
    remove_section(living_dev, before)
    living_dev.up()
    living_dev.change("monitoring")
    checks.applied(living_dev)
    (second,) = set(workspaces(living_dev)) - {first}
    assert insights(living_dev)["config"]["logAnalyticsWorkspaceResourceID"].endswith(second)


def test_cluster_whose_workspace_is_gone_refuses_every_update(living_dev: Workspace) -> None:
    """What the kept workspace is for, as AKS does it: also the update that turns the add-on off (Azure/AKS 1636)."""
    living_dev.change("monitoring")
    living_dev.up()
    living_dev.cloud.delete_outside(WORKSPACE, living_dev.cloud.find(WORKSPACE).name)
    living_dev.change("monitoring", logAnalytics=False)
    refused = living_dev.up(check=False)
    assert refused.code != 0
    assert "GetLogAnalyticsWorkspaceError" in refused.output


def test_more_addresses_and_days_are_updates(living_dev: Workspace) -> None:
    living_dev.change("monitoring", alertEmails=["ops@example.com"])
    living_dev.up()
    living_dev.change("monitoring", alertEmails=["ops@example.com", "data@example.com"], retentionDays=90)
    living_dev.cloud.operations.clear()
    living_dev.up()
    assert checks.operations(living_dev, "create", "delete") == []
    assert checks.operations(living_dev, "update") == ["log-workspace-workspace", "monitoring-alerts-group"]


def test_refresh_finds_nothing_to_do(living_dev: Workspace) -> None:
    living_dev.change("monitoring", alertEmails=["ops@example.com"])
    living_dev.up()
    assert living_dev.up("--refresh").changes.keys() == {"unchanged"}


def test_destroy_leaves_no_setting_behind(living_dev: Workspace) -> None:
    """Azure keeps diagnostic settings of what is deleted, so they must go first."""
    living_dev.change("monitoring", alertEmails=["ops@example.com"])
    living_dev.up()
    living_dev.destroy()
    assert [item.name for item in living_dev.cloud.objects.values() if "monitor:" in item.type] == []
