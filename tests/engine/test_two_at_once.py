"""Two updates of one stack at the same time."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .faults import Fault
from .workspace import Workspace, wait_until


@pytest.fixture
def dev(workspaces: Callable[..., Workspace]) -> Workspace:
    """One whose state is written meanwhile, for the second to find."""
    return workspaces("dev", checkpoints=True)


def test_second_update_is_refused_and_cancelling_frees_the_stack(dev: Workspace) -> None:
    slow = Fault("create", "network-nodes", error="", seconds=6.0)
    dev.cloud.faults.append(slow)
    first = dev.start("up", "--yes", "--skip-preview", "--stack", "dev")
    wait_until(lambda: slow.injected == 1)
    second = dev.up(check=False)
    while "failed to load checkpoint" in second.output:
        # The file backend was read in the middle of a write of the first update.
        second = dev.up(check=False)
    assert second.code != 0
    assert "the stack is currently locked" in second.output
    dev.kill(first)
    first.communicate()
    assert "the stack is currently locked" in dev.up(check=False).output
    dev.run("cancel", "--yes", "dev", check=True)
    assert "locked" not in dev.preview(check=False).output


def test_interrupted_update_ends_in_order(dev: Workspace) -> None:
    slow = Fault("create", "network-nodes", error="", seconds=2.0)
    dev.cloud.faults.append(slow)
    first = dev.start("up", "--yes", "--skip-preview", "--stack", "dev")
    wait_until(lambda: slow.injected == 1)
    first.send_signal(2)
    output, _ = first.communicate()
    assert first.returncode != 0
    assert "cancel" in output.lower()
    dev.up()
    assert dev.in_state() == set(dev.in_cloud())
