"""The engine killed in the middle, and the recovery that docs/recovery.md describes."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.plans import plan_of

from . import recovery
from .simulated_cloud import Fault
from .workspace import Workspace

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
    "cluster-pool-airflow",
    "airflow-secrets-fernet-key-secret",
    "airflow-release",
)
MOMENTS = [*((name, after) for name in DATA for after in (False, True)), *((name, False) for name in OTHERS)]


@pytest.mark.parametrize(
    ("name", "after"), MOMENTS, ids=[f"{name} {'after' if a else 'before'}" for name, a in MOMENTS]
)
def test_killed_update_is_recovered_with_nothing_lost_or_orphaned(
    name: str, after: bool, dev: Workspace, count: Callable[..., None]
) -> None:
    fault = Fault("create", name, after=after, error="the engine is gone", seconds=0.0)
    dev.cloud.faults.append(fault)
    process = dev.start("up", "--yes", "--skip-preview", "--stack", "dev")
    fault.action = lambda: (dev.kill(process), process.wait())
    process.communicate()
    assert fault.injected == 1
    assert process.returncode == -9
    existed = dict(dev.cloud.objects)
    recovery.recover(dev)
    assert set(existed) <= set(dev.cloud.objects), "nothing that was made is lost"
    made = {
        ("pulumi-python" if resource.type.startswith("pulumi-python") else resource.type, resource.name)
        for resource in plan_of("dev").resources
        if resource.custom and not resource.type.startswith("pulumi:")
    }
    assert dev.in_cloud() == sorted(made)
    assert dev.in_state() == made
    assert dev.up().changes.get("unchanged")
    count(kills=1)


def test_killed_destroy_is_finished_by_the_next(living_dev: Workspace, count: Callable[..., None]) -> None:
    fault = Fault("delete", "database-server", error="the engine is gone")
    living_dev.cloud.faults.append(fault)
    process = living_dev.start("destroy", "--yes", "--skip-preview", "--stack", "dev")
    fault.action = lambda: (living_dev.kill(process), process.wait())
    process.communicate()
    living_dev.run("cancel", "--yes", "dev", check=True)
    living_dev.destroy()
    assert living_dev.in_cloud() == []
    count(kills=fault.injected)
