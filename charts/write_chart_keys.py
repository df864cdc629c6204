"""Write the keys and types of each release line's chart, without descriptions and defaults.

`python -m charts.write_chart_keys` reads them from the schema in each pinned chart's package, which must be in the
cache folder.
"""

from __future__ import annotations

import json
import re
import sys
import tarfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from components.airflow.release_lines import chart_keys_file
from components.settings.pins import Chart, load_pins

from .chart_cache import chart_file

# The chart's templates read some options of airflow.cfg from `config`, also through a copy of `config` or of a section.
# An environment variable for such an option does not reach the templates.
_READ: Final = re.compile(r"(?:\.Values\.config|\$config)\.(?!valueFrom)(\w+)\.(\w+)")
_SECTION_COPY: Final = re.compile(r"\$(\w+) := \.Values\.config\.(\w+) \|")
_KEPT: Final = ("enum", "required", "minimum", "maximum")


def cached_chart(chart: Chart) -> Path:
    """Return the packaged chart in the cache folder.

    Raises:
        SystemExit: the package is missing; the message says how to fetch it.

    """
    path = chart_file(chart.name, chart.version)
    if not path.is_file():
        raise SystemExit(f"{path} is missing; run `make charts`, which fetches it from {chart.repository}")
    return path


def read_keys(package: Path) -> dict[str, Any]:
    """Return the keys of a packaged chart.

    `root`: the reduced schema of the values. `types`: the reduced schema of each named type. `config`: the options of
    airflow.cfg, as `section.option`, that the templates read from the values.
    """
    with tarfile.open(package) as archive:
        files = {
            member.name.partition("/")[2]: content.read().decode("utf-8")
            for member in archive.getmembers()
            if member.isfile()
            and (content := archive.extractfile(member)) is not None
            and member.name.endswith((".yaml", ".json", "-yaml"))
            and "/charts/" not in member.name
        }
    schema = json.loads(files["values.schema.json"])
    root = reduce_schema(schema)
    named = {_name(name): reduce_schema(part) for name, part in schema["definitions"].items()}
    read: set[str] = set()
    for name, text in files.items():
        if name.startswith(("templates/", "files/")) or name == "values.yaml":
            read |= {".".join(place) for place in _READ.findall(text)}
            for copy, section in _SECTION_COPY.findall(text):
                read |= {f"{section}.{option}" for option in re.findall(rf"\${copy}\.(\w+)", text)}
    return {"config": sorted(read), "types": dict(sorted(named.items())), "root": root}


def reduce_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parts of a JSON Schema that a check of keys and types needs, under short names.

    `t`: types; `p`: properties; `a`: the schema of the values of further keys, or whether further keys are allowed;
    `i`: the schema of list items; `o`: alternatives; `r`: the name of a type.
    """
    found: dict[str, Any] = {}
    if "$ref" in schema:
        return {"r": _name(schema["$ref"])}
    if "type" in schema:
        found["t"] = [schema["type"]] if isinstance(schema["type"], str) else sorted(schema["type"])
    if schema.get("properties"):
        found["p"] = {key: reduce_schema(part) for key, part in sorted(schema["properties"].items())}
    other = schema.get("additionalProperties")
    if isinstance(other, dict):
        found["a"] = reduce_schema(other)
    elif other is not None:
        found["a"] = other
    if isinstance(schema.get("items"), dict):
        found["i"] = reduce_schema(schema["items"])
    # An alternative without a type only says which keys belong together.
    alternatives = [reduce_schema(part) for part in (*schema.get("oneOf", ()), *schema.get("anyOf", ()))]
    alternatives = [part for part in alternatives if {"t", "r"} & set(part)]
    if alternatives:
        found["o"] = alternatives
    return found | {key: schema[key] for key in _KEPT if key in schema}


def as_text(facts: Mapping[str, Any], chart: Chart) -> str:
    """Return the file's text: JSON with a line for each top-level key and each named type."""

    def block(items: Mapping[str, Any]) -> str:
        lines = (f"{json.dumps(key)}: {json.dumps(value, separators=(',', ':'))}" for key, value in items.items())
        return "{\n" + ",\n".join(lines) + "\n}"

    parts = (
        f'"chart": {json.dumps(chart.version)}',
        f'"config": {json.dumps(facts["config"])}',
        f'"types": {block(facts["types"])}',
        f'"root": {block(facts["root"]["p"])}',
    )
    return "{" + ",\n".join(parts) + "}\n"


def _name(reference: str) -> str:
    """Return the last part of a type's name, for example Container."""
    return reference.rpartition("/")[2].rpartition(".")[2]


def main() -> int:
    """Write the file of every pinned release line."""
    for line, release in load_pins().airflow.items():
        chart_keys_file(line).write_text(as_text(read_keys(cached_chart(release.chart)), release.chart), "utf-8")
        sys.stdout.write(f"{chart_keys_file(line).name}: chart {release.chart.version}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
