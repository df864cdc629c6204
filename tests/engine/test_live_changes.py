"""Changes on a living stack: only the operations that the change needs, and data is never replaced or deleted."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import yaml

from . import checks
from .workspace import Workspace

SSH = {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"}
TOKEN = {"repository": "https://git.example.com/team/dags.git", "auth": "token"}
# Section and change; beginnings of the names of all that may be created, updated or deleted for it.
SWITCHES: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "executor": (
        "airflow",
        {"executor": "LocalExecutor"},
        ("airflow-release", "airflow-identity-airflow-worker", "airflow-namespace-"),
    ),
    "pooler none": (
        "database",
        {"pooler": "none"},
        (
            "airflow-release",
            "airflow-secrets-",
            "airflow-namespace-",
            "secret-sync-external-secrets-externalsecret-",
            "images-pgb",
        ),
    ),
    "outbound address of peers": ("network", {"peerWith": []}, ()),
    "git token": (
        "dags",
        {"git": TOKEN},
        ("airflow-release", "airflow-secrets-git-", "secret-sync-external-secrets-externalsecret-airflow-git"),
    ),
    "git ssh": (
        "dags",
        {"git": SSH},
        (
            "airflow-release",
            "airflow-secrets-git-",
            "airflow-namespace-git-sync-to-git",
            "secret-sync-external-secrets-externalsecret-airflow-git",
        ),
    ),
    "scaling": ("airflow", {"schedulers": 3, "apiServers": 3}, ("airflow-release",)),
    "logs on blobfuse": (
        "logs",
        {"delivery": "blobfuse"},
        ("airflow-release", "airflow-storage-logs-"),
    ),
    "logs on a share": (
        "logs",
        {"delivery": "azureFiles", "sizeGb": 20},
        (
            "airflow-release",
            "airflow-storage-logs-",
            "airflow-identity-writes-logs",
            "airflow-secrets-storage-",
            "log-storage-account",
            "log-storage-file-service",
            "log-storage-logs-share",
            "secret-sync-external-secrets-externalsecret-storage-",
        ),
    ),
    "dags on a share": (
        "dags",
        {"delivery": "azureFiles"},
        (
            "airflow-release",
            "airflow-storage-dags-",
            "airflow-secrets-storage-",
            "images-git-sync",
            "log-storage-account",
            "log-storage-file-service",
            "log-storage-dags-share",
            "secret-sync-external-secrets-externalsecret-storage-",
        ),
    ),
    "git bundle": ("dags", {"delivery": "gitBundle"}, ("airflow-release", "images-git-sync")),
    "git bundle by token": (
        "dags",
        {"delivery": "gitBundle", "git": TOKEN},
        (
            "airflow-release",
            "airflow-secrets-git-connection",
            "images-git-sync",
            "secret-sync-external-secrets-externalsecret-airflow-git-connection",
        ),
    ),
    "log retention": ("logs", {"retentionDays": 30}, ("log-storage-lifecycle",)),
    "refresh": ("secrets", {"refreshMinutes": 5}, ("secret-sync-external-secrets-externalsecret-",)),
    "vault readers": (
        "keyVault",
        {"readerPrincipalIds": ["00000000-0000-0000-0000-000000000009"]},
        ("key-vault-reader-",),
    ),
    "pool size": (
        "cluster",
        {
            "pools": [
                {"name": "airflow", "minNodes": 1, "maxNodes": 3},
                {
                    "name": "tasks",
                    "vmSize": "Standard_D4ds_v5",
                    "minNodes": 0,
                    "maxNodes": 4,
                    "spot": True,
                    "purpose": "workers",
                },
            ]
        },
        ("cluster-pool-airflow",),
    ),
}


@pytest.fixture
def living(dev: Workspace) -> Workspace:
    dev.run("config", "set", "--secret", "airflow-aks:dagsGitToken", "a-token-for-tests", "--stack", "dev", check=True)
    dev.run(
        "config", "set", "--secret", "airflow-aks:dagsGitSshKey", "an-ssh-key-for-tests", "--stack", "dev", check=True
    )
    dev.run(
        "config",
        "set",
        "airflow-aks:dagsGitKnownHosts",
        "git.example.com ssh-ed25519 AAAA",
        "--stack",
        "dev",
        check=True,
    )
    dev.up()
    return dev


def applied(workspace: Workspace) -> list[str]:
    """Bring the change there, and say what was touched."""
    workspace.cloud.operations.clear()
    workspace.up()
    checks.data_is_kept(workspace)
    checks.state_and_cloud_agree(workspace)
    return checks.operations(workspace, "create", "update", "delete")


def test_switching_back_and_forth_touches_only_what_the_switch_is_about(
    living: Workspace, count: Callable[..., None]
) -> None:
    before = living.stack_file.read_bytes()
    for title, (section, change, allowed) in SWITCHES.items():
        living.change(section, **change)
        there = applied(living)
        living.stack_file.write_bytes(before)
        back = applied(living)
        for touched in (there, back):
            assert [name for name in touched if not name.startswith(allowed or "?")] == [], title
            assert bool(touched) == bool(allowed), title
        assert living.up().changes.keys() == {"unchanged"}, title
    count(resources=len(living.cloud.objects))


def test_tag_is_an_update_everywhere_and_a_replacement_nowhere(living: Workspace) -> None:
    living.change("tags", team="data")
    living.cloud.operations.clear()
    result = living.up()
    assert checks.operations(living, "create", "delete") == []
    assert result.changes["updated"] > 20


def test_image_tag_is_a_new_import_a_new_migration_and_an_updated_release(living: Workspace) -> None:
    _repin(living, lambda pins: pins["airflow"]["3.3"]["images"]["airflow"].update(tag="3.3.3"))
    touched = set(applied(living))
    assert touched == {"images-airflow", "airflow-database-migration", "airflow-database-first-user", "airflow-release"}
    assert checks.operations(living, "update") == ["airflow-release", "images-airflow"]


def test_another_release_line_keeps_the_data(living: Workspace) -> None:
    def add_line(pins: dict[str, Any]) -> None:
        line = yaml.safe_load(yaml.safe_dump(pins["airflow"]["3.3"]))
        line["images"]["airflow"]["tag"] = "3.4.0"
        pins["airflow"]["3.4"] = line

    _repin(living, add_line)
    living.change("airflow", release="3.4")
    assert "airflow-release" in applied(living)


def test_new_pool_comes_before_the_old_one_goes(living: Workspace) -> None:
    living.change("cluster", pools=[{"name": "airflow", "vmSize": "Standard_D8ds_v5", "minNodes": 1, "maxNodes": 2}])
    applied(living)
    order = [entry for entry in living.cloud.operations if entry[1] == "cluster-pool-airflow"]
    assert order == [("create", "cluster-pool-airflow"), ("delete", "cluster-pool-airflow")]


def _repin(workspace: Workspace, change: Callable[[dict[str, Any]], None]) -> None:
    file = workspace.project / "charts" / "pins.yaml"
    pins = yaml.safe_load(file.read_text(encoding="utf-8"))
    change(pins)
    file.write_text(yaml.safe_dump(pins), encoding="utf-8")
