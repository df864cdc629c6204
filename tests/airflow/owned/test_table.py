"""The table of what the program owns, and how a wrong one is refused."""

import re
from pathlib import Path

import pytest
from pulumi import RunError

from components.airflow import names
from components.airflow.owned import table
from components.airflow.owned.table import OWNED_FILE, OwnedTable, owned_by
from components.airflow.release_lines import AIRFLOW_3, FAMILIES, LineFamily
from components.airflow.values.containers import RESOURCE_PLACES
from components.kubernetes.labels_and_annotations import IDENTITY_LABEL, ROTATION_ANNOTATION
from components.settings.program_yaml import load_yaml
from tests.docs.pages import is_setting
from tests.plans import ROOT

TEXT = OWNED_FILE.read_text(encoding="utf-8")
OWNED = owned_by(AIRFLOW_3)
# What stands in the file, what stands there instead, the path that the answer names, words of the answer.
BAD = [
    ("use: airflow.release", "uses: airflow.release", "values.0.uses", "unknown key"),
    ("use: airflow.release", "use: 3", "values.0.use", "must be text, in quotes"),
    ("use: airflow.release", "use: airflow.release, fixed: it is", "values.0", "must have either use or fixed"),
    ("use: airflow.release, names", "names", "values.0", "must have either use or fixed"),
    ("names: [airflowVersion]", "names: airflowVersion", "values.0.names", "must be a list"),
    ("names: [airflowVersion]", "names: [airflowVersion, registry]", "values", "registry is listed twice"),
    ("names: [core.executor]", "names: [executor]", "options", "must be section.option or section.* (is executor)"),
    ("- affinity", "- config", "chartKeys", "config is listed twice"),
    ("chartKeys:", "chartkeys:", "chartkeys", "unknown key"),
]


def refused(folder: Path, text: str) -> list[str]:
    file = folder / "owned.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(RunError) as caught:
        load_yaml(file, OwnedTable, "charts/airflow/owned.yaml")
    return str(caught.value).splitlines()


@pytest.mark.parametrize(("text", "wrong", "path", "words"), BAD, ids=[f"{row[2]} {row[1]}" for row in BAD])
def test_a_wrong_table_is_refused_by_the_path_in_it(
    tmp_path: Path, text: str, wrong: str, path: str, words: str
) -> None:
    first, *problems = refused(tmp_path, TEXT.replace(text, wrong, 1))
    assert first == "1 problem in charts/airflow/owned.yaml:"
    assert problems[0].startswith(f"  {path}: ")
    assert words in problems[0]


def test_every_problem_of_a_table_comes_at_once(tmp_path: Path) -> None:
    first, *problems = refused(tmp_path, TEXT.replace("use:", "uses:", 1).replace("- affinity", "- 5", 1))
    assert first.startswith(f"{len(problems)} problems")
    assert any("values.0.uses" in problem for problem in problems)
    assert any("chartKeys.0" in problem for problem in problems)


@pytest.mark.parametrize("text", ["- values", ""])
def test_a_file_that_is_no_mapping_is_refused(tmp_path: Path, text: str) -> None:
    assert refused(tmp_path, text)[1] == "  the file: must be a mapping of keys to values"


def test_each_file_is_read_once_for_all_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    table._read.cache_clear()
    owned_by.cache_clear()
    read: list[str] = []
    monkeypatch.setattr(table, "load_yaml", lambda *args: [read.append(args[2]), load_yaml(*args)][1])
    for line in (*FAMILIES, *FAMILIES):
        owned_by(line)
    assert sorted(read) == sorted({"charts/airflow/owned.yaml", *(path(line.owned) for line in FAMILIES if line.owned)})


def path(file: Path) -> str:
    return file.relative_to(ROOT).as_posix()


@pytest.mark.parametrize("name", ["images.airflow.repository", "core.executor", "AZURE_CLIENT_ID", "nodeSelector"])
def test_what_is_owned_is_found_by_its_whole_name(name: str) -> None:
    assert re.search(rf"(?<![\w.]){re.escape(name)}(?![\w.])", TEXT)
    assert name in {**OWNED.values, **OWNED.options, **OWNED.variables, **OWNED.keys}


@pytest.mark.parametrize("line", FAMILIES, ids=lambda line: line.title)
def test_every_setting_that_a_message_names_exists(line: LineFamily) -> None:
    owned = owned_by(line)
    messages = {*owned.values.values(), *owned.keys.values(), *owned.options.values(), *owned.variables.values()}
    named = {path for message in messages for path in re.findall(r"airflow-aks:([\w.]*\w)", message)}
    assert len(named) > 20
    assert [path for path in sorted(named) if not is_setting(path)] == []


@pytest.mark.parametrize(
    ("component", "place"), [(component, place) for component, places in RESOURCE_PLACES.items() for place in places]
)
def test_every_size_of_a_container_is_owned(component: str, place: str) -> None:
    setting = "workers" if component == "taskPods" else component
    assert f"airflow-aks:airflow.resources.{setting}" in OWNED.values[place]


def test_what_the_program_sets_by_a_name_of_its_own_is_owned() -> None:
    assert {IDENTITY_LABEL, ROTATION_ANNOTATION} <= set(OWNED.keys)
    assert {names.GIT_CONNECTION, names.WASB_CONNECTION} <= set(OWNED.variables)
