"""Reads stack files as the Pulumi CLI reads them, without the CLI."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

# Replaces each encrypted value: decrypting one takes the stack's key, which a dry run does not have.
PLACEHOLDER = "encrypted-value-of-the-stack-file"


class StackFileError(Exception):
    """A stack file cannot be read; the message gives the reason in one line."""


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """Config as the program gets it: each value as a string, objects as JSON, and the names of the secret keys."""

    values: dict[str, str]
    secret_keys: list[str]


def read_project_name(folder: Path) -> str:
    """Return the name of the Pulumi project in a folder.

    Raises:
        StackFileError: when the folder has no Pulumi.yaml with a name.

    """
    path = folder / "Pulumi.yaml"
    content = _read_mapping(path) if path.is_file() else {}
    if not content.get("name"):
        raise StackFileError(f"{folder}: no Pulumi.yaml with a name; --project must name a Pulumi project folder")
    return str(content["name"])


def find_stack_file(folder: Path, stack: str) -> Path:
    """Return the path of a stack's file.

    Raises:
        StackFileError: when there is none; the message lists the stacks that have one.

    """
    path = folder / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.name.split(".", 1)[1][: -len(".yaml")] for file in folder.glob("Pulumi.*.yaml")))
        raise StackFileError(f"unknown stack {stack!r}: there is no {path.name}; stacks here: {known or 'none'}")
    return path


def read_config(path: Path) -> StackConfig:
    """Return the config of a stack file.

    Raises:
        StackFileError: when the file is not a YAML mapping (with the line), or a key has no namespace.

    """
    config = _read_mapping(path).get("config") or {}
    if not isinstance(config, dict):
        raise StackFileError(f"{path.name}: config must be a mapping of keys to values")
    values: dict[str, str] = {}
    secret_keys: list[str] = []
    for key, value in config.items():
        if not isinstance(key, str) or ":" not in key:
            raise StackFileError(f"{path.name}: {key}: a config key has a namespace, for example airflow-aks:{key}")
        plain, has_secret = _replace_encrypted(value)
        values[key] = plain if isinstance(plain, str) else json.dumps(plain, default=str)
        if has_secret:
            secret_keys.append(key)
    return StackConfig(values=values, secret_keys=secret_keys)


class _Loader(yaml.SafeLoader):
    """Reads YAML like the CLI: a repeated key is an error, and only true and false are booleans."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """Raise ConstructorError for a repeated key, of which PyYAML would silently take the last value."""
        seen: set[Any] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if key in seen:
                raise yaml.constructor.ConstructorError(None, None, f"the key {key} stands twice", key_node.start_mark)
            seen.add(key)
        return super().construct_mapping(node, deep)


# PyYAML follows YAML 1.1, where yes and on are booleans and 10:30 is a number. For the CLI they are strings.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, form) for tag, form in resolvers if not tag.endswith((":bool", ":int"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)
_Loader.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?(0|[1-9][0-9]*)$"), list("-+0123456789"))


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a SafeLoader
    except OSError as error:
        raise StackFileError(f"{path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise StackFileError(f"{path}: is not UTF-8 text") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark is not None else ""
        reason = getattr(error, "problem", None) or str(error).splitlines()[0]
        raise StackFileError(f"{path.name}{line}: not valid YAML: {reason}") from error
    if not isinstance(content, dict | None):
        raise StackFileError(f"{path.name}: must be a YAML mapping with the key config")
    return content or {}


def _replace_encrypted(value: Any) -> tuple[Any, bool]:
    """Return a value with PLACEHOLDER in place of each encrypted part, and whether there was any."""
    if isinstance(value, dict):
        if set(value) == {"secure"}:
            return PLACEHOLDER, True
        items = {key: _replace_encrypted(item) for key, item in value.items()}
        return {key: item for key, (item, _) in items.items()}, any(secret for _, secret in items.values())
    if isinstance(value, list):
        parts = [_replace_encrypted(item) for item in value]
        return [item for item, _ in parts], any(secret for _, secret in parts)
    return value, False
