"""The tests run what the program deploys."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from charts.write_airflow_options import PROVIDERS_FILE
from components.settings.pins import load_pins
from tests.airflow_environment import environment

HERE = Path(environment.__file__).parent
LINES = ("2.9", "3.3")


@pytest.mark.parametrize("line", LINES)
def test_airflow_and_its_auth_manager_have_the_pinned_versions(line: str) -> None:
    """After a new pin: change the requirements, empty the constraints, make the environment, and freeze it."""
    asked = (HERE / f"requirements-{line}.txt").read_text(encoding="utf-8").splitlines()
    provider = yaml.safe_load(PROVIDERS_FILE.read_text(encoding="utf-8"))[line]["fab"]
    assert f"apache-airflow=={load_pins().airflow[line].version}" in asked
    versions = {name.partition("[")[0]: version for name, _, version in (entry.partition("==") for entry in asked)}
    assert versions["apache-airflow-providers-fab"] == provider


@pytest.mark.parametrize("line", LINES)
def test_constraints_pin_every_package(line: str) -> None:
    pins = (HERE / f"constraints-{line}.txt").read_text(encoding="utf-8").splitlines()
    assert [pin for pin in pins if "==" not in pin] == []
    assert len(pins) > 100
