"""Changes on a living stack, one after another and back, on a real cluster."""

from __future__ import annotations

import os
from collections.abc import Callable

import pytest

from tests.cluster import chart_server, checks
from tests.engine.switches import NOT_IN_PROD, SWITCHES

from .workspace import ClusterWorkspace

Living = Callable[[str], ClusterWorkspace]
# Switches of one setting follow each other, so that each is left for another value, and the last for the first.
CHAINS: dict[str, tuple[str, ...]] = {
    "executors": ("executor celery", "executor"),
    "poolers": ("pooler none",),
    "logs": ("logs on blobfuse", "logs on a share"),
    "dags": ("git token", "git ssh", "git bundle", "git bundle by token", "dags on a share"),
    "secrets": ("secrets csi", "key vault secrets"),
    "egress": ("egress restricted",),
    "sizes": ("scaling", "pool size"),
    "access": ("access by a label", "access by a host, for some", "access from inside"),
}
# In prod by default: what replicas and a private database make another case of.
IN_PROD = ("executors", "secrets")
CASES = [
    (stack, chain)
    for stack in ("dev", "prod")
    for chain in CHAINS
    if stack == "dev" or chain in IN_PROD or os.environ.get("FULL")
]


@pytest.mark.parametrize(("stack", "chain"), CASES)
def test_switches_and_back(stack: str, chain: str, switchable: Living, count: Callable[..., None]) -> None:
    workspace = switchable(stack)
    before = workspace.stack_file.read_bytes()
    names = [name for name in CHAINS[chain] if stack == "dev" or name not in NOT_IN_PROD]
    for name in names:
        section, change, _ = SWITCHES[name]
        workspace.stack_file.write_bytes(before)
        workspace.change(section, **change)
        changes = workspace.up().changes
        assert "updated" in changes or "created" in changes, name
        _settle(workspace)
    _back(workspace, before)
    count(switches=len(names) + 1, pods=checks.pods(workspace.cluster.api))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_release_line_and_back(stack: str, switchable: Living, count: Callable[..., None]) -> None:
    chart_server.require("2.9")
    workspace = switchable(stack)
    before = workspace.stack_file.read_bytes()
    workspace.change("airflow", release="2.9")
    workspace.up()
    _settle(workspace)
    assert workspace.cluster.api.find("apps/v1", "Deployment", "airflow-webserver", "airflow") is not None
    _back(workspace, before)
    assert workspace.cluster.api.find("apps/v1", "Deployment", "airflow-webserver", "airflow") is None
    count(switches=2, pods=checks.pods(workspace.cluster.api))


def _back(workspace: ClusterWorkspace, before: bytes) -> None:
    workspace.stack_file.write_bytes(before)
    workspace.up()
    _settle(workspace)
    assert workspace.up().changes.keys() == {"unchanged"}


def _settle(workspace: ClusterWorkspace) -> None:
    checks.wait_until_every_pod_runs(workspace.cluster.api)
    assert workspace.cluster.played.operator.refused + workspace.cluster.played.gateway.refused == []
