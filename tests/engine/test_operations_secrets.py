"""docs/operations.md: each secret rotated on a living stack, with the commands of the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.engine import checks, recovery, running_airflow

from .faults import Fault
from .test_kills import killed
from .workspace import Result, Workspace

Living = Callable[..., Workspace]
SYNC = "secret-sync-external-secrets-externalsecret-"
RECORD = "airflow-secrets-"
ROTATE_FERNET_KEY = (
    "kubectl --namespace airflow exec deployment/airflow-scheduler --container scheduler -- airflow rotate-fernet-key"
)
# The key in `secrets.rotate`, and all that its new value may touch.
ROTATED: dict[str, set[str]] = {
    "adminPassword": {
        "airflow-secrets-admin-password",
        "airflow-secrets-admin-password-secret",
        f"{SYNC}airflow-admin",
        "airflow-database-first-user",
    },
    "apiSecretKey": {
        "airflow-secrets-api-secret-key",
        "airflow-secrets-api-secret-key-secret",
        f"{SYNC}airflow-api-secret-key",
        "airflow-release",
    },
    "jwtSecret": {
        "airflow-secrets-jwt-secret",
        "airflow-secrets-jwt-secret-secret",
        f"{SYNC}airflow-jwt-secret",
        "airflow-release",
    },
    "databasePassword": {
        "database-password",
        "database-server",
        "airflow-secrets-metadata-connection-secret",
        "airflow-secrets-metadata-async-connection-secret",
        "airflow-secrets-migration-connection-secret",
        "airflow-secrets-pgbouncer-users-secret",
        "airflow-secrets-pgbouncer-stats-secret",
        f"{SYNC}airflow-metadata-connection",
        f"{SYNC}airflow-migration-connection",
        f"{SYNC}airflow-pgbouncer-config",
        f"{SYNC}airflow-pgbouncer-stats",
        "airflow-release",
    },
}
# Where a rotation of the database's password may be cut off: before and after the server has the new one.
MOMENTS = [
    ("create", "database-password"),
    ("update", "database-server"),
    ("update", "airflow-secrets-migration-connection-secret"),
    ("update", f"{SYNC}airflow-pgbouncer-config"),
    ("update", "airflow-release"),
]


def count_up(workspace: Workspace, secret: str, number: int) -> None:
    """The command of the page."""
    workspace.run(
        "config", "set", "--path", f"airflow-aks:secrets.rotate.{secret}", str(number), "--stack", workspace.stack
    )


def with_preview(workspace: Workspace) -> Result:
    """`pulumi up` as the page says it: what the preview refuses is not begun."""
    return workspace.run("up", "--yes", "--stack", workspace.stack)


def unchanged(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("secret", ROTATED)
def test_rotated_secret_reaches_what_reads_it_and_restarts_nothing_else(
    stack: str, secret: str, living: Living
) -> None:
    workspace = living(stack)
    before = checks.secret_values(workspace)
    for number in (2, 3):
        count_up(workspace, secret, number)
        assert set(checks.applied(workspace)) == ROTATED[secret]
        assert set(checks.operations(workspace, "create", "delete")) <= {
            "airflow-database-first-user",
            "airflow-secrets-admin-password",
            "airflow-secrets-api-secret-key",
            "airflow-secrets-jwt-secret",
            "database-password",
        }
        running_airflow.sign_in(workspace.cloud)
        unchanged(workspace)
    gone = before - checks.secret_values(workspace)
    assert gone, "the old value is nowhere"
    checks.no_secret_in_state(workspace)


def test_number_that_goes_down_is_refused_and_changes_nothing(living_dev: Workspace) -> None:
    count_up(living_dev, "jwtSecret", 3)
    living_dev.up()
    for number in (2, 1):
        count_up(living_dev, "jwtSecret", number)
        living_dev.cloud.operations.clear()
        for refused in (living_dev.preview(check=False), with_preview(living_dev)):
            assert refused.code != 0
            assert f"airflow-aks:secrets.rotate.jwtSecret: is {number}, and was higher" in refused.output
        assert checks.operations(living_dev, "create", "update", "delete") == []
    count_up(living_dev, "jwtSecret", 3)
    unchanged(living_dev)


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize(("operation", "name"), MOMENTS, ids=[name for _, name in MOMENTS])
def test_new_database_password_that_was_cut_off_anywhere_is_finished_by_the_next_update(
    operation: str, name: str, after: bool, stack: str, living: Living, count: Callable[..., None]
) -> None:
    workspace = living(stack)
    count_up(workspace, "databasePassword", 2)
    workspace.cloud.faults.append(Fault(operation, name, after=after))
    assert workspace.up(check=False).code != 0
    count(faults=1)
    workspace.up()
    running_airflow.sign_in(workspace.cloud)
    checks.data_is_kept(workspace)
    checks.state_and_cloud_agree(workspace)
    unchanged(workspace)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("name", ["database-server", "airflow-secrets-metadata-connection-secret"])
def test_engine_that_died_between_server_and_vault_is_recovered_with_one_password(
    name: str, after: bool, living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev", checkpoints=True)
    count_up(workspace, "databasePassword", 2)
    killed(workspace, "up", Fault("update", name, after=after))
    recovery.recover(workspace)
    running_airflow.sign_in(workspace.cloud)
    checks.data_is_kept(workspace)
    unchanged(workspace)
    count(kills=1)


# Setting, its values, and the resource whose keys they are.
KEYS: dict[str, tuple[dict[str, dict[str, Any]], str, tuple[str, str], str]] = {
    "storageKey": (
        {"dags": {"delivery": "azureFiles"}},
        "AKS-AIRFLOW-LOGS-STORAGE-ACCOUNT-KEY",
        ("key1", "key2"),
        "azure-native:storage:StorageAccount",
    ),
    "brokerKey": (
        {"airflow": {"executor": "CeleryExecutor"}},
        "airflow-broker-url",
        ("primary", "secondary"),
        "azure-native:redisenterprise:RedisEnterprise",
    ),
}


@pytest.mark.parametrize("setting", KEYS)
def test_access_key_of_azure_is_rotated_without_a_moment_in_which_pods_hold_a_dead_one(
    setting: str, living_dev: Workspace
) -> None:
    changes, secret, (first, second), type_ = KEYS[setting]
    for section, change in changes.items():
        living_dev.change(section, **change)
    living_dev.up()
    found = living_dev.cloud.find(type_).inputs
    resource = found.get("accountName") or found["clusterName"]
    for old, new in ((first, second), (second, first)):
        before = running_airflow.vault_value(living_dev.cloud, secret)
        # The key that nothing uses is made anew first; then everything moves to it; then the other one.
        living_dev.cloud.regenerate_key(resource, new)
        unchanged(living_dev)
        living_dev.run("config", "set", "--path", f"airflow-aks:secrets.{setting}", new, "--stack", "dev", check=True)
        touched = set(checks.applied(living_dev))
        assert "airflow-release" in touched
        assert not {name for name in touched if not name.startswith(("airflow-release", "airflow-secrets-", SYNC))}
        after = running_airflow.vault_value(living_dev.cloud, secret)
        assert after != before
        living_dev.cloud.regenerate_key(resource, old)
        unchanged(living_dev)
    checks.no_secret_in_state(living_dev)


def test_key_that_is_in_use_and_was_made_anew_reaches_the_pods_with_the_next_update(living_dev: Workspace) -> None:
    living_dev.change("airflow", executor="CeleryExecutor")
    living_dev.up()
    broker = living_dev.cloud.find("azure-native:redisenterprise:RedisEnterprise").inputs["clusterName"]
    living_dev.cloud.regenerate_key(broker, "primary")
    assert "airflow-release" in checks.applied(living_dev)


@pytest.mark.parametrize(
    ("key", "setting", "secrets"),
    [
        ("dagsGitToken", {"repository": "https://git.example.com/team/dags.git", "auth": "token"}, "git-token"),
        ("dagsGitSshKey", {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"}, "git-ssh-key"),
    ],
)
def test_git_credential_of_ones_own_is_replaced_and_restarts_what_reads_it(
    key: str, setting: dict[str, str], secrets: str, stack: Workspace
) -> None:
    stack.change("dags", git=setting)
    stack.up()
    stack.set(f"airflow-aks:{key}", "a-new-credential-for-tests", secret=True)
    touched = set(checks.applied(stack))
    assert f"{RECORD}{secrets}-secret" in touched
    assert {name for name in touched if not name.startswith((RECORD, SYNC))} == {"airflow-release"}
    assert checks.operations(stack, "create", "delete") == []
    unchanged(stack)
