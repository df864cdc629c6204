"""The packaged charts of this machine's cache, for tests that read what stands inside them."""

from __future__ import annotations

import functools
import json
import re
import tarfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import jsonschema
import yaml

from charts.chart_cache import FOLDER_VARIABLE, chart_file, chart_folder
from charts.newest_tag import read_numbers
from components.settings.pins import Chart, load_pins

from .plans import PINS_FILE

NO_CHART = "no packaged chart "


class NoChartError(Exception):
    """A chart is not in the cache. A test that raises it is skipped, and the run ends with one line that says why."""


def pinned_chart(release: str | None = None) -> Chart:
    """The chart of a release line by the tests' own pins; without a line, that of External Secrets."""
    pins = load_pins(PINS_FILE)
    return pins.external_secrets.chart if release is None else pins.airflow[release].chart


def available(name: str, version: str) -> str:
    """The version of a chart to take: the pinned one, or else the newest there of the same major version.

    Nothing stands in for a chart of Airflow's: the keys of its values differ between minor versions.

    Raises:
        NoChartError: there is none.

    """
    found = [file.stem.removeprefix(f"{name}-") for file in chart_folder().glob(f"{name}-*.tgz")]
    found = [one for one in found if re.fullmatch(r"v?[0-9]+(\.[0-9]+)+", one)]
    if version in found:
        return version
    near = [one for one in found if read_numbers(one)[0] == read_numbers(version)[0] and name != "airflow"]
    if not near:
        raise NoChartError(f"{NO_CHART}{chart_file(name, version).name}")
    return max(near, key=read_numbers)


def package_of(chart: Chart) -> Path:
    """The package of a chart or of its stand-in. Raises NoChartError."""
    return chart_file(chart.name, available(chart.name, chart.version))


def values_schema(chart: Chart) -> Any:
    """A validator of a chart's values, as Helm has it. Raises NoChartError."""
    return _values_schema(package_of(chart))


@functools.cache
def _values_schema(package: Path) -> Any:
    (text,) = _read(package, "values.schema.json")
    schema = json.loads(text)
    return jsonschema.validators.validator_for(schema)(schema)


@functools.cache
def custom_resource_definitions(package: Path) -> tuple[dict[str, Any], ...]:
    """The definitions of custom resources in a package; all that is templated there is the condition around them."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    texts = (re.sub(r"^{{.*}}$", "", text, flags=re.MULTILINE) for text in _read(package, "templates/crds/"))
    return tuple(yaml.load(text, Loader=loader) for text in texts)


def skipped_line(reasons: Iterable[str]) -> str | None:
    """Say in one line how to have the charts that skipped tests lack; None if no test lacks one."""
    files = [reason.partition(NO_CHART)[2] for reason in reasons if NO_CHART in reason]
    if not files:
        return None
    return (
        f"{len(files)} tests were skipped: {chart_folder()} has no {', '.join(sorted(set(files)))}. Run `make charts`, "
        f"put the files there, or set {FOLDER_VARIABLE} to a folder that has them."
    )


def _read(package: Path, path: str) -> list[str]:
    """The files whose path in the chart begins so."""
    with tarfile.open(package) as archive:
        members = [member for member in archive if member.name.partition("/")[2].startswith(path)]
        return [file.read().decode() for member in members if (file := archive.extractfile(member)) is not None]
