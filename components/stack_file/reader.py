"""Reads stack files as the Pulumi CLI reads them, without the CLI."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from .cli_yaml.config_text import show_value
from .cli_yaml.errors import ReadError
from .cli_yaml.rewriting import OtherKey
from .cli_yaml.values import read_values
from .environments import describe_environments
from .problems import NAMESPACE

# Replaces each encrypted value, because only the Pulumi CLI has the stack's key to decrypt it.
PLACEHOLDER = "encrypted-value-of-the-stack-file"
# Keys that the CLI writes beside `config`.
_TEXTS = ("secretsprovider", "encryptedkey", "encryptionsalt")


class StackFileError(Exception):
    """A stack file cannot be read; the message gives the reason in one line."""


@dataclass(frozen=True, kw_only=True)
class StackConfig:
    """The config as the program gets it: every value as text, objects as JSON, and the secret keys.

    `warnings` name the parts of the file that are not read.
    """

    values: dict[str, str]
    secret_keys: list[str]
    warnings: tuple[str, ...] = ()


def read_project_name(folder: Path) -> str:
    """Return the name of the Pulumi project in a folder.

    Raises:
        StackFileError: the folder has no Pulumi.yaml with a name.

    """
    path = folder / "Pulumi.yaml"
    content = _read_mapping(path) if path.is_file() else {}
    if not content.get("name"):
        raise StackFileError(f"{folder}: no Pulumi.yaml with a name; --project must name a Pulumi project folder")
    return str(content["name"])


def find_stack_file(folder: Path, stack: str) -> Path:
    """Return the path of a stack's file.

    Raises:
        StackFileError: the file does not exist; the message lists the stacks that have a file.

    """
    path = folder / f"Pulumi.{stack}.yaml"
    if not path.is_file():
        known = ", ".join(sorted(file.name.split(".", 1)[1][: -len(".yaml")] for file in folder.glob("Pulumi.*.yaml")))
        raise StackFileError(f"unknown stack {stack!r}: there is no {path.name}; stacks here: {known or 'none'}")
    return path


def read_config(path: Path, project: str = NAMESPACE) -> StackConfig:
    """Return the config of a stack file. A key without a namespace belongs to the project, as in the CLI.

    Raises:
        StackFileError: the file is not a YAML mapping (with the line), or a key is not a config key.

    """
    content = _read_mapping(path)
    for key in _TEXTS:
        if isinstance(content.get(key), dict | list):
            raise StackFileError(f"{path.name}: {key} must be text, as the Pulumi CLI wrote it")
    config = content.get("config")
    if not isinstance(config, dict | None):
        raise StackFileError(f"{path.name}: config must be a mapping of keys to values")
    values: dict[str, str] = {}
    secret_keys: list[str] = []
    for key, value in _full_keys(path, config or {}, project):
        plain, has_secret = _replace_encrypted(value)
        try:
            values[key] = show_value(plain)
        except ReadError as error:
            raise StackFileError(f"{path.name}: {key}: {error}") from error
        if has_secret:
            secret_keys.append(key)
    warning = describe_environments(content.get("environment"), values)
    return StackConfig(values=values, secret_keys=secret_keys, warnings=(warning,) if warning else ())


def read_secrets_provider(path: Path) -> str | None:
    """Return the key that encrypts the settings of a stack, as the CLI wrote it; None for a passphrase.

    Raises:
        StackFileError: the file is not a YAML mapping (with the line).

    """
    provider = _read_mapping(path).get("secretsprovider")
    return None if provider is None else str(provider)


def _full_keys(path: Path, config: Mapping[str, Any], project: str) -> Iterator[tuple[str, Any]]:
    seen: set[str] = set()
    for key, value in config.items():
        full = key if ":" in key else f"{project}:{key}"
        parts = full.split(":")
        if len(parts) == 3 and parts[1] == "config":
            full = f"{parts[0]}:{parts[2]}"
        elif len(parts) != 2 or isinstance(key, OtherKey):
            example = f"{project}:{parts[-1]}"
            raise StackFileError(f"{path.name}: {key}: a config key is <namespace>:<name>, for example {example}")
        if full in seen:
            raise StackFileError(f"{path.name}: {full}: the key stands twice, with and without its namespace")
        seen.add(full)
        yield full, value


def _read_mapping(path: Path) -> dict[str, Any]:
    try:
        content = read_values(path.read_bytes())
    except OSError as error:
        raise StackFileError(f"{path}: {error.strerror}") from error
    except ReadError as error:
        line = f", line {error.line}" if error.line is not None else ""
        raise StackFileError(f"{path.name}{line}: {error}") from error
    if content is None:
        return {}
    if not isinstance(content, dict) or any(isinstance(key, OtherKey) for key in content):
        raise StackFileError(f"{path.name}: must be a YAML mapping with the key config")
    return content


def _replace_encrypted(value: Any) -> tuple[Any, bool]:
    """Return a value with PLACEHOLDER in place of each encrypted part, and whether there was any."""
    if isinstance(value, dict):
        if len(value) == 1 and isinstance(value.get("secure"), str):
            return PLACEHOLDER, True
        items = {key: _replace_encrypted(item) for key, item in value.items()}
        return {key: item for key, (item, _) in items.items()}, any(secret for _, secret in items.values())
    if isinstance(value, list):
        parts = [_replace_encrypted(item) for item in value]
        return [item for item, _ in parts], any(secret for _, secret in parts)
    return value, False
