"""Walks nested mappings by path: `a.b` as text, or a sequence of keys, which may contain dots."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

# A default that differs from every value, also from None.
MISSING: Final = object()


def get(content: Any, path: str | Sequence[str], default: Any = None) -> Any:
    """Return the value at a path, or the default if there is no value."""
    for key in _keys(path):
        if not isinstance(content, Mapping) or key not in content:
            return default
        content = content[key]
    return content


def put(content: dict[str, Any], path: str | Sequence[str], value: Any) -> dict[str, Any]:
    """Set the value at a path, create the missing mappings on the way, and return the content."""
    *parents, last = _keys(path)
    place = content
    for key in parents:
        place = place.setdefault(key, {})
    place[last] = value
    return content


def take(content: dict[str, Any], path: str | Sequence[str], default: Any = None) -> Any:
    """Remove the value at a path and return it, or return the default if there is no value.

    A mapping that becomes empty is removed as well, except the content itself.
    """
    first, *rest = _keys(path)
    if not rest:
        return content.pop(first, default)
    below = content.get(first)
    value = take(below, rest, MISSING) if isinstance(below, dict) else MISSING
    if value is MISSING:
        return default
    if not below:
        del content[first]
    return value


def _keys(path: str | Sequence[str]) -> Sequence[str]:
    return path.split(".") if isinstance(path, str) else path
