"""docs/operations.md: the Fernet key rotated on a living stack, in the two steps of the page."""

from __future__ import annotations

import shlex

import pytest
from cryptography.fernet import InvalidToken

from tests.engine import checks, running_airflow

from .test_operations_secrets import ROTATE_FERNET_KEY, Living, count_up, unchanged, with_preview
from .workspace import Workspace


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_fernet_key_is_rotated_in_two_steps_and_every_connection_stays_readable(stack: str, living: Living) -> None:
    workspace = living(stack)
    running_airflow.store_connection(workspace.cloud, "warehouse", "postgresql://w:secret@db/w")
    for number in (2, 3):
        count_up(workspace, "fernetKey", number)
        assert "airflow-release" in checks.applied(workspace)
        keys = running_airflow.vault_value(workspace.cloud, "airflow-fernet-key").split(",")
        assert len(keys) == 2, "the new key and the one before it"
        assert running_airflow.read_connections(workspace.cloud) == {"warehouse": "postgresql://w:secret@db/w"}
        unchanged(workspace)

        workspace.kubectl(*shlex.split(ROTATE_FERNET_KEY)[1:])
        drop(workspace, number - 1)
        touched = set(checks.applied(workspace))
        assert "airflow-release" in touched
        assert "airflow-secrets-jwt-secret" not in touched
        assert running_airflow.vault_value(workspace.cloud, "airflow-fernet-key") == keys[0]
        assert running_airflow.read_connections(workspace.cloud) == {"warehouse": "postgresql://w:secret@db/w"}
        unchanged(workspace)
    checks.no_secret_in_state(workspace)


def test_fernet_key_that_is_dropped_too_early_leaves_rows_that_nobody_can_read(living_dev: Workspace) -> None:
    """What the step in between is for."""
    running_airflow.store_connection(living_dev.cloud, "warehouse", "postgresql://w:secret@db/w")
    count_up(living_dev, "fernetKey", 2)
    living_dev.up()
    drop(living_dev, 1)
    living_dev.up()
    with pytest.raises(InvalidToken):
        running_airflow.read_connections(living_dev.cloud)


def test_new_fernet_key_alone_is_refused_before_anything_changes(living_dev: Workspace) -> None:
    count_up(living_dev, "fernetKey", 2)
    drop(living_dev, 1)
    living_dev.cloud.operations.clear()
    refused = with_preview(living_dev)
    assert refused.code != 0
    assert (
        "airflow-aks:secrets.droppedFernetKeys: is 1, and nothing is encrypted with the new key yet" in refused.output
    )
    assert checks.operations(living_dev, "create", "update", "delete") == []
    drop(living_dev, 0)
    living_dev.up()
    unchanged(living_dev)


def drop(workspace: Workspace, number: int) -> None:
    """The command of the page."""
    workspace.run(
        "config", "set", "--path", "airflow-aks:secrets.droppedFernetKeys", str(number), "--stack", workspace.stack
    )
