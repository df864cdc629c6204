"""Wrong stack files of the 2.9 line, and settings of it on a newer line."""

from __future__ import annotations

from typing import Any

import pytest

from components.stack_file.rules.release_line_rules import database_was_tested_with_the_line
from tests.plans import PROJECT
from tests.stack_file.test_bad_input import problems
from tests.stack_file.test_loader import context

# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"airflow.dagProcessors": 0}, "airflow.dagProcessors", "0 is for 2.9, and airflow-aks:airflow.release is 3.3"),
    (
        {"airflow.release": "2.9", "airflow.dagProcessors": 0, "airflow.resources": {"dagProcessor": {"cpu": "1"}}},
        "airflow.resources.dagProcessor",
        "airflow-aks:airflow.dagProcessors is 0",
    ),
    (
        {"airflow.release": "2.9", "airflow.config": {"dag_processor": {"refresh_interval": 30}}},
        "airflow.config.dag_processor",
        "is for 3.3, and airflow-aks:airflow.release is 2.9: the options of DAG parsing are in the section scheduler",
    ),
    (
        {"airflow.release": "2.9", "airflow.config": {"api": {"workers": 2}}},
        "airflow.config.api.workers",
        "2 is for 3.3, and airflow-aks:airflow.release is 2.9: the web server's options are in the section webserver",
    ),
    (
        {"airflow.release": "2.9", "airflow.environment": {"AIRFLOW__TRIGGERER__CAPACITY": "10"}},
        "airflow.environment.AIRFLOW__TRIGGERER__CAPACITY",
        "default_capacity",
    ),
    (
        {"airflow.release": "2.9", "airflow.environment": {"AIRFLOW__WORKERS__MISSING_DAG_RETRIES": "1"}},
        "airflow.environment.AIRFLOW__WORKERS__MISSING_DAG_RETRIES",
        "there is no such section",
    ),
    (
        {"airflow.release": "2.9", "airflow.values": {"apiServer": {"labels": {}}}},
        "airflow.values.apiServer",
        "is for 3.3, and airflow-aks:airflow.release is 2.9: the UI is webserver",
    ),
    (
        {"airflow.release": "2.9", "airflow.values": {"webserver": {"replicas": 2}}},
        "airflow.values.webserver.replicas",
        "airflow-aks:airflow.apiServers",
    ),
    ({"airflow.values": {"_rpcServer": {"enabled": True}}}, "airflow.values._rpcServer", "is for 2.9"),
    (
        {"airflow.config": {"scheduler": {"dag_dir_list_interval": 30}}},
        "airflow.config.scheduler.dag_dir_list_interval",
        "refresh_interval of the section dag_processor",
    ),
    (
        {"airflow": {"release": "2.9", "executor": "LocalExecutor", "values": {"workers": {"labels": {"a": "b"}}}}},
        "airflow.values.workers",
        "airflow-aks:airflow.executor is LocalExecutor",
    ),
]


@pytest.mark.parametrize(("changes", "path", "words"), BAD, ids=[path for _, path, _ in BAD])
def test_wrong_setting_is_named_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    found = [problem for problem in problems(changes) if problem.path == f"{PROJECT}:{path}"]
    assert len(found) == 1, problems(changes)
    assert words in found[0].message
    assert "\n" not in str(found[0])


def test_git_bundle_on_airflow_2_is_refused_once_with_the_line_that_can() -> None:
    (found,) = problems({"dags.delivery": "gitBundle", "airflow.release": "2.9"})
    assert found.path == "airflow-aks:dags.delivery"
    assert "3.3" in found.message


def test_a_database_newer_than_the_line_was_tested_with_is_a_warning() -> None:
    (found,) = database_was_tested_with_the_line(context({"airflow.release": "2.9"}))
    assert found.path == "airflow-aks:database.version"
    assert "17 is newer than 16" in found.message
    tested = {"airflow.release": "2.9", "database.version": "16"}
    assert not list(database_was_tested_with_the_line(context(tested)))
    assert not list(database_was_tested_with_the_line(context({})))
