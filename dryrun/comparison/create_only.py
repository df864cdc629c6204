"""Which properties of an Azure resource can only be set at creation.

`create_only.yaml` is from the provider's schema; this module also rewrites it after an upgrade of the SDK:
`pulumi package get-schema azure-native@VERSION > schema.json`, then `python -m dryrun.comparison.create_only
schema.json`.
"""

from __future__ import annotations

import ast
import functools
import importlib.util
import json
import re
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from dryrun.arm_paths import ARM_PATHS

_PREFIX: Final = "azure-native:"
_REQUEST_OPTIONS: Final = {"expand", "opts", "tenantId"}
_FILE: Final = Path(__file__).with_name("create_only.yaml")


@functools.cache
def list_path_properties(kind: str) -> frozenset[str]:
    """Return the inputs that are part of the id of a type such as `network:Subnet`: its name and where it is.

    The SDK's function that gets an existing resource takes exactly these, and options of the request. Its source is
    read, because importing the SDK's modules takes seconds.
    """
    module, name = kind.split(":")
    function = f"get_{_to_snake_case(name)}"
    try:
        source = (_find_sdk() / module / f"{function}.py").read_text(encoding="utf-8")
    except OSError:
        return frozenset()
    found = [node for node in ast.parse(source).body if isinstance(node, ast.FunctionDef) and node.name == function]
    parameters = [argument.arg for node in found for argument in node.args.args]
    return frozenset(map(_to_camel_case, parameters)) - _REQUEST_OPTIONS


def _find_sdk() -> Path:
    spec = importlib.util.find_spec("pulumi_azure_native")
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError("pulumi_azure_native is not installed")
    return Path(spec.origin).parent


def list_create_only(kind: str) -> tuple[str, ...]:
    """Return the other properties of a type that can only be set at creation, with dots before nested ones."""
    return tuple(_load()["types"].get(kind, ()))


def read_provider() -> str:
    """Return the provider and its version that `create_only.yaml` is from."""
    return str(_load()["provider"])


@functools.cache
def _load() -> Any:
    return yaml.safe_load(_FILE.read_text(encoding="utf-8"))


def read_schema(schema: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the create-only properties of the types that the simulation knows, from the provider's schema."""
    found = {}
    for kind in sorted(ARM_PATHS):
        inputs = schema["resources"][f"{_PREFIX}{kind}"]["inputProperties"]
        marked = set(_find_marked(schema, inputs, "", ()))
        found[kind] = sorted(path for path in marked if path not in list_path_properties(kind))
    return found


def _find_marked(
    schema: Mapping[str, Any], properties: Mapping[str, Any], prefix: str, above: tuple[str, ...]
) -> Iterator[str]:
    """Yield the paths of marked properties. A type that contains itself is read once."""
    for name, found in properties.items():
        if found.get("willReplaceOnChanges"):
            yield f"{prefix}{name}"
            continue
        reference = found.get("$ref", "").removeprefix("#/types/")
        if reference in schema.get("types", {}) and reference not in above:
            nested = schema["types"][reference].get("properties", {})
            yield from _find_marked(schema, nested, f"{prefix}{name}.", (*above, reference))


def _to_snake_case(name: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name).lower()


def _to_camel_case(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)


def main(schema_file: Path) -> None:
    """Rewrite create_only.yaml from a schema file, below its comment."""
    schema = json.loads(schema_file.read_text(encoding="utf-8"))
    head = [line for line in _FILE.read_text(encoding="utf-8").splitlines(keepends=True) if line.startswith("#")]
    content = {"provider": f"azure-native {schema['version']}", "types": read_schema(schema)}
    _FILE.write_text("".join(head) + yaml.safe_dump(content, sort_keys=False, width=120), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
