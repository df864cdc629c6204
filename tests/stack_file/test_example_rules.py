"""The example DAGs of Apache Airflow in a stack that looks like production."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from tests.plans import PROJECT, changed, plan_of, shipped

PATH = "airflow-aks:dags.git.repository"
OF_AIRFLOW = [
    "https://github.com/apache/airflow.git",
    "https://github.com/apache/airflow",
    "https://github.com/Apache/Airflow/",
    "https://www.github.com/apache/airflow.git",
    "https://github.com:443/apache/airflow.git",
    "git@github.com:apache/airflow.git",
    "ssh://git@github.com/apache/airflow.git",
    "ssh://git@ssh.github.com:443/apache/airflow.git",
]
OF_OTHERS = [
    "https://github.com/contoso/airflow.git",
    "https://github.com/apache/airflow-site.git",
    "https://git.example.com/apache/airflow.git",
    "https://github.com/apache/airflow/dags.git",
    "git@github.com:apache-airflow/dags.git",
]


def warned(changes: dict[str, Any]) -> list[str]:
    ssh = {"dagsGitSshKey": {"secure": "x"}, "dagsGitKnownHosts": "github.com ssh-ed25519 AAAA"}
    config = changed(shipped("dev"), {**changes, **(ssh if changes.get("dags.git.auth") == "ssh" else {})})
    settings, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert settings is not None, errors
    return [problem.message for problem in warnings if problem.path == PATH]


def of(repository: str) -> dict[str, Any]:
    return {"dags.git.repository": repository, "dags.git.auth": "none" if repository.startswith("https") else "ssh"}


@pytest.mark.parametrize("repository", OF_AIRFLOW)
@pytest.mark.parametrize("change", [{"protectData": "true"}, {"airflow.schedulers": 2}, {"airflow.schedulers": 3}])
def test_airflows_own_repository_is_warned_of_in_production(repository: str, change: dict[str, Any]) -> None:
    (message,) = warned({**of(repository), **change})
    assert "set the repository with your own DAGs" in message
    ((path, value),) = change.items()
    assert f"airflow-aks:{path} is {value}" in message


@pytest.mark.parametrize("repository", OF_OTHERS)
def test_another_repository_is_not(repository: str) -> None:
    assert warned({**of(repository), "protectData": "true", "airflow.schedulers": 2}) == []


@pytest.mark.parametrize(
    "changes",
    [{}, {"dags": {"delivery": "azureFiles"}, "protectData": "true"}, {"dags.delivery": "gitBundle"}],
    ids=["a small stack", "DAGs from a share", "a small stack with a bundle"],
)
def test_a_stack_for_trying_is_not_warned(changes: dict[str, Any]) -> None:
    assert warned(changes) == []


def test_a_bundle_is_warned_of_too() -> None:
    assert len(warned({"dags.delivery": "gitBundle", "airflow.schedulers": 2})) == 1


def test_whole_plan_of_prod_warns_once() -> None:
    found = [warning for warning in plan_of("prod").warnings if PATH in warning]
    assert len(found) == 1
    assert "airflow-aks:protectData is true and airflow-aks:airflow.schedulers is 2" in found[0]


def test_whole_plan_of_dev_does_not() -> None:
    assert [warning for warning in plan_of("dev").warnings if PATH in warning] == []


@pytest.mark.parametrize(
    ("host", "warns"),
    [
        ("airflow.example.com", True),
        ("a.b.example.org", True),
        ("airflow.example", True),
        ("airflow.contoso.com", False),
        ("airflow-example.com", False),
    ],
)
def test_a_host_that_is_an_example_is_a_warning(host: str, warns: bool) -> None:
    config = changed(shipped("dev"), {"access": {"host": host, "tls": {"issuer": "selfSigned"}}})
    _, errors, warnings = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert errors == []
    assert [problem.path for problem in warnings] == (["airflow-aks:access.host"] if warns else [])
