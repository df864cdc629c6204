"""The engine killed in the middle, and the recovery that docs/recovery.md describes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import checks, recovery

from .faults import Fault
from .running_processes import processes
from .workspace import Workspace, wait_until

DATA = (
    "database-server",
    "database-database",
    "key-vault-vault",
    "log-storage-account",
    "registry-registry",
)
OTHERS = (
    "resource-group",
    "cluster-cluster",
    "airflow-release",
)
MOMENTS = [
    *((name, after) for name in DATA for after in (False, True)),
    *((name, False) for name in OTHERS),
    ("airflow-release", True),
]
ALL = [(stack, name, after) for stack in ("dev", "prod") for name, after in MOMENTS]


def killed(workspace: Workspace, command: str, fault: Fault, first: Callable[[], None] = lambda: None) -> None:
    """Run a command, and kill the engine by its process id where the fault is, after what is to be done `first`."""
    process = workspace.start(command, "--yes", "--skip-preview", "--stack", workspace.stack)

    def kill() -> None:
        first()
        workspace.kill(process)
        process.wait()

    fault.action = kill
    workspace.cloud.faults.append(fault)
    process.communicate()
    assert (fault.injected, process.returncode) == (1, -9)


@pytest.mark.parametrize(
    ("stack", "name", "after"), ALL, ids=[f"{stack} {name} {'after' if a else 'before'}" for stack, name, a in ALL]
)
def test_killed_update_is_recovered_with_nothing_lost_or_orphaned(
    stack: str, name: str, after: bool, workspaces: Callable[..., Workspace], count: Callable[..., None]
) -> None:
    workspace = workspaces(stack, checkpoints=True)
    killed(workspace, "up", Fault("create", name, after=after))
    recovery.recover(workspace)
    assert not [made for operation, made in workspace.cloud.operations if operation == "delete"], "nothing is lost"
    made = checks.planned(stack)
    assert workspace.in_cloud() == sorted(made)
    assert workspace.in_state() == set(made)
    assert workspace.up().changes.keys() == {"unchanged"}
    count(kills=1)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_switch_that_was_killed_is_recovered_with_nothing_lost_or_orphaned(
    after: bool, living: Callable[..., Workspace], count: Callable[..., None]
) -> None:
    workspace = living("dev", checkpoints=True)
    workspace.change("secrets", delivery="csi")
    killed(workspace, "up", Fault("create", "secret-sync-csi-keeper", after=after))
    recovery.recover(workspace)
    checks.data_is_kept(workspace)
    checks.state_and_cloud_agree(workspace)
    assert workspace.up().changes.keys() == {"unchanged"}
    count(kills=1)


def test_killed_engine_leaves_no_process_behind(dev: Workspace) -> None:
    before = processes(str(dev.host))
    during: list[tuple[set[int], set[int]]] = []

    def note() -> None:
        during.append((processes(str(dev.folder)), processes(str(dev.host)) - before))

    killed(dev, "up", Fault("create", "resource-group"), first=note)
    ((around, hosts),) = during
    assert len(around) > 1, "the engine and what starts its language host"
    assert len(hosts) == 1, "the language host"
    wait_until(lambda: not (around | hosts) & (processes(str(dev.folder)) | processes(str(dev.host))), seconds=10.0)


def test_killed_destroy_is_finished_by_the_next(living: Callable[..., Workspace], count: Callable[..., None]) -> None:
    workspace = living("dev", checkpoints=True)
    killed(workspace, "destroy", Fault("delete", "database-server"))
    recovery.unlock(workspace)
    workspace.destroy()
    assert workspace.in_cloud() == []
    count(kills=1)


def test_attributes_that_were_cut_off_in_a_write_are_given_up(living_dev: Workspace) -> None:
    files = living_dev.state / ".pulumi" / "stacks" / "airflow-aks"
    (files / "dev.json.attrs").write_bytes(b"")
    # Older by any number of steps: what is right is not to touch it.
    (files / "dev.json.bak").unlink()
    assert "failed to load checkpoint" in living_dev.up(check=False).output
    recovery.recover(living_dev)
    assert living_dev.up().changes.keys() == {"unchanged"}


def test_state_that_was_cut_off_in_a_write_is_recovered(workspaces: Callable[..., Workspace]) -> None:
    # Each step is written, so that the backup is one step older.
    workspace = workspaces("dev", checkpoints=True)
    workspace.up()
    files = workspace.state / ".pulumi" / "stacks" / "airflow-aks"
    (files / "dev.json").write_bytes(b"")
    assert "failed to load checkpoint" in workspace.up(check=False).output
    recovery.recover(workspace)
    assert workspace.in_state() == set(workspace.in_cloud())
    assert workspace.up().changes.keys() == {"unchanged"}
