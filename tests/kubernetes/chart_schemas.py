"""The strict schemas of the kinds that charts bring, and of their values, from the packaged charts of this machine."""

from __future__ import annotations

import functools
import json
import tarfile
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from jsonschema import Draft202012Validator

from charts.chart_cache import chart_file
from components.settings.pins import Chart
from tests.cluster.chart_server import NoChartError, available


def contents(chart: Chart, ending: str) -> Iterator[str]:
    """The files of a chart whose paths end so. Skips the test where the chart is not in the cache."""
    try:
        file = chart_file(chart.name, available(chart.name, chart.version))
    except NoChartError as error:
        pytest.skip(str(error))
    with tarfile.open(file) as archive:
        for member in archive.getmembers():
            if member.name.endswith(ending):
                content = archive.extractfile(member)
                assert content is not None
                yield content.read().decode()


@functools.cache
def value_problems(name: str, version: str, values: str) -> list[str]:
    """What the chart's own schema refuses in values, which are JSON."""
    (schema,) = contents(Chart(name=name, repository="", version=version), "values.schema.json")
    errors = Draft202012Validator(json.loads(schema)).iter_errors(json.loads(values))
    return [f"{error.json_path}: {error.message}" for error in errors]


@functools.cache
def kinds_of(name: str, version: str) -> dict[tuple[str, str], Draft202012Validator]:
    """The check of each kind of a chart, by its version and name: no field beside those that the kind has."""
    found = {}
    for text in contents(Chart(name=name, repository="", version=version), ".yaml"):
        if "kind: CustomResourceDefinition" not in text:
            continue
        # Without the lines of the chart's template, which are about labels and annotations.
        lines = [line for line in text.splitlines() if not line.lstrip().startswith("{{")]
        definition = yaml.load("\n".join(lines), yaml.CSafeLoader)
        for served in definition["spec"]["versions"]:
            schema = served["schema"]["openAPIV3Schema"]
            schema["properties"]["metadata"] = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
            key = (f"{definition['spec']['group']}/{served['name']}", definition["spec"]["names"]["kind"])
            found[key] = Draft202012Validator(_close(schema))
    return found


def object_problems(chart: Chart, manifest: dict[str, Any]) -> list[str]:
    """What the schema of its kind refuses in an object."""
    check = kinds_of(chart.name, chart.version)[manifest["apiVersion"], manifest["kind"]]
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    return [f"{name}: {error.json_path}: {error.message}" for error in check.iter_errors(manifest)]


def _close(schema: Any) -> Any:
    """Refuse unknown fields, as the API server does with strict field validation."""
    if isinstance(schema, list):
        return [_close(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _close(item) for key, item in schema.items() if key != "format"}
    is_object = isinstance(schema.get("properties"), dict) and schema.get("type") == "object"
    if is_object and not schema.get("x-kubernetes-preserve-unknown-fields"):
        closed.setdefault("additionalProperties", False)
    return closed
