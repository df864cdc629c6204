"""The schema that editors use."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from components.stack_file import reference
from components.stack_file.checker import SECTIONS
from components.stack_file.schema import editor_schema, main, stack_file_schema
from tests.cases import STACKS
from tests.plans import ROOT, STACK_FILES

SCHEMA_FILE = ROOT / "docs" / "stack-file.schema.json"


def written_lines() -> list[str]:
    """The release lines in the schema's file: those of the day it was written, for the pins are the user's to edit."""
    definitions = json.loads(SCHEMA_FILE.read_text(encoding="utf-8"))["$defs"]
    lines: list[str] = definitions["AirflowSettings"]["properties"]["release"]["enum"]
    return lines


def test_schema_file_is_current() -> None:
    assert json.loads(SCHEMA_FILE.read_text(encoding="utf-8")) == editor_schema(written_lines()), "run `make schema`"


def test_settings_page_is_current() -> None:
    written = (ROOT / "docs" / "settings.md").read_text(encoding="utf-8")
    assert written == reference.render_page(written_lines()), "run `make schema`"


def test_files_are_written_for_the_pinned_lines(tmp_path) -> None:
    main([str(tmp_path / "schema.json")])
    reference.main([str(tmp_path / "settings.md")])
    assert json.loads((tmp_path / "schema.json").read_text(encoding="utf-8")) == editor_schema(["2.9", "3.3"])
    assert (tmp_path / "settings.md").read_text(encoding="utf-8") == reference.render_page(["2.9", "3.3"])


def test_a_new_release_line_is_in_schema_and_page() -> None:
    release = stack_file_schema(["3.3", "3.4"])["$defs"]["AirflowSettings"]["properties"]["release"]
    assert release["enum"] == ["3.3", "3.4"]
    assert "| `release` | `3.3`, `3.4` |" in reference.render_page(["3.3", "3.4"])


@pytest.mark.parametrize("key", ["migration", "taskPods", "workers"])
def test_settings_page_lists_the_keys_of_resources(key: str) -> None:
    rows = {line.split("`")[1]: line for line in reference.render_page().splitlines() if line.startswith("| `")}
    assert f"`{key}`" in rows["resources"]
    assert {"resources.<key>.cpu", "resources.<key>.memory"} <= set(rows)


def test_readme_links_every_section_of_the_settings() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for key in SECTIONS:
        assert f"docs/settings.md#{key.lower()}" in readme


@pytest.mark.parametrize("stack", STACKS)
def test_stack_file_is_valid(stack: str) -> None:
    content = yaml.safe_load((STACK_FILES / f"{stack}.yaml").read_text(encoding="utf-8"))
    jsonschema.validate(content, stack_file_schema())


def test_unknown_setting_is_not_valid() -> None:
    content = {"config": {"azure-native:location": "canadacentral", "airflow-aks:cluster": {"teir": "Free"}}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, stack_file_schema())


def test_secret_in_the_clear_is_not_valid() -> None:
    content = {"config": {"azure-native:location": "canadacentral", "airflow-aks:dagsGitToken": "clear"}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, stack_file_schema())


def test_every_setting_is_described() -> None:
    for name, definition in stack_file_schema()["$defs"].items():
        for key, part in definition.get("properties", {}).items():
            assert part.get("description"), f"{name}.{key}"
    assert json.dumps(stack_file_schema())


@pytest.mark.parametrize("empty", [None, ""])
@pytest.mark.parametrize("key", ["network", "tags", "protectData", "dagsGitToken", "dagsGitKnownHosts"])
def test_key_without_a_value_is_valid_in_an_editor(key: str, empty: str | None) -> None:
    content = {"config": {"azure-native:location": "westeurope", f"airflow-aks:{key}": empty}}
    jsonschema.validate(content, editor_schema())


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("tags", {"a b": "c"}),
        ("airflow", {"environment": {"1X": "y"}}),
        ("airflow", {"config": {"Core": {"a": 1}}}),
        ("airflow", {"keyVaultSecrets": {"A-B": "c"}}),
        ("cluster", {"pools": [{"name": "a", "labels": {"-": "b"}}]}),
    ],
)
def test_name_that_the_program_refuses_is_not_valid(key: str, value: object) -> None:
    content = {"config": {"azure-native:location": "westeurope", f"airflow-aks:{key}": value}}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(content, editor_schema())


@pytest.mark.parametrize("location", ["usgovvirginia", "chinanorth3", "West Europe", "", None, 5])
def test_region_that_the_program_refuses_is_not_valid(location: object) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"config": {"azure-native:location": location}}, editor_schema())
