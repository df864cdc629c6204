"""The settings that only one of Airflow 2 and Airflow 3 knows."""

import datetime
from pathlib import Path

import pytest
from pulumi import RunError

from components.airflow.airflow_2.settings import (
    SETTINGS_FILE,
    knows_several_executors,
    load_settings,
    settings_unknown_to,
)
from components.airflow.release_lines import AIRFLOW_2, FAMILIES, LineFamily
from components.settings.airflow_sections import AirflowSettings
from components.stack_file.checker import check
from components.stack_file.rules.context import Context
from components.stack_file.rules.release_line_rules import release_knows_the_executor
from tests.docs.pages import is_setting
from tests.plans import PROJECT, shipped

BAD = [
    ("instead: there is no such section\n", "instaed: there is no such section\n", "newer.1.instaed", "unknown key"),
    ("value: gitBundle", "value: [gitBundle]", "newer.0.value", "valid integer"),
    ("[dags.delivery]", "[logs.delivery]", "newer.0.paths.0", "must be a path below airflow or dags"),
    ("[dags.delivery]", "dags.delivery", "newer.0.paths", "must be a list"),
    ("older:", "oldest:", "older", "is required"),
]


@pytest.mark.parametrize(("text", "wrong", "path", "words"), BAD, ids=[f"{row[2]} {row[1]}" for row in BAD])
def test_a_wrong_table_is_refused_by_the_path_in_it(
    tmp_path: Path, text: str, wrong: str, path: str, words: str
) -> None:
    file = tmp_path / "settings.yaml"
    file.write_text(SETTINGS_FILE.read_text(encoding="utf-8").replace(text, wrong, 1), encoding="utf-8")
    with pytest.raises(RunError) as caught:
        load_settings(file)
    first, *problems = str(caught.value).splitlines()
    assert first.endswith("in components/airflow/airflow_2/settings.yaml:")
    assert any(problem.strip().startswith(path) and words in problem for problem in problems), problems


def test_the_table_is_read_once() -> None:
    assert load_settings() is load_settings()


@pytest.mark.parametrize("line", FAMILIES, ids=lambda line: line.title)
def test_every_path_is_one_that_a_stack_file_may_have(line: LineFamily) -> None:
    paths = [path for unknown in settings_unknown_to(line) for path in unknown.paths]
    assert len(paths) > 2
    assert [path for path in paths if not is_setting(path)] == []
    assert len(set(paths)) == len(paths)


def test_an_option_is_found_by_its_whole_name() -> None:
    assert "airflow.config.triggerer.capacity" in SETTINGS_FILE.read_text(encoding="utf-8").split()
    assert any("airflow.config.triggerer.capacity" in unknown.paths for unknown in settings_unknown_to(AIRFLOW_2))


@pytest.mark.parametrize(("line", "knows"), [("2.9", False), ("2.10", False), ("2.11", True), ("3.3", True)])
def test_two_executors_need_a_line_that_runs_them(line: str, knows: bool) -> None:
    assert knows_several_executors(line) is knows
    config = shipped("dev")
    settings, _, _ = check(config.values, set(), PROJECT, "dev")
    assert settings is not None
    pins = settings.pins.model_copy(update={"airflow": dict.fromkeys(("3.3", line), settings.release_line)})
    airflow = AirflowSettings(release=line, executor="CeleryExecutor,KubernetesExecutor")
    context = Context(
        settings=settings.model_copy(update={"pins": pins, "airflow": airflow}),
        config_keys=frozenset(),
        today=datetime.date(2026, 11, 21),
    )
    found = [str(problem) for problem in release_knows_the_executor(context)]
    assert bool(found) is not knows
    assert all(f"Airflow {line} runs one at a time" in problem and "to 3.3" in problem for problem in found)
