"""Changes on a living stack, there and back, on a real cluster."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cluster import chart_server, checks
from tests.engine.switches import IN_PROD_TOO, NOT_IN_PROD, SWITCHES

from .workspace import ClusterWorkspace

Living = Callable[[str], ClusterWorkspace]
# What changes nothing in the cluster is proved by the engine's rig.
IN_CLUSTER = {name: switch for name, switch in SWITCHES.items() if any("airflow" in touched for touched in switch[2])}
CASES = [
    pytest.param(stack, name, marks=pytest.mark.xdist_group(stack))
    for stack in ("dev", "prod")
    for name in SWITCHES
    if name in IN_CLUSTER or name in ("secrets csi", "pool size")
    if stack == "dev" or name not in NOT_IN_PROD
]


@pytest.mark.parametrize(("stack", "name"), CASES)
def test_switch_and_back(stack: str, name: str, switchable: Living, count: Callable[..., None]) -> None:
    workspace = switchable(stack)
    before = workspace.stack_file.read_bytes()
    section, change, allowed = SWITCHES[name]
    allowed = (*allowed, *(IN_PROD_TOO.get(name, ()) if stack == "prod" else ()))
    workspace.change(section, **change)
    there = workspace.up()
    _settle(workspace)
    workspace.stack_file.write_bytes(before)
    workspace.up()
    _settle(workspace)
    assert workspace.up().changes.keys() == {"unchanged"}
    assert "updated" in there.changes or "created" in there.changes
    count(switches=2, pods=checks.pods(workspace.cluster.api))


@pytest.mark.parametrize("stack", [pytest.param(one, marks=pytest.mark.xdist_group(one)) for one in ("dev", "prod")])
def test_release_line_and_back(stack: str, living: Living, count: Callable[..., None]) -> None:
    chart_server.require("2.9")
    workspace = living(stack)
    before = workspace.stack_file.read_bytes()
    workspace.change("airflow", release="2.9")
    workspace.up()
    _settle(workspace)
    assert workspace.cluster.api.find("apps/v1", "Deployment", "airflow-webserver", "airflow") is not None
    workspace.stack_file.write_bytes(before)
    workspace.up()
    _settle(workspace)
    assert workspace.cluster.api.find("apps/v1", "Deployment", "airflow-webserver", "airflow") is None
    assert workspace.up().changes.keys() == {"unchanged"}
    count(switches=2, pods=checks.pods(workspace.cluster.api))


def _settle(workspace: ClusterWorkspace) -> None:
    checks.wait_until_every_pod_runs(workspace.cluster.api)
    assert workspace.cluster.played.operator.refused == []
