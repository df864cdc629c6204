"""The generated tables: what they read in wheels and packaged charts, and that the shipped ones are whole."""

from __future__ import annotations

import io
import json
import tarfile
import time
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml

from charts import write_airflow_options, write_chart_keys
from charts.chart_cache import FOLDER_VARIABLE
from components.airflow.chart_keys import table as chart_table
from components.airflow.chart_keys.checker import key_problems
from components.airflow.chart_keys.table import chart_keys_of
from components.airflow.options.table import options_of
from components.airflow.release_lines import chart_keys_file, family_of, options_file
from components.settings.pins import Chart
from tests.packaged_charts import package_of

LINES = ["2.9", "3.3"]
CONFIG = """
core:
  options:
    Parallelism: {version_added: ~, default: "32"}
    pool: {version_added: 2.4.0}
"""
PARSER = '''
class Parser:
    """Doc."""

    deprecated_options: dict = {
        ("core", "pool"): ("core", "old_pool", "2.4.0"),
        ("core", "old_pool"): ("legacy", "pool", "2.0.0"),
        ("core", "lost"): ("core", "former", "2.0.0"),
    }
'''
CHANGES = """
CONFIGS_CHANGES = [
    ConfigChange(config=ConfigParameter("core", "a"), renamed_to=ConfigParameter("core", "parallelism")),
    ConfigChange(config=ConfigParameter("core", "b")),
    ConfigChange(config=ConfigParameter("core", "pool"), default_change=True, was_removed=False),
    ConfigChange(config=ConfigParameter(section="core", option="c"), is_invalid_if="x"),
]
"""
PROVIDER = """
def get_provider_info():
    return {"name": "Team", "config": {"team": {"options": {"color": {"version_added": "1.0.0"}}}}}
"""
SCHEMA = {
    "properties": {
        "scheduler": {
            "type": "object",
            "description": "Prose.",
            "additionalProperties": False,
            "properties": {
                "replicas": {"type": ["integer", "null"], "minimum": 1, "default": 1},
                "extraContainers": {"type": "array", "items": {"$ref": "#/definitions/io.k8s.api.core.v1.Container"}},
                "mode": {"oneOf": [{"type": "string", "enum": ["a", "b"]}, {"type": "boolean"}]},
                "labels": {"type": "object", "additionalProperties": {"type": "string"}},
            },
        }
    },
    "definitions": {
        "io.k8s.api.core.v1.Container": {
            "type": "object",
            "additionalProperties": False,
            "required": ["name"],
            "properties": {"name": {"type": "string"}, "env": {"type": "array", "anyOf": [{"required": ["x"]}]}},
        }
    },
}
TEMPLATES = {
    "airflow/templates/a.yaml": "{{ .Values.config.api.base_url }} {{ $config.api.port }} {{ $config.valueFrom.x }}",
    "airflow/templates/_helpers.yaml": "{{- $part := .Values.config.triggerer | default dict }}{{ $part.capacity }}",
    "airflow/templates/NOTES.txt": "{{ .Values.config.core.executor }}",
    "airflow/charts/other/templates/b.yaml": "{{ .Values.config.other.option }}",
}


@pytest.fixture
def wheels(tmp_path: Path) -> list[Path]:
    files = {
        "core.whl": {
            "airflow/config_templates/config.yml": CONFIG,
            "airflow/_shared/configuration/parser.py": PARSER,
            "airflow/cli/commands/config_command.py": CHANGES,
        },
        "provider.whl": {"airflow/providers/team/get_provider_info.py": PROVIDER},
    }
    for name, content in files.items():
        with zipfile.ZipFile(tmp_path / name, "w") as wheel:
            for path, text in content.items():
                wheel.writestr(path, text)
    return sorted(tmp_path.glob("*.whl"))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    path = tmp_path / "airflow-1.0.0.tgz"
    with tarfile.open(path, "w:gz") as archive:
        for name, text in {"airflow/values.schema.json": json.dumps(SCHEMA), **TEMPLATES}.items():
            member = tarfile.TarInfo(name)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))
    return path


def test_options_are_those_of_airflow_and_its_providers_with_their_versions(wheels: list[Path]) -> None:
    assert write_airflow_options.read_options(wheels)["sections"] == {
        "core": {"parallelism": None, "pool": "2.4.0"},
        "team": {"color": "1.0.0"},
    }


def test_moves_are_followed_to_the_end_and_what_leads_nowhere_is_removed(wheels: list[Path]) -> None:
    facts = write_airflow_options.read_options(wheels)
    assert facts["moved"] == {"core.a": "core.parallelism", "core.old_pool": "core.pool", "legacy.pool": "core.pool"}
    assert facts["removed"] == ["core.b", "core.former"]


def test_the_file_of_options_is_json_with_a_line_for_each_section(wheels: list[Path]) -> None:
    text = write_airflow_options.as_text(write_airflow_options.read_options(wheels), "3.3.2")
    assert json.loads(text)["version"] == "3.3.2"
    assert '"team": {"color": "1.0.0"}\n' in text


def test_keys_keep_names_and_types_and_no_prose(package: Path) -> None:
    facts = write_chart_keys.read_keys(package)
    assert facts["config"] == ["api.base_url", "api.port", "triggerer.capacity"]
    assert facts["types"]["Container"]["required"] == ["name"]
    assert "Prose" not in json.dumps(facts)


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ({"replica": 1}, "scheduler.replica", "did you mean replicas?"),
        ({"replicas": 0}, "scheduler.replicas", "at least 1"),
        ({"replicas": True}, "scheduler.replicas", "a whole number"),
        ({"extraContainers": [{"nmae": "a"}]}, "scheduler.extraContainers[0].nmae", "did you mean name?"),
        ({"extraContainers": ["a"]}, "scheduler.extraContainers[0]", "a mapping"),
        ({"mode": "c"}, "scheduler.mode", "text, in quotes or true"),
        ({"mode": 1}, "scheduler.mode", "text, in quotes"),
        ({"labels": {"a": 1}}, "scheduler.labels.a", 'text, in quotes: "1"'),
    ],
)
def test_the_table_refuses_what_the_schema_does(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any, path: str, words: str
) -> None:
    file = tmp_path / "chart-keys-9.9.json"
    chart = Chart(name="airflow", repository="https://example.com", version="1.0.0")
    file.write_text(write_chart_keys.as_text(write_chart_keys.read_keys(package), chart), encoding="utf-8")
    monkeypatch.setattr(chart_table, "chart_keys_file", lambda release: file)
    keys = chart_keys_of("9.9")
    assert keys is not None
    assert not [*key_problems({"scheduler": {"replicas": 2, "mode": True, "labels": {"a": "1"}}}, keys)]
    found = dict(key_problems({"scheduler": value}, keys))
    assert words in found[path]


def test_a_chart_that_is_not_in_the_cache_is_answered_with_the_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    chart = Chart(name="airflow", repository="https://example.com", version="1.0.0")
    with pytest.raises(SystemExit) as refused:
        write_chart_keys.cached_chart(chart)
    assert str(refused.value) == (
        f"{tmp_path}/airflow-1.0.0.tgz is missing; run `make charts`, which fetches it from https://example.com"
    )


@pytest.mark.parametrize("line", ["3.3", "2.9"])
def test_a_line_without_tables_is_not_checked(line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert options_of("0.1") is None
    assert chart_keys_of("0.1") is None
    assert options_file(line).parent == chart_keys_file(line).parent


@pytest.mark.parametrize("line", LINES)
def test_the_tables_of_a_pinned_line_are_there(line: str) -> None:
    options, keys = options_of(line), chart_keys_of(line)
    assert options is not None, f"run `make facts`: {line}"
    assert keys is not None, f"run `make facts`: {line}"
    assert len(options.sections["core"]) > 40
    assert {"celery", "kubernetes_executor", "fab", "azure_remote_logging"} <= set(options.sections)
    assert all(new.rpartition(".")[2] in options.sections[new.rpartition(".")[0]] for new in options.moved.values())
    assert "webserver.base_url" in keys.config


@pytest.mark.parametrize("line", LINES)
def test_the_values_of_every_stack_are_keys_of_the_chart(line: str) -> None:
    family, keys = family_of(line), chart_keys_of(line)
    assert keys is not None
    values = yaml.safe_load(family.static_values.read_text(encoding="utf-8"))
    # The schema of chart 1.15 leaves out a key that its templates read.
    assert {path for path, _ in key_problems(values, keys)} <= {"securityContexts.containers"}


@pytest.mark.parametrize("line", LINES)
def test_the_table_of_keys_is_that_of_the_packaged_chart(line: str) -> None:
    keys = chart_keys_of(line)
    assert keys is not None
    chart = Chart(name="airflow", repository="https://airflow.apache.org", version=keys.version)
    package = package_of(chart)
    assert chart_keys_file(line).read_text("utf-8") == write_chart_keys.as_text(
        write_chart_keys.read_keys(package), chart
    )


def test_a_table_is_read_in_a_moment() -> None:
    chart_table._read.cache_clear()
    begin = time.perf_counter()
    assert chart_keys_of("3.3") is not None
    assert time.perf_counter() - begin < 0.5
