"""Finds unknown keys of the chart and values of a wrong type in `airflow.values`; Helm would refuse both."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.airflow.owned.plaintext_secrets import secret_name

from .table import ChartKeys

Found = Iterator[tuple[str, str]]
_WORDS: Final = {
    "array": "a list",
    "boolean": "true or false, without quotes",
    "integer": "a whole number, without quotes",
    "number": "a number, without quotes",
    "object": "a mapping",
    "string": "text, in quotes",
}
_CUTOFF: Final = 0.5
_MOST_LISTED: Final = 8


def key_problems(values: Mapping[str, Any], keys: ChartKeys) -> Found:
    """Find unknown keys below the top level, wrong types and missing keys. Paths begin below `airflow.values`.

    owned/checker.py reports null, and top-level keys that the chart does not know.
    """
    for key, value in values.items():
        if key in keys.root:
            yield from _problems(key, value, keys.root[key], keys)


def _problems(path: str, value: Any, rule: Mapping[str, Any], keys: ChartKeys) -> Found:
    rule = keys.types.get(rule["r"], {}) if "r" in rule else rule
    if value is None:
        return
    if "o" in rule:
        yield from _alternatives(path, value, rule["o"], keys)
        return
    types = [kind for kind in rule.get("t", ()) if kind != "null"]
    if types and not any(_is(value, kind) for kind in types):
        yield path, f"must be {_expected(path, types, value)}"
    elif "enum" in rule and value not in rule["enum"]:
        choices = ", ".join(str(choice) for choice in rule["enum"] if choice is not None)
        yield path, f"must be one of {choices}"
    elif isinstance(value, Mapping):
        yield from _mapping_problems(path, value, rule, keys)
    elif isinstance(value, list | tuple):
        if "i" in rule:
            for index, item in enumerate(value):
                yield from _problems(f"{path}[{index}]", item, rule["i"], keys)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        if "minimum" in rule and value < rule["minimum"]:
            yield path, f"must be at least {rule['minimum']} (is {value})"
        elif "maximum" in rule and value > rule["maximum"]:
            yield path, f"must be at most {rule['maximum']} (is {value})"


def _mapping_problems(path: str, value: Mapping[str, Any], rule: Mapping[str, Any], keys: ChartKeys) -> Found:
    known: Mapping[str, Any] = rule.get("p", {})
    # If the schema does not mention other keys, the chart reads only the keys that the schema names, or any key if
    # the schema names none.
    others = rule.get("a", not known)
    for key, item in value.items():
        if key in known:
            yield from _problems(f"{path}.{key}", item, known[key], keys)
        elif isinstance(others, Mapping):
            yield from _problems(f"{path}.{key}", item, others, keys)
        elif not others:
            yield f"{path}.{key}", f"unknown key of the chart; {_nearest(str(key), known)}"
    for key in rule.get("required", ()):
        if key not in value:
            yield path, f"must have the key {key}"


def _alternatives(path: str, value: Any, rules: list[Mapping[str, Any]], keys: ChartKeys) -> Found:
    """Yield nothing if an alternative accepts the value, else the problems of the first one that has the right type."""
    first: list[tuple[str, str]] = []
    types: list[str] = []
    for rule in rules:
        found = [*_problems(path, value, rule, keys)]
        if not found:
            return
        types += keys.types.get(rule["r"], {}).get("t", ()) if "r" in rule else rule.get("t", ())
        if not first and found[0][0] != path:
            first = found
    yield from first or [(path, f"must be {_expected(path, types, value)}")]


def _nearest(key: str, known: Mapping[str, Any]) -> str:
    if near := difflib.get_close_matches(key, known, n=1, cutoff=_CUTOFF):
        return f"did you mean {near[0]}?"
    # The comparison above finds neither a short form of a name nor a name in another case.
    if inside := [name for name in known if key.lower() in name.lower() or name.lower() in key.lower()]:
        return f"did you mean {inside[0]}?"
    if not known:
        return "there are none"
    listed = sorted(known)
    more = f" and {len(listed) - _MOST_LISTED} more" if len(listed) > _MOST_LISTED else ""
    return f"known keys: {', '.join(listed[:_MOST_LISTED])}{more}"


def _is(value: Any, kind: str) -> bool:
    """Return whether a value has a JSON type. In JSON, true is not a number."""
    match kind:
        case "array":
            return isinstance(value, list | tuple)
        case "object":
            return isinstance(value, Mapping)
        case "boolean":
            return isinstance(value, bool)
        case "integer":
            # In JSON Schema, 3.0 is an integer.
            return not isinstance(value, bool) and isinstance(value, int | float) and value % 1 == 0
        case "number":
            return not isinstance(value, bool) and isinstance(value, int | float)
        case _:
            return isinstance(value, str)


def _expected(path: str, types: list[str], value: Any) -> str:
    """Return the expected types in words.

    If text is expected but a number or boolean is given, show that value in quotes, unless it may be a secret.
    """
    words = " or ".join(dict.fromkeys(_WORDS[kind] for kind in types if kind in _WORDS))
    if "string" in types and isinstance(value, bool | int | float) and not secret_name(path.rpartition(".")[2]):
        shown = str(value).lower() if isinstance(value, bool) else str(value)
        return f'{words}: "{shown}"'
    return words
