"""What a stack file passes on to Airflow as options and variables, and nobody can use."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack_file.findings import OLD, found_in


# airflow.cfg: what the version does not know is a warning with the nearest name, or the new place.
@pytest.mark.parametrize(
    ("changes", "path", "words"),
    [
        (
            {"scheduler": {"parsing_procesess": 2}},
            "config.scheduler.parsing_procesess",
            "dag_processor.parsing_processes?",
        ),
        ({"schedulr": {"max_tis_per_query": 2}}, "config.schedulr", "did you mean scheduler?"),
        (
            {"webserver": {"base_url": "https://x"}},
            "config.webserver.base_url",
            "airflow-aks:airflow.config.api.base_url",
        ),
        ({"core": {"sql_alchemy_pool_size": 5}}, "config.core.sql_alchemy_pool_size", "database.sql_alchemy_pool_size"),
        ({"core": {"paralelism": 5}}, "config.core.paralelism", "did you mean parallelism?"),
        ({"celery": {"worker_prefetch_multipler": 1}}, "config.celery.worker_prefetch_multipler", "multiplier?"),
        ({"triggerer": {"default_capacity": 10}}, "config.triggerer.default_capacity", "config.triggerer.capacity"),
        ({"core": {"dag_orientation": "LR"}}, "config.core.dag_orientation", "has removed this option"),
        (
            {"logging": {"auto_refresh_interval": 3}},
            "config.logging.auto_refresh_interval",
            "api.auto_refresh_interval?",
        ),
        ({"webserver": {"expose_stacktrace": True}}, "config.webserver.expose_stacktrace", "has removed this option"),
        ({"loging": {"logging_level": "INFO"}}, "config.loging", "did you mean logging?"),
        ({"team": {"color": "blue"}}, "config.team", "unless a package in your image does"),
        ({"core": {"color": "blue"}}, "config.core.color", "unless a package in your image does"),
    ],
)
def test_an_option_that_airflow_does_not_know_is_a_warning(changes: dict[str, Any], path: str, words: str) -> None:
    found = found_in({"airflow.config": changes}, warnings=True)
    assert [*found] == [path]
    assert words in found[path]


@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("AIRFLOW__SCHEDULER__PARSING_PROCESESS", "dag_processor.parsing_processes?"),
        ("AIRFLOW__WEBSERVER__WORKERS", "airflow-aks:airflow.config.api.workers"),
        ("AIRFLOW__SCHEDULR__NUM_RUNS", "did you mean scheduler?"),
        ("AIRFLOW__CORE__DAG_CONCURRENCY", "airflow-aks:airflow.config.core.max_active_tasks_per_dag"),
    ],
)
def test_a_variable_of_such_an_option_is_a_warning(variable: str, words: str) -> None:
    found = found_in({"airflow.environment": {variable: "2"}}, warnings=True)
    assert words in found[f"environment.{variable}"]


@pytest.mark.parametrize(
    "config",
    [
        {
            "core": {"parallelism": 64},
            "fab": {"auth_rate_limited": True},
            "kubernetes_executor": {"delete_worker_pods": False},
        },
        {"celery_broker_transport_options": {"visibility_timeout": 300, "anything": 1}},
        {"smtp": {"smtp_host": "mail.example.com"}, "sentry": {"release": "1"}},
        {"secrets": {"backend_kwargs_cmd": "cat /x"}, "openlineage": {"disabled": True}},
    ],
)
def test_a_known_option_is_no_warning(config: dict[str, Any]) -> None:
    assert found_in({"airflow.config": config}, warnings=True) == {}


def test_the_older_line_has_options_of_its_own() -> None:
    config = {"webserver": {"base_url": "https://x", "workers": 2, "wokers": 2, "dag_orientation": "LR"}}
    found = found_in({**OLD, "database.version": "16", "airflow.config": config}, warnings=True)
    assert {path for path in found if path.startswith("config")} == {"config.webserver.wokers"}
    assert "did you mean workers?" in found["config.webserver.wokers"]


# Variables.
@pytest.mark.parametrize(
    ("variable", "words"),
    [
        ("_PIP_ADDITIONAL_REQUIREMENTS", "airflow-aks:airflow.image"),
        ("_AIRFLOW_DB_MIGRATE", "a Job migrates the database"),
        ("_AIRFLOW_DB_UPGRADE", "a Job migrates the database"),
        ("_AIRFLOW_WWW_USER_CREATE", "airflow-aks:airflow.admin"),
        ("_AIRFLOW_WWW_USER_PASSWORD", "airflow-aks:airflow.admin"),
        ("_AIRFLOW_WWW_USER_ROLE", "airflow-aks:airflow.admin"),
    ],
)
@pytest.mark.parametrize("setting", ["environment", "keyVaultSecrets"])
def test_a_variable_of_the_images_entrypoint_is_refused(variable: str, words: str, setting: str) -> None:
    found = found_in({f"airflow.{setting}": {variable: "x"}})
    assert words in found[f"{setting}.{variable}"]


@pytest.mark.parametrize(
    ("release", "variable", "option"),
    [
        ("3.3", "AIRFLOW__API__BASE_URL", "api.base_url"),
        ("3.3", "AIRFLOW__WEBSERVER__BASE_URL", "webserver.base_url"),
        ("3.3", "AIRFLOW__TRIGGERER__CAPACITY", "triggerer.capacity"),
        ("2.9", "AIRFLOW__WEBSERVER__BASE_URL", "webserver.base_url"),
        ("2.9", "AIRFLOW__TRIGGERER__DEFAULT_CAPACITY", "triggerer.default_capacity"),
    ],
)
def test_an_option_that_the_chart_reads_is_no_variable(release: str, variable: str, option: str) -> None:
    found = found_in({"airflow.release": release, "airflow.environment": {variable: "100"}})
    assert f"airflow-aks:airflow.config.{option}" in found[f"environment.{variable}"]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"airflow.keyVaultSecrets": {"AIRFLOW__API__BASE_URL": "url"}}, "keyVaultSecrets.AIRFLOW__API__BASE_URL"),
        (
            {"airflow.values": {"apiServer": {"env": [{"name": "AIRFLOW__API__BASE_URL", "value": "https://x/y"}]}}},
            "values.apiServer.env[0].name",
        ),
    ],
)
def test_no_other_variable_sets_such_an_option(changes: dict[str, Any], path: str) -> None:
    found = found_in(changes)
    assert [*found] == [path]
    assert "airflow-aks:airflow.config.api.base_url" in found[path]


@pytest.mark.parametrize(
    ("changes", "path"),
    [
        ({"environment": {"LONG": "a" * 131072}}, "environment.LONG"),
        ({"environment": {"WIDE": "é" * 65534}}, "environment.WIDE"),
        ({"config": {"core": {"plugins_folder": "a" * 131072}}}, "config.core.plugins_folder"),
    ],
)
def test_a_text_longer_than_a_variable_is_refused(changes: dict[str, Any], path: str) -> None:
    (found,) = [message for name, message in found_in({"airflow": changes}).items() if name == path]
    assert "131072" in found


def test_a_text_that_just_fits_is_free() -> None:
    assert found_in({"airflow.environment": {"LONG": "a" * (131072 - len("LONG=") - 1)}}) == {}
