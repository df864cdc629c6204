"""Chart values as layers over each other."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


def merged(base: Mapping[str, Any], *layers: Mapping[str, Any]) -> dict[str, Any]:
    """Lay maps over each other, later ones on top: maps merge, lists and scalars replace. Nothing is shared."""
    result = {key: _copied(value) for key, value in base.items()}
    for layer in layers:
        for key, value in layer.items():
            below = result.get(key)
            if isinstance(below, dict) and isinstance(value, Mapping):
                result[key] = merged(below, value)
            else:
                result[key] = _copied(value)
    return result


def nested(path: str, value: Any) -> dict[str, Any]:
    """A value at a dotted path: `a.b` as `{a: {b: value}}`."""
    first, _, rest = path.partition(".")
    return {first: nested(rest, value) if rest else value}


def taken(values: dict[str, Any], path: str) -> list[Any]:
    """Take the value at a dotted path out of the values: it alone, or nothing where there is none."""
    first, _, rest = path.partition(".")
    if first not in values:
        return []
    if not rest:
        return [values.pop(first)]
    below = values[first]
    found = taken(below, rest) if isinstance(below, dict) else []
    if found and not below:
        del values[first]
    return found


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_copied(item) for item in value]
    return value
