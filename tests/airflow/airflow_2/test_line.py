"""The description of the 2.9 line, and how little of the program names it."""

import datetime
import re
from pathlib import Path

import pytest

import components.airflow.airflow_2
from components.airflow.release_lines import AIRFLOW_2, family_of
from components.settings.retirements import load_retirements
from tests.plans import ROOT

FOLDER = ROOT / "components" / "airflow" / "airflow_2"
# The only modules of the program that name the package or the line; without them and the folder, the line is gone.
CALLERS = {"components/airflow/release_lines.py", "components/stack_file/rules/release_line_rules.py"}


def callers(root: Path) -> set[str]:
    """The modules of the program outside the folder that name it or its line, in code or in a comment."""
    folder = root / FOLDER.relative_to(ROOT)
    files = [root / "__main__.py"]
    files += [file for part in ("components", "charts", "dryrun", "image") for file in (root / part).rglob("*.py")]
    return {
        file.relative_to(root).as_posix()
        for file in files
        if folder not in file.parents and re.search("airflow_2", file.read_text(encoding="utf-8"), re.IGNORECASE)
    }


def test_few_modules_name_the_line_so_that_it_can_be_removed() -> None:
    assert callers(ROOT) == CALLERS


@pytest.mark.parametrize("text", ["from components.airflow.airflow_2 import line", "if line is AIRFLOW_2:\n    pass"])
def test_one_more_module_that_names_the_line_is_found(tmp_path: Path, text: str) -> None:
    for name, content in {"__main__.py": "", "image/plan.py": f"{text}\n"}.items():
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert callers(tmp_path) == {"image/plan.py"}


def test_the_line_goes_a_year_after_its_end_of_life() -> None:
    ended = load_retirements().airflow["2.9"].date
    until = re.search(r"until (\d{4}-\d{2}-\d{2})", components.airflow.airflow_2.__doc__ or "")
    assert until is not None
    assert datetime.date.fromisoformat(until[1]) == ended.replace(year=ended.year + 1)


def test_values_move_to_where_the_older_chart_looks_for_them() -> None:
    layer = {
        "apiServer": {"replicas": 1},
        "workers": {"kubernetes": {"labels": {"a.b/c": "d"}}, "celery": {"keda": {"enabled": True}}},
        "jwtSecretName": "x",
    }
    assert AIRFLOW_2.chart_values(layer) == {
        "webserver": {"replicas": 1},
        "workers": {"labels": {"a.b/c": "d"}, "keda": {"enabled": True}},
    }


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("apiServer.replicas", "webserver.replicas"),
        ("apiServers", "apiServers"),
        ("workers.kubernetes.resources", "workers.resources"),
        ("jwtSecretName", None),
        ("dagProcessor.labels", None),
        ("scheduler.replicas", "scheduler.replicas"),
    ],
)
def test_paths_move_likewise(path: str, place: str | None) -> None:
    assert AIRFLOW_2.path(path) == place


def test_a_release_of_airflow_2_belongs_to_its_generation() -> None:
    assert family_of("2.9") is AIRFLOW_2
