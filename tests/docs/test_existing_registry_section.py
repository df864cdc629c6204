"""The section on a registry that exists: its example is a stack file, and it names what the program asks for."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.airflow.outside_hosts import outside_hosts
from components.preflight.checks.rights import ASSIGN, IMPORT
from components.settings.names import stack_names
from components.settings.registry_section import RegistrySettings
from components.stack_file.checker import check
from components.stack_file.rules.existing_registry_rules import OF_ITS_OWN
from tests.docs.pages import blocks, text_of
from tests.plans import PROJECT, ROOT, changed, shipped

PAGE = text_of(ROOT / "docs" / "landing-zone.md")
SECTION = text_of(ROOT / "docs" / "existing-services.md").partition("## A registry that exists")[2]


def example() -> dict[str, Any]:
    section = yaml.safe_load(next(blocks(SECTION, "yaml")))["config"][f"{PROJECT}:registry"]
    return {"registry": {**section, "existingId": section["existingId"].replace("<group>", "rg-shared")}}


def test_the_example_is_a_stack_file() -> None:
    config = changed(shipped("prod"), example())
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert errors == []
    assert settings is not None
    names = stack_names(settings, "00000000-0000-0000-0000-000000000001")
    hosts = {host.host for host in outside_hosts(settings, names) if "images of the stack" in host.purpose}
    assert all(f"`{host.replace('crcontososhared', '<registry>')}`" in SECTION for host in hosts)


@pytest.mark.parametrize("field", OF_ITS_OWN)
def test_every_setting_without_effect_is_named(field: str) -> None:
    assert str(RegistrySettings.model_fields[field].alias) in SECTION


@pytest.mark.parametrize("right", [IMPORT, ASSIGN])
def test_every_right_that_the_preflight_asks_for_is_named(right: str) -> None:
    assert f"`{right}`" in PAGE


def test_both_roles_of_nodes_are_named() -> None:
    for role in RegistrySettings.model_json_schema()["properties"]["pullRole"]["enum"]:
        assert re.search(rf"(`|: |# ){role}(`|,| |$)", SECTION, re.MULTILINE)
