"""Writes docs/settings.md from the JSON Schema of a stack file, so that the page cannot differ from the models.

Run as `python -m components.stack_file.reference FILE`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from components.settings.model import StackFile

from .problems import NAMESPACE
from .schema import stack_file_schema

_HEAD = """\
# Settings

Every setting of a stack file, `Pulumi.<stack>.yaml`. Each section is one key `{namespace}:<section>` under `config:`.
Omitted sections and settings take their defaults. An unknown key, a wrong type or an impossible combination is an error
that names its path. `make schema` writes this page and the JSON Schema from the program itself.

`azure-native:location` is required: the Azure region, for example `canadacentral`.
"""
# The defaults from a `default_factory`, which a JSON Schema does not contain.
_FACTORY_DEFAULTS = {"pools": "a pool `airflow`, and a spot pool `tasks` for workers"}
_SECRETS = """\
## Keys outside the sections

| key | kind | what it holds |
| --- | --- | --- |
| `airflow-aks:dagsGitSshKey` | secret | the private key, with `dags.git.auth: ssh` |
| `airflow-aks:dagsGitKnownHosts` | plain text | the server's known_hosts line, with `dags.git.auth: ssh` |
| `airflow-aks:dagsGitToken` | secret | the access token, with `dags.git.auth: token` |
| `airflow-aks:dagsGitUsername` | plain text | the user name for the token; default `x-access-token` |
| `airflow-aks:signInClientSecret` | secret | the client secret of the app registration, with `access.signIn` |

Set a secret with `pulumi config set --secret KEY`. The stack file contains it encrypted.
"""


def render_page(lines: Iterable[str] | None = None) -> str:
    """Return the whole page. `lines` are the release lines that the page names; None = those of charts/pins.yaml."""
    schema = stack_file_schema(lines)
    config = schema["properties"]["config"]["properties"]
    parts = [_HEAD.format(namespace=NAMESPACE)]
    for name, field in StackFile.model_fields.items():
        key = field.alias or name
        parts.append("\n".join(_section(key, config[f"{NAMESPACE}:{key}"], schema["$defs"])))
    return "\n".join([*parts, _SECRETS])


def _section(key: str, part: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    yield f"## {key}\n"
    yield f"{part['description']} Key `{NAMESPACE}:{key}`.\n"
    target = _resolve(part, definitions)
    rows = list(_rows("", target, definitions)) if target else [_row(key, part, definitions)]
    if items := _resolve(part.get("items", {}), definitions):
        rows += _rows(f"{key}[].", items, definitions)
    yield "| setting | values | default | what it does |"
    yield "| --- | --- | --- | --- |"
    yield from rows
    yield ""


def _rows(prefix: str, definition: dict[str, Any], definitions: dict[str, Any]) -> Iterator[str]:
    for key, part in definition["properties"].items():
        name = f"{prefix}{key}"
        inner = _resolve(part, definitions)
        items = _resolve(part.get("items", {}), definitions)
        if inner and "properties" in inner:
            yield from _rows(f"{name}.", inner, definitions)
            continue
        yield _row(name, part, definitions)
        if items and "properties" in items:
            yield from _rows(f"{name}[].", items, definitions)
        values = _resolve(_free_values(part), definitions)
        if values and "properties" in values:
            yield from _rows(f"{name}.<key>.", values, definitions)


def _row(name: str, part: dict[str, Any], definitions: dict[str, Any]) -> str:
    default = _FACTORY_DEFAULTS.get(name, "required")
    if "default" in part:
        default = f"`{json.dumps(part['default'])}`"
    text = part.get("description", "").replace("|", "\\|")
    return f"| `{name}` | {_values(part, definitions)} | {default} | {text} |"


def _values(part: dict[str, Any], definitions: dict[str, Any]) -> str:
    if "enum" in part:
        return ", ".join(f"`{value}`" for value in part["enum"])
    if "const" in part:
        return f"`{part['const']}`"
    if "anyOf" in part:
        return " or ".join(dict.fromkeys(_values(option, definitions) for option in part["anyOf"]))
    if part.get("type") == "array":
        return f"list of {_values(part['items'], definitions)}"
    if part.get("type") in ("integer", "number") and "minimum" in part and "maximum" in part:
        return f"{part['minimum']} to {part['maximum']}"
    if part.get("type") == "integer" and "minimum" in part:
        return f"{part['minimum']} or more"
    if keys := part.get("propertyNames", {}).get("enum"):
        return f"mapping with the keys {', '.join(f'`{key}`' for key in keys)}"
    words = {"string": "text", "boolean": "`true`, `false`", "integer": "number", "object": "mapping", "null": "`null`"}
    return words.get(part.get("type", ""), "mapping" if "$ref" in part else "anything")


def _free_values(part: dict[str, Any]) -> dict[str, Any]:
    """Return the schema of the values of a mapping whose keys are free or listed; empty for any other part."""
    free = part.get("additionalProperties")
    return free if isinstance(free, dict) else {}


def _resolve(part: dict[str, Any], definitions: dict[str, Any]) -> dict[str, Any] | None:
    """Return the definition that a part of the schema refers to, which may be optional; None if it refers to none."""
    options = (part, *part.get("allOf", ()), *part.get("anyOf", ()))
    reference = next((option["$ref"] for option in options if "$ref" in option), None)
    found: dict[str, Any] | None = definitions[reference.rpartition("/")[2]] if reference else None
    return found


def main(arguments: list[str]) -> int:
    """Write the page to the file that the first argument names."""
    Path(arguments[0]).write_text(render_page(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
