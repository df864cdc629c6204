"""Differences between two values of nested mappings and lists, by path."""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

# Keys of mappings, and positions or names of list items in brackets: ("rules", "[https]", "priority").
Path = tuple[str, ...]
# The keys by which items of a list are matched, whatever their position.
_NAMES: Final = ("name", "secretKey", "key")
_PLAIN_KEY: Final = re.compile(r"[\w/-]+")


class Absent:
    """The type of ABSENT, which stands for a value that one side does not have."""

    def __repr__(self) -> str:
        return "ABSENT"


ABSENT: Final = Absent()


@dataclass(frozen=True)
class Difference:
    """A value that differs; ABSENT where a side has no value."""

    path: Path
    old: Any
    new: Any

    @property
    def text(self) -> str:
        """The path as text, for example `rules[https].priority`."""
        return format_path(self.path)

    def as_json(self) -> dict[str, Any]:
        """Return path, old and new; a side without a value has no key."""
        sides = {"old": self.old, "new": self.new}
        return {"path": self.text, **{key: value for key, value in sides.items() if value is not ABSENT}}


def format_path(path: Path) -> str:
    """Return a path as text, with quotes around keys that contain other characters than names have."""
    text = ""
    for part in path:
        if part.startswith("["):
            text += part
        elif _PLAIN_KEY.fullmatch(part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def list_differences(old: Any, new: Any, path: Path = ()) -> Iterator[Difference]:
    """Yield every difference, the deepest paths that differ.

    Items of lists are matched by name if all have one, and by position otherwise. A list of plain values is one value.
    Another order of named items is one difference, because Azure and Kubernetes get the list in that order.
    """
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in sorted({*old, *new}, key=str):
            yield from list_differences(old.get(key, ABSENT), new.get(key, ABSENT), (*path, str(key)))
    elif _is_list(old) and _is_list(new) and any(isinstance(item, Mapping | list | tuple) for item in (*old, *new)):
        yield from _list_item_differences(old, new, path)
    elif (type(old) is not type(new) and not _are_equal_numbers(old, new)) or old != new:
        yield Difference(path, old, new)


def ignore(paths: Sequence[str], old: Mapping[str, Any], new: Mapping[str, Any]) -> dict[str, Any]:
    """Return the new inputs with the old values at the paths that `ignoreChanges` names.

    Source: Pulumi, "ignoreChanges": properties by name, `a.b`, `a[0]`, `a["b.c"]`, and `*` for every key or item.
    """
    result: dict[str, Any] = copy.deepcopy(dict(new))
    for path in paths:
        _reset(old, result, split_path(path))
    return result


def split_path(path: str) -> list[str]:
    """Return the parts of a property path as Pulumi writes it: `a`, `b`, `0` and `c.d` for `a.b[0]["c.d"]`."""
    found = re.findall(r'\["((?:[^"\\]|\\.)*)"\]|([^.\[\]]+)', path)
    return [bare or re.sub(r"\\(.)", r"\1", quoted) for quoted, bare in found]


def _reset(old: Any, new: Any, parts: Sequence[str]) -> None:
    """Put the old value at a path into the new value, or take the new one away if there was none."""
    if not parts or type(old) is not type(new) or not isinstance(new, dict | list):
        return
    first, *rest = parts
    for key in _find_keys(old, new, first):
        if rest:
            if _has(old, key) and _has(new, key):
                _reset(old[key], new[key], rest)
        elif _has(old, key):
            if isinstance(new, dict) or key < len(new):
                new[key] = copy.deepcopy(old[key])
        elif isinstance(new, dict):
            new.pop(key, None)


def _find_keys(old: Any, new: Any, part: str) -> list[Any]:
    if isinstance(new, dict):
        return sorted({*old, *new}) if part == "*" else [part]
    if part == "*":
        return list(range(len(new)))
    return [int(part)] if part.isdecimal() else []


def _has(value: Any, key: Any) -> bool:
    return key in value if isinstance(value, Mapping) else key < len(value)


def _list_item_differences(old: Sequence[Any], new: Sequence[Any], path: Path) -> Iterator[Difference]:
    name = next((name for name in _NAMES if _are_named_by(old, name) and _are_named_by(new, name)), None)
    if name is None:
        for position in range(max(len(old), len(new))):
            before, after = (side[position] if position < len(side) else ABSENT for side in (old, new))
            yield from list_differences(before, after, (*path, f"[{position}]"))
        return
    named = [{str(item[name]): item for item in side} for side in (old, new)]
    for key in dict.fromkeys([*named[0], *named[1]]):
        yield from list_differences(named[0].get(key, ABSENT), named[1].get(key, ABSENT), (*path, f"[{key}]"))
    kept = [[key for key in side if key in named[0] and key in named[1]] for side in named]
    if kept[0] != kept[1]:
        yield Difference((*path, "[order]"), kept[0], kept[1])


def _are_named_by(items: Sequence[Any], name: str) -> bool:
    if not all(isinstance(item, Mapping) and isinstance(item.get(name), str) for item in items):
        return False
    return len({item[name] for item in items}) == len(items)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def _are_equal_numbers(old: Any, new: Any) -> bool:
    """Return whether both are numbers of the same value: JSON and Pulumi do not tell 1 from 1.0."""
    numbers = all(isinstance(value, int | float) and not isinstance(value, bool) for value in (old, new))
    return numbers and old == new
