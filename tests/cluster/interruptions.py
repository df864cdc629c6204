"""Interrupts an update at the moment when Helm has written what it begins."""

from __future__ import annotations

import subprocess
from collections.abc import Callable

from .waiting import wait_until
from .workspace import ClusterWorkspace

NAMESPACE = "airflow"


def statuses(workspace: ClusterWorkspace, namespace: str = NAMESPACE) -> list[str]:
    """What Helm's records say, the oldest first."""
    secrets = workspace.cluster.api.list("v1", "Secret", namespace)
    labels = [item["metadata"].get("labels", {}) for item in secrets]
    records = [label for label in labels if label.get("owner") == "helm"]
    return [label["status"] for label in sorted(records, key=lambda label: int(label["version"]))]


def start(workspace: ClusterWorkspace, status: str, command: str, *more: str) -> subprocess.Popen[str]:
    """Start a command, and wait until Helm's newest record has a status."""
    process = workspace.start(command, "--yes", "--skip-preview", "--stack", workspace.stack, *more)

    def begun() -> bool:
        assert process.poll() is None, process.communicate()[0]
        return statuses(workspace)[-1:] == [status]

    wait_until(begun, 120.0)
    return process


def kill_at(workspace: ClusterWorkspace, status: str, command: str, *more: str) -> None:
    """Kill engine and providers when Helm's newest record has a status. The API server stands still meanwhile."""
    process = start(workspace, status, command, *more)
    workspace.cluster.control_plane.freeze()
    try:
        workspace.kill_all(process)
    finally:
        workspace.cluster.control_plane.thaw()
    wait_until(lambda: not workspace.providers())
    assert statuses(workspace)[-1] == status


def interrupted(workspace: ClusterWorkspace, status: str, act: Callable[[], None]) -> tuple[int, str]:
    """Run an update, and do something when Helm's newest record has a status; how the update ends."""
    process = start(workspace, status, "up")
    act()
    output, _ = process.communicate(timeout=300)
    return process.returncode, output


def replicas(workspace: ClusterWorkspace, name: str) -> int:
    """How many pods a Deployment of Airflow asks for."""
    found = workspace.cluster.api.get("apps/v1", "Deployment", name, NAMESPACE)
    return int(found["spec"]["replicas"])


__all__ = ["NAMESPACE", "interrupted", "kill_at", "replicas", "start", "statuses"]
