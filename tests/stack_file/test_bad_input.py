"""Wrong stack files: each problem by its path, with what would be right, all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.checker import check
from components.stack_file.problems import Problem
from tests.plans import PROJECT, changed, shipped
from tests.stack_file.wrong_access import ACCESS
from tests.stack_file.wrong_airflow import AIRFLOW
from tests.stack_file.wrong_azure import AZURE
from tests.stack_file.wrong_egress import EGRESS
from tests.stack_file.wrong_names import NAMES
from tests.stack_file.wrong_operations import OPERATIONS
from tests.stack_file.wrong_private import PRIVATE
from tests.stack_file.wrong_proxy import PROXY
from tests.stack_file.wrong_runbook import RUNBOOK
from tests.stack_file.wrong_security import SECURITY
from tests.stack_file.wrong_sign_in import SIGN_IN


def problems(changes: dict[str, Any], stack: str = "dev") -> list[Problem]:
    config = changed(shipped("dev"), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert (settings is None) == bool(errors)
    return errors


BAD = [*AZURE, *AIRFLOW, *ACCESS, *EGRESS, *NAMES, *OPERATIONS, *PRIVATE, *PROXY, *RUNBOOK, *SECURITY, *SIGN_IN]


@pytest.mark.parametrize(
    ("changes", "path", "words"), BAD, ids=[f"{path} {index}" for index, (_, path, _) in enumerate(BAD)]
)
def test_wrong_setting_is_named_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    full = path if ":" in path else f"{PROJECT}:{path}"
    found = [problem for problem in problems(changes) if problem.path == full]
    assert len(found) == 1, problems(changes)
    assert words in found[0].message
    assert "\n" not in str(found[0])


def test_wrong_config_value_hides_no_problem_of_the_same_section() -> None:
    found = problems(
        {
            "airflow.config": {"core": {"parallelism": [1]}},
            "airflow.values": {"executor": "X"},
            "airflow.environment": {"DB_PASSWORD": "abcdef123456"},
        }
    )
    assert [problem.path.removeprefix("airflow-aks:airflow.") for problem in sorted(found)] == [
        "config.core.parallelism",
        "environment.DB_PASSWORD",
        "values.executor",
    ]


def test_shipped_file_has_no_problem() -> None:
    assert problems({}) == []


def test_every_problem_comes_at_once() -> None:
    found = problems(
        {
            "azure-native:location": None,
            "cluster.tier": "Gold",
            "cluster.zones": ["9"],
            "database.storageGb": 7,
            "dags.git.auth": "token",
            "clutser": {},
            "airflow.values": {"executor": "X"},
        }
    )
    assert {problem.path for problem in found} == {
        "azure-native:location",
        "airflow-aks:cluster.tier",
        "airflow-aks:cluster.zones[0]",
        "airflow-aks:database.storageGb",
        "airflow-aks:dagsGitToken",
        "airflow-aks:clutser",
        "airflow-aks:airflow.values.executor",
    }


def test_rules_across_sections_run_beside_a_wrong_section() -> None:
    found = problems({"cluster.tier": "Gold", "cluster.localAccounts": False})
    assert {problem.path for problem in found} == {"airflow-aks:cluster.tier", "airflow-aks:cluster.localAccounts"}


def test_a_problem_is_not_told_twice() -> None:
    found = problems({"dags.git.repository": 5})
    assert [problem.path for problem in found] == ["airflow-aks:dags.git.repository"]


def test_a_wrong_value_that_may_be_a_secret_is_not_repeated() -> None:
    found = problems({"airflow.environment": {"PASSWORD": 12345678}, "airflow.keyVaultSecrets": {"X": "pa_12345678"}})
    assert len(found) == 2
    assert not any("12345678" in str(problem) for problem in found)


def test_one_value_of_prefix_and_stack_that_just_fit() -> None:
    assert problems({"naming": {"prefix": "a" * 37}}) == []


def test_workers_that_do_not_scale_need_no_most() -> None:
    workers = {"scaler": "none", "min": 11}
    found = problems({"airflow": {"executor": "CeleryExecutor", "workers": workers}})
    assert not [problem for problem in found if "workers" in problem.path]
