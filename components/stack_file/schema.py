"""Writes the JSON Schema of a stack file, with which editors complete and check the file.

Run as `python -m components.stack_file.schema FILE`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from components.settings.model import StackFile
from components.settings.pins import load_pins

from .checker import PLAIN_KEYS, SECRET_KEYS
from .location import ENVIRONMENT, LOCATION, PUBLIC, REGION_PATTERN
from .problems import NAMESPACE

_SECURE = {
    "type": "object",
    "properties": {"secure": {"type": "string"}},
    "required": ["secure"],
    "additionalProperties": False,
}


def editor_schema(lines: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the schema with which editors check a stack file. A key without a value is valid: see `checker.check`."""
    schema = stack_file_schema(lines)
    keys = schema["properties"]["config"]["properties"]
    for key, part in keys.items():
        if key != LOCATION:
            about = {name: part.pop(name) for name in ("description", "default") if name in part}
            keys[key] = {**about, "anyOf": [part, {"enum": [None, ""]}]}
    return schema


def stack_file_schema(lines: Iterable[str] | None = None) -> dict[str, Any]:
    """Return the schema of Pulumi.<stack>.yaml. It refuses unknown keys in our namespace and allows all others.

    `lines` are the release lines that the schema accepts; None = those of charts/pins.yaml.
    """
    schema = StackFile.model_json_schema(by_alias=True, mode="validation")
    _refuse_other_names(schema)
    definitions = schema.pop("$defs", {})
    definitions["AirflowSettings"]["properties"]["release"]["enum"] = sorted(lines or load_pins().airflow)
    airflow = schema["properties"]["airflow"]
    # `null` is a value of its own: a stack without Airflow.
    airflow["anyOf"] = [{"$ref": airflow.pop("$ref")}, {"type": "null"}]
    sections = {f"{NAMESPACE}:{name}": part for name, part in schema["properties"].items()}
    secrets = {f"{NAMESPACE}:{key}": {**_SECURE, "description": "A Pulumi config secret."} for key in SECRET_KEYS}
    texts = {f"{NAMESPACE}:{key}": {"type": "string"} for key in PLAIN_KEYS}
    location = {
        "type": "string",
        "description": "Region of Azure's public cloud.",
        "pattern": REGION_PATTERN,
    }
    cloud = {"const": PUBLIC, "description": "Azure's cloud."}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Stack file of airflow-aks",
        "type": "object",
        "properties": {
            "config": {
                "type": "object",
                "properties": {LOCATION: location, ENVIRONMENT: cloud, **sections, **secrets, **texts},
                "patternProperties": {f"^(?!{NAMESPACE}:)": {}},
                "additionalProperties": False,
                "required": [LOCATION],
            }
        },
        "$defs": definitions,
    }


def _refuse_other_names(part: Any) -> None:
    """Make the schema refuse names that do not match the pattern of a mapping, as pydantic does."""
    for inner in part.values() if isinstance(part, dict) else part:
        if isinstance(inner, dict | list):
            _refuse_other_names(inner)
    if isinstance(part, dict) and isinstance(part.get("patternProperties"), dict):
        part["additionalProperties"] = False


def main(arguments: list[str]) -> int:
    """Write the schema to the file that the first argument names."""
    Path(arguments[0]).write_text(json.dumps(editor_schema(), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
