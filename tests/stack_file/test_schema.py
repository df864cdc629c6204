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
from tests.plans import ROOT


def test_schema_file_is_current(tmp_path) -> None:
    main([str(tmp_path / "schema.json")])
    written = (tmp_path / "schema.json").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "stack-file.schema.json").read_text(encoding="utf-8") == written, "run `make schema`"


def test_settings_page_is_current(tmp_path) -> None:
    reference.main([str(tmp_path / "settings.md")])
    written = (tmp_path / "settings.md").read_text(encoding="utf-8")
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == written, "run `make schema`"


def test_readme_links_every_section_of_the_settings() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for key in SECTIONS:
        assert f"docs/settings.md#{key.lower()}" in readme


@pytest.mark.parametrize("stack", STACKS)
def test_shipped_stack_file_is_valid(stack: str) -> None:
    content = yaml.safe_load((ROOT / f"Pulumi.{stack}.yaml").read_text(encoding="utf-8"))
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
