"""Operations of Helm that die or fail, whose records mislead a refresh, and the way out of docs/recovery.md."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import checks, recovery

from .faults import Fault
from .test_kills import killed
from .workspace import Workspace

Living = Callable[..., Workspace]
RELEASES = ("airflow-release", "secret-sync-external-secrets-operator")


def triggerers(workspace: Workspace) -> int:
    """What runs, whatever Helm's newest record says."""
    release = workspace.cloud.find("kubernetes:helm.sh/v3:Release", "airflow-release")
    return int(release.inputs["values"]["triggerer"]["replicas"])


@pytest.fixture
def upgrade(living: Living) -> Workspace:
    """A stack whose next update upgrades the release."""
    workspace = living("dev", checkpoints=True)
    workspace.change("airflow", triggerers=3)
    return workspace


def test_upgrade_that_died_is_applied_by_the_recovery(upgrade: Workspace, count: Callable[..., None]) -> None:
    killed(upgrade, "up", Fault("update", "airflow-release", cut_off=True))
    assert triggerers(upgrade) == 1
    recovery.recover(upgrade)
    assert triggerers(upgrade) == 3
    assert upgrade.up().changes.keys() == {"unchanged"}
    count(kills=1)


def test_upgrade_that_died_blocks_the_next_update(upgrade: Workspace, count: Callable[..., None]) -> None:
    killed(upgrade, "up", Fault("update", "airflow-release", cut_off=True))
    recovery.unlock(upgrade)
    assert "another operation (install/upgrade/rollback) is in progress" in upgrade.up(check=False).output
    recovery.renew_releases(upgrade)
    assert triggerers(upgrade) == 3
    count(kills=1)


def test_refresh_takes_an_upgrade_that_died_for_finished_until_its_record_is_deleted(
    upgrade: Workspace, count: Callable[..., None]
) -> None:
    killed(upgrade, "up", Fault("update", "airflow-release", cut_off=True))
    recovery.unlock(upgrade)
    assert upgrade.up("--refresh").changes.keys() == {"unchanged"}
    assert triggerers(upgrade) == 1, "nothing was upgraded"
    recovery.renew_releases(upgrade)
    assert triggerers(upgrade) == 3
    count(kills=1)


def test_upgrade_that_was_refused_is_finished_by_the_next_update(
    upgrade: Workspace, count: Callable[..., None]
) -> None:
    _refuse(upgrade)
    upgrade.up()
    assert triggerers(upgrade) == 3
    count(faults=1)


def test_refresh_takes_an_upgrade_that_was_refused_for_finished_until_its_record_is_deleted(
    upgrade: Workspace, count: Callable[..., None]
) -> None:
    _refuse(upgrade)
    assert upgrade.up("--refresh").changes.keys() == {"unchanged"}
    assert triggerers(upgrade) == 1, "nothing was upgraded"
    recovery.renew_releases(upgrade)
    assert triggerers(upgrade) == 3
    count(faults=1)


@pytest.mark.parametrize("name", RELEASES)
def test_installation_that_died_is_made_again(
    name: str, workspaces: Callable[..., Workspace], count: Callable[..., None]
) -> None:
    workspace = workspaces("dev", checkpoints=True)
    killed(workspace, "up", Fault("create", name, cut_off=True))
    recovery.recover(workspace)
    assert workspace.in_cloud() == sorted(checks.planned("dev"))
    assert workspace.up().changes.keys() == {"unchanged"}
    count(kills=1)


def test_release_that_half_went_in_a_destroy_comes_back(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev", checkpoints=True)
    workspace.unprotect()
    killed(workspace, "destroy", Fault("delete", "airflow-release", cut_off=True))
    recovery.recover(workspace)
    assert [name for operation, name in workspace.cloud.operations if operation == "create"].count("airflow-release")
    checks.state_and_cloud_agree(workspace)
    count(kills=1)


def test_destroy_that_died_while_a_release_went_is_finished_by_the_next(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev", checkpoints=True)
    workspace.unprotect()
    killed(workspace, "destroy", Fault("delete", "airflow-release", cut_off=True))
    recovery.unlock(workspace)
    workspace.destroy()
    assert workspace.in_cloud() == []
    count(kills=1)


def _refuse(workspace: Workspace) -> None:
    refused = 'admission webhook "policy.example.com" denied the request'
    workspace.cloud.faults.append(Fault("update", "airflow-release", error=refused, cut_off=True, half_made=True))
    assert refused in workspace.up(check=False).output
    assert triggerers(workspace) == 1
