"""What the cloud made and said does not work: pods that do not start, a migration that failed."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .faults import Fault
from .recovery import kubectl, run
from .test_state import edit
from .workspace import Workspace

NOT_READY = "timed out waiting for the condition: 1 of 2 updated replicas are available"
FAILED = "Job failed: BackoffLimitExceeded"


@pytest.mark.parametrize("name", ["cluster-cluster", "database-server", "airflow-release"])
def test_next_update_goes_on_with_what_is_half_made(name: str, dev: Workspace, count: Callable[..., None]) -> None:
    fault = Fault("create", name, error=NOT_READY, after=True, half_made=True)
    dev.cloud.faults.append(fault)
    failed = dev.up(check=False)
    assert failed.code != 0
    assert NOT_READY in failed.output
    dev.up()
    assert dev.in_state() == set(dev.in_cloud())
    done = [operation for operation, made in dev.cloud.operations if made == name and operation != "read"]
    assert done == ["create", "update"]
    assert dev.up().changes.keys() == {"unchanged"}
    count(faults=fault.injected)


def test_upgrade_that_does_not_get_ready_is_tried_again(living_dev: Workspace, count: Callable[..., None]) -> None:
    living_dev.change("airflow", schedulers=2)
    fault = Fault("update", "airflow-release", error=NOT_READY, after=True, half_made=True)
    living_dev.cloud.faults.append(fault)
    assert NOT_READY in living_dev.up(check=False).output
    assert living_dev.up().changes["updated"] == 1
    assert living_dev.up().changes.keys() == {"unchanged"}
    count(faults=fault.injected)


def test_migration_that_failed_runs_again_once_its_job_is_deleted(dev: Workspace, count: Callable[..., None]) -> None:
    failed = Fault("create", "airflow-database-migration", error=FAILED, after=True, half_made=True)
    # A Job is not started twice: it stays failed.
    stays = Fault("update", "airflow-database-migration", error=FAILED, half_made=True)
    dev.cloud.faults += [failed, stays]
    assert FAILED in dev.up(check=False).output
    assert FAILED in dev.up(check=False).output
    assert not [made for _, made in dev.cloud.operations if made == "airflow-release"]
    kubectl(dev, "delete job <name>", name="airflow-database-migration")
    run(dev, "pulumi up --refresh --yes --skip-preview --stack STACK")
    assert dev.in_state() == set(dev.in_cloud())
    assert dev.up().changes.keys() == {"unchanged"}
    count(faults=failed.injected + stays.injected)


def test_program_that_fails_in_the_middle_ends_and_makes_nothing_of_what_waits(
    dev: Workspace, count: Callable[..., None]
) -> None:
    edit(dev, "__main__.py", "    connect_bootstrap_registry(registry.bootstrap_id)", "    raise ValueError('planted')")
    failed = dev.up(check=False)
    assert failed.code != 0
    assert "ValueError: planted" in failed.output
    edit(dev, "__main__.py", "    raise ValueError('planted')", "    connect_bootstrap_registry(registry.bootstrap_id)")
    dev.up()
    assert dev.up().changes.keys() == {"unchanged"}
    count(faults=1)
