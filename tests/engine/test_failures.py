"""A failure at every single create, and at every single delete."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest

from tests.engine import checks, recovery
from tests.plans import plan_of

from .faults import Fault
from .workspace import Workspace

Make = Callable[..., Workspace]
CHUNKS = 4
# A call that was under way when the engine gave up: the SDK prints where. No other trace is expected.
CLOSING = re.compile(r"the client connection is closing\s+Traceback")
STACKS = ("dev", "prod") if os.environ.get("FULL") == "1" else ("dev",)
sweep = pytest.mark.parametrize(("stack", "chunk"), [(stack, chunk) for stack in STACKS for chunk in range(CHUNKS)])


def names(stack: str, chunk: int) -> Iterator[str]:
    """The chunk's share of everything that the program makes."""
    yield from [name for _, name in checks.planned(stack)][chunk::CHUNKS]


@sweep
def test_update_that_fails_at_a_create_is_finished_by_the_next(
    stack: str, chunk: int, workspaces: Make, count: Callable[..., None]
) -> None:
    workspace = workspaces(stack)
    empty = workspace.save()
    whole = sorted(checks.planned(stack))
    for name in names(stack, chunk):
        workspace.restore(empty)
        fault = Fault("create", name, error=f"InternalServerError: injected into {name}")
        workspace.cloud.faults.append(fault)
        failed = workspace.up(check=False)
        assert fault.injected == 1, name
        assert failed.code != 0, name
        assert f"injected into {name}" in failed.output, name
        assert "Traceback" not in CLOSING.sub("", failed.output), name
        workspace.up()
        assert workspace.in_cloud() == whole, name
        assert workspace.in_state() == set(whole), name
        made = [other for operation, other in workspace.cloud.operations if operation == "create"]
        assert len(made) == len(whole) + 1, "everything was made once, and the one that failed was tried twice"
        count(faults=fault.injected, resources=len(whole))


@sweep
def test_destroy_that_fails_at_a_delete_is_finished_by_the_next(
    stack: str, chunk: int, workspaces: Make, count: Callable[..., None]
) -> None:
    workspace = workspaces(stack)
    workspace.unprotect()
    full = workspace.save()
    kept = [resource.name for resource in plan_of(stack).resources if resource.retain_on_delete]
    for name in names(stack, chunk):
        if name in kept:
            continue
        workspace.restore(full)
        fault = Fault("delete", name, error=f"InternalServerError: injected into {name}")
        workspace.cloud.faults.append(fault)
        failed = workspace.destroy(check=False)
        assert fault.injected == 1, name
        assert failed.code != 0, name
        assert f"injected into {name}" in failed.output, name
        workspace.destroy()
        assert workspace.in_cloud() == [], name
        assert workspace.in_state() == set(), name
        count(faults=fault.injected)


def test_throttled_create_is_reported_and_finished_by_the_next(dev: Workspace, count: Callable[..., None]) -> None:
    fault = Fault("create", "log-storage-account", error="TooManyRequests: status 429, retry after 17 seconds", times=2)
    dev.cloud.faults.append(fault)
    assert "retry after 17 seconds" in dev.up(check=False).output
    assert dev.up(check=False).code != 0
    dev.up()
    assert dev.in_state() == set(dev.in_cloud())
    count(faults=fault.injected)


def test_slow_creates_keep_the_order(dev: Workspace, count: Callable[..., None]) -> None:
    slow = [Fault("create", name, error="", seconds=1.0) for name in ("network-nodes", "cluster-pool-airflow")]
    dev.cloud.faults += slow
    dev.up()
    order = [name for operation, name in dev.cloud.operations if operation == "create"]
    assert order.index("network-nodes") < order.index("cluster-cluster") < order.index("cluster-pool-airflow")
    assert (
        order.index("cluster-pool-airflow") < order.index("airflow-database-migration") < order.index("airflow-release")
    )
    count(faults=sum(fault.injected for fault in slow))


def test_answer_that_is_lost_after_the_create_is_mended_by_an_import(
    dev: Workspace, count: Callable[..., None]
) -> None:
    fault = Fault("create", "log-storage-account", after=True, error="connection reset by peer")
    dev.cloud.faults.append(fault)
    assert dev.up(check=False).code != 0
    again = dev.up(check=False)
    assert "cannot create already existing resource" in again.output
    recovery.take_over(dev, recovery.existing(dev, again.output))
    dev.up()
    assert dev.in_state() == set(dev.in_cloud())
    count(faults=fault.injected)
