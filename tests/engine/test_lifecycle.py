"""From nothing to everything and back, by the commands that a user types."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.engine import checks

from .workspace import Workspace

Make = Callable[..., Workspace]
both = pytest.mark.parametrize("stack", ["dev", "prod"])


@both
def test_preview_up_up_refresh_destroy(stack: str, workspaces: Make, count: Callable[..., None]) -> None:
    workspace = workspaces(stack, checkpoints=True, passphrase=True)
    previewed = workspace.preview().changes["to"]
    assert not workspace.cloud.objects, "a preview makes nothing"
    up = workspace.run("up", "--yes", "--stack", stack, check=True)
    assert up.changes["created"] == previewed
    count(resources=len(workspace.cloud.objects))
    assert workspace.in_state() == set(workspace.in_cloud())
    assert workspace.up().changes == {"unchanged": previewed}
    workspace.preview("--expect-no-changes")
    refreshed = workspace.run("refresh", "--yes", "--skip-preview", "--stack", stack, check=True)
    assert refreshed.changes == {"unchanged": previewed}
    workspace.unprotect()
    workspace.destroy()
    assert workspace.in_cloud() == []
    assert len(workspace.cloud.soft_deleted_vaults) == 1, "Azure keeps a deleted vault for a while"


@both
def test_engine_makes_what_the_dry_run_said(stack: str, living: Make) -> None:
    workspace = living(stack)
    assert set(workspace.in_cloud()) == set(checks.planned(stack))


@both
def test_preview_shows_no_secret_and_does_not_fail_on_what_is_unknown(stack: str, workspaces: Make) -> None:
    workspace = workspaces(stack)
    first = workspace.preview("--diff").output
    workspace.up()
    second = workspace.preview("--diff", "--refresh").output
    values = checks.secret_values(workspace)
    assert len(values) > 8
    assert not [value for value in values if value in first or value in second]


def test_protected_data_refuses_to_go_and_is_named(living_prod: Workspace) -> None:
    refused = living_prod.destroy(check=False)
    assert refused.code != 0
    checks.data_is_kept(living_prod)
    # The server and the account stay behind what stands on them, which is refused first.
    for name in ("database-database", "key-vault-vault", "log-storage-container", "registry-registry"):
        assert name in refused.output


def test_vault_name_that_is_held_by_soft_delete_is_a_clear_error(living_dev: Workspace) -> None:
    living_dev.destroy()
    again = living_dev.up(check=False)
    assert again.code != 0
    assert "held by a soft-deleted vault" in again.output
    # The suffix is recorded by then: the page on recovery says to destroy what was made with it first.
    living_dev.destroy()
    living_dev.change("naming", suffix="abc123")
    living_dev.up()
    assert living_dev.in_state() == set(living_dev.in_cloud())
