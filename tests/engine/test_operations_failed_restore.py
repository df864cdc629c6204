"""docs/operations.md: a restore that Azure refuses, that is killed, or that is cut off between servers."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import checks, recovery, running_airflow

from .database_servers import SERVER
from .faults import Fault
from .test_kills import killed
from .test_operations_restore import NOWHERE, Living, moved, restore, set_restore, some_time_ago, unchanged
from .workspace import Workspace


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"sourceServerId": NOWHERE},
            "ResourceNotFound",
        ),
        ({"pointInTime": some_time_ago(days=50)}, "InvalidRestorePoint"),
    ],
)
def test_restore_that_azure_refuses_leaves_airflow_where_it_is(
    changes: dict[str, str], said: str, living_dev: Workspace
) -> None:
    restore(living_dev, **changes)
    refused = living_dev.up(check=False)
    assert refused.code != 0
    assert said in refused.output
    assert checks.operations(living_dev, "update", "delete") == []
    restore(living_dev)
    living_dev.up()
    moved(living_dev)


def test_source_in_another_region_is_refused(living_dev: Workspace) -> None:
    source = dict(living_dev.cloud.find(SERVER).inputs)
    other = living_dev.cloud.create_outside(
        SERVER, "elsewhere", {**source, "serverName": "psql-elsewhere", "location": "eastus"}
    )
    restore(living_dev)
    set_restore(living_dev, "sourceServerId", other)
    refused = living_dev.up(check=False)
    assert refused.code != 0
    assert "SourceServerRegionMismatch" in refused.output


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
def test_restore_that_was_killed_is_recovered_with_one_restored_server(
    after: bool, living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev", checkpoints=True)
    restore(workspace)
    killed(workspace, "up", Fault("create", "database-restored-1-server", after=after))
    recovery.recover(workspace)
    checks.data_is_kept(workspace)
    checks.state_and_cloud_agree(workspace)
    moved(workspace)
    unchanged(workspace)
    count(kills=1)


@pytest.mark.parametrize(
    ("operation", "name"),
    [
        ("update", "database-restored-1-server"),
        ("update", "airflow-secrets-pgbouncer-ini-secret"),
        ("create", "airflow-database-migration"),
        ("update", "airflow-release"),
    ],
)
def test_move_that_was_cut_off_is_finished_by_the_next_update(
    operation: str, name: str, living_dev: Workspace, count: Callable[..., None]
) -> None:
    restore(living_dev)
    living_dev.up()
    set_restore(living_dev, "inUse", "true")
    living_dev.cloud.faults.append(Fault(operation, name, after=operation == "update"))
    assert living_dev.up(check=False).code != 0
    count(faults=1)
    living_dev.up("--refresh")
    assert running_airflow.used_server(living_dev.cloud).endswith("-r1")
    running_airflow.sign_in(living_dev.cloud)
    unchanged(living_dev)
