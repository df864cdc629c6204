"""Engine and provider killed while Helm works, and the recovery that docs/recovery.md describes."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable

import pytest

from tests.cluster import checks
from tests.engine import recovery

from .interruptions import NAMESPACE, kill_at, replicas, start, statuses
from .waiting import wait_until
from .workspace import ClusterWorkspace

Living = Callable[..., ClusterWorkspace]
NAME = "airflow-triggerer"


@pytest.fixture
def upgrade(living: Living) -> ClusterWorkspace:
    """A stack whose next update upgrades the release from one triggerer to two."""
    workspace = living("dev", checkpoints=True)
    workspace.change("airflow", triggerers=2)
    return workspace


def test_upgrade_that_died_is_applied_by_the_recovery(upgrade: ClusterWorkspace, count: Callable[..., None]) -> None:
    kill_at(upgrade, "pending-upgrade", "up")
    assert replicas(upgrade, NAME) == 1
    recovery.recover(upgrade)
    assert replicas(upgrade, NAME) == 2
    assert statuses(upgrade) == ["superseded", "deployed"]
    _is_whole(upgrade)
    count(faults=1)


def test_refresh_takes_an_upgrade_that_died_for_finished_until_its_record_is_deleted(
    upgrade: ClusterWorkspace, count: Callable[..., None]
) -> None:
    kill_at(upgrade, "pending-upgrade", "up")
    recovery.unlock(upgrade)
    assert upgrade.up("--refresh").changes.keys() == {"unchanged"}
    assert replicas(upgrade, NAME) == 1, "nothing was upgraded"
    recovery.renew_releases(upgrade)
    assert replicas(upgrade, NAME) == 2
    count(faults=1)


def test_provider_that_outlives_the_engine_finishes_its_upgrade(
    upgrade: ClusterWorkspace, count: Callable[..., None]
) -> None:
    upgrade.let_providers_outlive_the_engine()
    kubelets = upgrade.cluster.played.kubelets
    kubelets.unready.add(NAME)
    process = start(upgrade, "pending-upgrade", "up")
    providers = upgrade.providers()
    try:
        upgrade.kill(process)
        process.wait()
        kubelets.unready.clear()
        wait_until(lambda: statuses(upgrade)[-1] == "deployed", 60.0)
        assert upgrade.providers() == providers, "it lives, and the page says to wait for it or to end it"
    finally:
        for provider in providers:
            os.kill(provider, signal.SIGTERM)
        process.communicate()
    wait_until(lambda: not upgrade.providers())
    recovery.recover(upgrade)
    assert replicas(upgrade, NAME) == 2
    assert upgrade.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_installation_that_died_is_made_again(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev", checkpoints=True)
    workspace.destroy("--target", _release(workspace))
    kill_at(workspace, "pending-install", "up")
    recovery.recover(workspace)
    assert statuses(workspace) == ["deployed"]
    _is_whole(workspace)
    count(faults=1)


def test_release_that_half_went_comes_back(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev", checkpoints=True)
    kill_at(workspace, "uninstalling", "destroy", "--target", _release(workspace))
    recovery.recover(workspace)
    assert statuses(workspace) == ["deployed"]
    _is_whole(workspace)
    count(faults=1)


def test_destroy_that_died_while_a_release_went_is_finished_by_the_next(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev", checkpoints=True)
    workspace.unprotect()
    kill_at(workspace, "uninstalling", "destroy")
    recovery.unlock(workspace)
    workspace.destroy()
    assert workspace.in_cloud() == []
    assert workspace.cluster.api.find("v1", "Namespace", NAMESPACE) is None
    count(faults=1)


def _release(workspace: ClusterWorkspace) -> str:
    return next(item["urn"] for item in workspace.export() if item["urn"].endswith("Release::airflow-release"))


def _is_whole(workspace: ClusterWorkspace) -> None:
    checks.wait_until_every_pod_runs(workspace.cluster.api)
    assert workspace.up().changes.keys() == {"unchanged"}
