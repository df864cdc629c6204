"""What tests do with the charts of the cache, and with those that are missing there."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from charts.chart_cache import FOLDER_VARIABLE
from components.settings.pins import Chart
from tests.packaged_charts import (
    NoChartError,
    available,
    custom_resource_definitions,
    package_of,
    skipped_line,
    values_schema,
)
from tests.plans import ROOT

DEFINITION = "{{- if .Values.installCRDs }}\nkind: CustomResourceDefinition\n{{- end }}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(FOLDER_VARIABLE, str(tmp_path))
    return tmp_path


def chart(name: str, version: str) -> Chart:
    return Chart(name=name, repository="https://example.com", version=version)


def package(folder: Path, name: str, files: dict[str, str]) -> None:
    with tarfile.open(folder / name, "w:gz") as archive:
        for path, text in files.items():
            member = tarfile.TarInfo(path)
            member.size = len(text.encode())
            archive.addfile(member, io.BytesIO(text.encode()))


@pytest.mark.parametrize(
    ("there", "version", "taken"),
    [
        (["x-2.9.0.tgz", "x-2.12.0.tgz"], "2.9.0", "2.9.0"),
        (["x-2.9.0.tgz", "x-2.10.0.tgz", "x-3.0.0.tgz"], "2.12.0", "2.10.0"),
        (["airflow-1.22.0.tgz"], "1.22.0", "1.22.0"),
    ],
)
def test_the_pinned_version_is_taken_or_the_newest_of_its_major(
    there: list[str], version: str, taken: str, folder: Path
) -> None:
    for name in there:
        package(folder, name, {})
    assert available(there[0].partition("-")[0], version) == taken


@pytest.mark.parametrize("there", ["airflow-1.21.0.tgz", "airflow-1.22.0-rc1.tgz", "airflow-1.22.0.tgz.part"])
def test_nothing_stands_in_for_a_chart_of_airflows(there: str, folder: Path) -> None:
    package(folder, there, {})
    with pytest.raises(NoChartError):
        package_of(chart("airflow", "1.22.0"))


def test_the_schema_is_that_of_the_chart_and_of_no_chart_inside_it(folder: Path) -> None:
    inner = json.dumps({"required": ["inner"]})
    outer = json.dumps({"$schema": "http://json-schema.org/draft-07/schema#", "required": ["outer"]})
    files = {"airflow/charts/postgresql/values.schema.json": inner, "airflow/values.schema.json": outer}
    package(folder, "airflow-1.22.0.tgz", files)
    schema = values_schema(chart("airflow", "1.22.0"))
    assert schema.is_valid({"outer": 1})
    assert not schema.is_valid({"inner": 1})


def test_definitions_are_read_without_the_condition_around_them(folder: Path) -> None:
    package(folder, "x-2.9.0.tgz", {"x/templates/crds/a.yaml": DEFINITION, "x/templates/b.yaml": "{{ if"})
    (found,) = custom_resource_definitions(package_of(chart("x", "2.12.0")))
    assert found == {"kind": "CustomResourceDefinition"}


def test_one_line_says_how_to_have_every_chart_that_is_missing(folder: Path) -> None:
    reasons = []
    for version in ("1.15.0", "1.22.0", "1.22.0"):
        with pytest.raises(NoChartError) as missing:
            available("airflow", version)
        reasons.append(f"Skipped: {missing.value}")
    line = skipped_line(["Skipped: something else", *reasons])
    assert line == (
        f"3 tests were skipped: {folder} has no airflow-1.15.0.tgz, airflow-1.22.0.tgz. Run `make charts`, put the "
        "files there, or set AIRFLOW_AKS_CHARTS to a folder that has them."
    )


def test_nothing_is_said_where_no_chart_is_missing() -> None:
    assert skipped_line(["Skipped: something else"]) is None


def test_a_fixture_that_lacks_a_chart_skips_its_tests(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text("from tests.conftest import pytest_runtest_setup as pytest_runtest_setup\n")
    (tmp_path / "test_it.py").write_text(
        "import pytest\n"
        "from tests.packaged_charts import available\n"
        "@pytest.fixture\n"
        "def chart():\n"
        "    return available('no-such-chart', '1.0.0')\n"
        "def test_chart(chart):\n"
        "    raise AssertionError\n"
    )
    command = [sys.executable, "-m", "pytest", "-c", os.devnull, "-p", "no:cacheprovider", "-q", str(tmp_path)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (run.returncode, run.stdout.splitlines()[-1].partition(" in ")[0]) == (0, "1 skipped")
