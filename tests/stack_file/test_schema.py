"""The schema that editors use."""

from __future__ import annotations

import json

import jsonschema
import pytest
import yaml

from components.stack_file import reference
from components.stack_file.checker import SECTIONS
from components.stack_file.schema import main, stack_file_schema
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
