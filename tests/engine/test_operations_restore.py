"""docs/operations.md: the database restored to a point in time on a living stack, and Airflow pointed at it."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import checks, clock, running_airflow

from .database_servers import SERVER
from .workspace import Workspace

Living = Callable[..., Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])
# What a restored server brings, without what a public one adds.
MADE = {"database-restored-1-server", "database-restored-1-require-secure-transport"}
# What may be touched when Airflow moves to another server.
MOVED = ("airflow-database-", "airflow-release", "airflow-secrets-", "database-restored-", "secret-sync-")
NOWHERE = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.DBforPostgreSQL/flexibleServers/psql-none"


def some_time_ago(**ago: int) -> str:
    point = clock.now() - datetime.timedelta(**(ago or {"hours": 1}))
    return point.strftime("%Y-%m-%dT%H:%M:%SZ")


def server_id(workspace: Workspace, name: str = "database-server") -> str:
    return workspace.cloud.find(SERVER, name).id


def set_restore(workspace: Workspace, path: str, value: str) -> None:
    """The command of the page."""
    arguments = ["--path", f"airflow-aks:database.restore.{path}", value, "--stack", workspace.stack]
    workspace.run("config", "set", *arguments, check=True)


def restore(workspace: Workspace, **more: Any) -> None:
    """The first step of the page."""
    set_restore(workspace, "sourceServerId", server_id(workspace))
    set_restore(workspace, "pointInTime", some_time_ago())
    for path, value in more.items():
        set_restore(workspace, path, str(value))


def unchanged(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


def damage(workspace: Workspace) -> None:
    """Rows that somebody stored just now, and does not want."""
    running_airflow.store_connection(workspace.cloud, "damage", "x")


def moved(workspace: Workspace) -> list[str]:
    """Use the restored server, and say what was touched."""
    set_restore(workspace, "inUse", "true")
    touched = checks.applied(workspace)
    assert not [name for name in touched if not name.startswith(MOVED)]
    return touched


@both
def test_database_is_restored_beside_the_old_server_and_airflow_is_pointed_at_it(stack: str, living: Living) -> None:
    workspace = living(stack)
    old = running_airflow.used_server(workspace.cloud)
    damage(workspace)

    restore(workspace)
    touched = set(checks.applied(workspace))
    assert touched - {"database-restored-1-azure-services"} == MADE, "nothing restarts"
    assert checks.operations(workspace, "delete") == []
    assert running_airflow.used_server(workspace.cloud) == old
    assert "damage" in running_airflow.sign_in(workspace.cloud).rows
    unchanged(workspace)

    touched = set(moved(workspace))
    assert {"airflow-database-migration", "airflow-release", "database-restored-1-server"} <= touched
    assert "database-server" not in touched
    assert running_airflow.used_server(workspace.cloud) == f"{old}-r1"
    assert running_airflow.sign_in(workspace.cloud).rows == {}, "as it was at the point in time"
    assert "damage" in workspace.cloud.servers.now(old).rows, "the old server is as it was"
    workspace.kubectl("--namespace", "airflow", "rollout", "restart", "deployment")
    unchanged(workspace)
    workspace.preview("--refresh", "--expect-no-changes")
    checks.no_secret_in_state(workspace)

    # The way back, as long as the old server is there.
    set_restore(workspace, "inUse", "false")
    checks.applied(workspace)
    assert running_airflow.used_server(workspace.cloud) == old
    assert "damage" in running_airflow.sign_in(workspace.cloud).rows
    unchanged(workspace)


@both
def test_password_that_was_rotated_after_the_point_in_time_is_set_before_airflow_uses_the_server(
    stack: str, living: Living
) -> None:
    workspace = living(stack)
    workspace.run(
        "config", "set", "--path", "airflow-aks:secrets.rotate.databasePassword", "2", "--stack", stack, check=True
    )
    workspace.up()
    restore(workspace)
    workspace.up()
    moved(workspace)
    order = [name for operation, name in workspace.cloud.operations if operation == "update"]
    assert order.index("database-restored-1-server") < order.index("airflow-secrets-migration-connection-secret")
    running_airflow.sign_in(workspace.cloud)


@both
def test_old_server_is_removed_in_two_updates_and_the_new_one_stays(stack: str, living: Living) -> None:
    workspace = living(stack)
    old = server_id(workspace)
    restore(workspace)
    workspace.up()
    moved(workspace)
    if stack == "prod":
        set_restore(workspace, 'earlierServers["0"]', "removed")
        refused = workspace.up(check=False)
        assert refused.code != 0
        assert "protect" in refused.output
        assert workspace.cloud.exists(old)
    set_restore(workspace, 'earlierServers["0"]', "unprotected")
    workspace.up()
    assert workspace.cloud.exists(old)
    set_restore(workspace, 'earlierServers["0"]', "removed")
    workspace.cloud.operations.clear()
    workspace.up()
    assert set(checks.operations(workspace, "create", "update", "delete")) - {"database-azure-services"} == {
        "database-server",
        "database-database",
        "database-require-secure-transport",
    }
    assert not workspace.cloud.exists(old)
    running_airflow.sign_in(workspace.cloud)
    checks.state_and_cloud_agree(workspace)
    unchanged(workspace)


@both
def test_setting_that_is_removed_afterwards_is_refused_and_destroys_nothing(stack: str, living: Living) -> None:
    workspace = living(stack)
    restore(workspace)
    workspace.up()
    moved(workspace)
    workspace.run("config", "rm", "--path", "airflow-aks:database.restore", "--stack", stack, check=True)
    workspace.cloud.operations.clear()
    for refused in (workspace.preview(check=False), workspace.up(check=False)):
        assert refused.code != 0
        assert "airflow-aks:database.restore: is not set, and the stack has the server of a later restore" in (
            refused.output
        )
    assert checks.operations(workspace, "create", "update", "delete") == []
    assert workspace.cloud.find(SERVER, "database-restored-1-server")


def test_server_that_does_not_exist_yet_is_not_used(living_dev: Workspace) -> None:
    restore(living_dev, inUse="true")
    living_dev.cloud.operations.clear()
    refused = living_dev.up(check=False)
    assert refused.code != 0
    assert "airflow-aks:database.restore.inUse: restore 1 does not exist yet" in refused.output
    assert checks.operations(living_dev, "create", "update", "delete") == []
    set_restore(living_dev, "inUse", "false")
    living_dev.up()
    moved(living_dev)


@both
def test_restore_to_a_wrong_time_is_followed_by_another_and_left_behind(stack: str, living: Living) -> None:
    workspace = living(stack)
    old = running_airflow.used_server(workspace.cloud)
    restore(workspace)
    workspace.up()
    restore(workspace, number=2, pointInTime=some_time_ago(hours=2), **{'earlierServers["1"]': "unprotected"})
    set_restore(workspace, "pointInTime", some_time_ago(hours=2))
    workspace.up()
    assert running_airflow.used_server(workspace.cloud) == old
    moved(workspace)
    assert running_airflow.used_server(workspace.cloud) == f"{old}-r2"
    set_restore(workspace, 'earlierServers["1"]', "removed")
    workspace.up()
    assert {item.name for item in workspace.cloud.objects.values() if item.type == SERVER} == {
        "database-server",
        "database-restored-2-server",
    }
    unchanged(workspace)


def test_restored_server_is_the_source_of_the_next_restore(living_prod: Workspace) -> None:
    restore(living_prod)
    living_prod.up()
    moved(living_prod)
    damage(living_prod)
    set_restore(living_prod, "sourceServerId", server_id(living_prod, "database-restored-1-server"))
    set_restore(living_prod, "number", "2")
    set_restore(living_prod, "inUse", "false")
    touched = checks.applied(living_prod)
    assert [name for name in touched if not name.startswith("database-restored-2-")] == []
    moved(living_prod)
    assert running_airflow.sign_in(living_prod.cloud).rows == {}
    unchanged(living_prod)


def test_stack_with_a_restored_server_is_destroyed_whole(living: Living) -> None:
    workspace = living("prod")
    restore(workspace)
    workspace.up()
    moved(workspace)
    workspace.unprotect()
    workspace.destroy()
    assert workspace.in_cloud() == []
