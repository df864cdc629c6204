"""An API server that restarts or is slow during an update."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable

from tests.cluster import checks
from tests.engine import recovery

from .interruptions import interrupted, replicas, statuses
from .workspace import ClusterWorkspace

Living = Callable[..., ClusterWorkspace]
NAME = "airflow-triggerer"
SLOW_SECONDS = 0.4


def test_api_server_that_restarts_while_helm_waits_does_not_disturb_the_update(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    workspace.change("airflow", triggerers=2)
    kubelets = workspace.cluster.played.kubelets
    kubelets.unready.add(NAME)

    def restart() -> None:
        _wait_until_helm_waits(workspace)
        workspace.cluster.control_plane.restart_api_server()
        kubelets.unready.clear()

    code, output = interrupted(workspace, "pending-upgrade", restart)
    assert code == 0, output
    assert statuses(workspace) == ["superseded", "deployed"]
    checks.wait_until_every_pod_runs(workspace.cluster.api)
    count(faults=1)


def test_api_server_that_restarts_while_helm_applies_leaves_a_record_to_be_deleted(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    workspace.change("airflow", triggerers=2)
    control_plane = workspace.cluster.control_plane

    def restart() -> None:
        # Longer than Helm's client tries again.
        control_plane.freeze()
        control_plane.restart_api_server(seconds=3.0)

    code, output = interrupted(workspace, "pending-upgrade", restart)
    assert code != 0
    assert "connection refused" in output
    assert statuses(workspace) == ["deployed", "pending-upgrade"]
    assert "another operation (install/upgrade/rollback) is in progress" in workspace.up(check=False).output
    recovery.renew_releases(workspace)
    assert replicas(workspace, NAME) == 2
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_slow_api_server_makes_an_update_slow_and_nothing_else(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev")
    workspace.change("airflow", triggerers=2)
    control_plane = workspace.cluster.control_plane
    ended = threading.Event()

    def answer_in_bursts() -> None:
        while not ended.is_set():
            control_plane.freeze()
            time.sleep(SLOW_SECONDS)
            control_plane.thaw()
            time.sleep(SLOW_SECONDS / 4)

    thread = threading.Thread(target=answer_in_bursts)
    thread.start()
    try:
        assert workspace.up().changes["updated"] == 1
    finally:
        ended.set()
        thread.join()
    assert replicas(workspace, NAME) == 2
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=1)


def _wait_until_helm_waits(workspace: ClusterWorkspace) -> None:
    """Helm has applied everything: for a while, nothing was written with the certificate that the stack uses."""
    log = workspace.cluster.control_plane.audit_log
    writes = True
    while writes or replicas(workspace, NAME) != 2:
        read = log.stat().st_size
        time.sleep(3.0)
        with log.open("rb") as file:
            file.seek(read)
            events = [json.loads(line) for line in file if line.startswith(b"{")]
        writes = any(event["verb"] in ("create", "update", "patch", "delete") for event in events)
