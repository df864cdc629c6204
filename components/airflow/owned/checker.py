"""What `airflow.values` may not hold: values that the program owns, unknown keys, and secrets in the clear."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.airflow.release_lines import AIRFLOW_3, FAMILIES, LineFamily

from .by_line import chart_keys, owned_values
from .config import config_problems, environment_problems
from .paths import OWNED_KEYS, OWNED_VALUES
from .plaintext_secrets import ADVICE, clear_secret

__all__ = ["OWNED_VALUES", "config_problems", "environment_problems", "value_problems"]

Found = Iterator[tuple[str, str]]
_SECRET: Final = f"looks like a secret in the clear: {ADVICE}"
# Maps that point at a Secret and so hold names only.
_REFERENCES: Final = frozenset({"configMapKeyRef", "configMapRef", "secretKeyRef", "secretRef"})


def value_problems(values: Mapping[str, Any], line: LineFamily = AIRFLOW_3) -> Found:
    """Find what `airflow.values` may not hold, as path below it and message.

    A key that only another line's chart knows is no finding here: stack_file/rules/line_rules.py names that line.
    """
    known, owned = chart_keys(line), owned_values(line)
    elsewhere = {key for family in FAMILIES for key in chart_keys(family)}
    for key, value in values.items():
        if key in known:
            yield from _below(key, key, value, values, owned)
        elif key not in elsewhere:
            yield key, _unknown(key, known)


def _below(path: str, key: str, value: Any, siblings: Mapping[str, Any], owned_paths: Mapping[str, str]) -> Found:
    """Find the problems of a value, and of everything below it."""
    older = _older(path) if owned_paths is OWNED_VALUES else None
    if (owned := owned_paths.get(path) or OWNED_KEYS.get(key) or older) is not None:
        yield path, owned
    elif value is None:
        yield path, "must not be null: leave the key out"
    elif isinstance(value, Mapping):
        if key not in _REFERENCES:
            for name, item in value.items():
                yield from _below(f"{path}.{name}", str(name), item, value, owned_paths)
    elif any(owned_path.startswith(f"{path}.") for owned_path in owned_paths):
        yield path, "must be a mapping: the program sets keys below it"
    elif isinstance(value, list | tuple):
        yield from _listed(path, key, value)
        if key == "env":
            yield from _variables(path, value)
    elif _clear(key, value, siblings):
        yield path, _SECRET


def _listed(path: str, key: str, items: Sequence[Any]) -> Found:
    """Find the secrets in a list; owned keys in it belong to someone else, such as an extra container."""
    for index, item in enumerate(items):
        place = f"{path}[{index}]"
        if isinstance(item, Mapping):
            yield from _item(place, item)
        elif isinstance(item, list | tuple):
            yield from _listed(place, key, item)
        elif clear_secret(key, item):
            yield place, _SECRET


def _item(path: str, item: Mapping[str, Any]) -> Found:
    """Find the secrets in a map of a list; a variable's value goes by the variable's name."""
    for key, value in item.items():
        place = f"{path}.{key}"
        if isinstance(value, Mapping):
            if key not in _REFERENCES:
                yield from _item(place, value)
        elif isinstance(value, list | tuple):
            yield from _listed(place, key, value)
        elif _clear(key, value, item) or (key == "value" and clear_secret(str(item.get("name", "")), value)):
            yield place, _SECRET


def _variables(path: str, items: Sequence[Any]) -> Found:
    """Find the variables of an Airflow container that the program owns."""
    for index, item in enumerate(items):
        name = str(item.get("name", "")) if isinstance(item, Mapping) else ""
        for _, message in environment_problems({name: ""}, {}):
            yield f"{path}[{index}].name", message


def _clear(key: str, value: Any, siblings: Mapping[str, Any]) -> bool:
    """Tell a secret; beside `secretName`, a `secretKey` only says where in that Secret to look."""
    return clear_secret(key, value) and not (key == "secretKey" and "secretName" in siblings)


def _older(path: str) -> str | None:
    """Say why an older key for workers is of no use: each kind of worker has a section of its own."""
    parent, _, key = path.partition(".")
    if parent == "workers" and key and key.partition(".")[0] not in ("celery", "kubernetes"):
        return "is a deprecated key of the chart: use workers.celery or workers.kubernetes"
    return None


def _unknown(key: str, known: Sequence[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
    return f"unknown key of the chart; did you mean {near[0]}?" if near else "unknown key of the chart"
