"""Walking nested maps by path."""

from typing import Any

import pytest

from components.settings import nested


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("a.b", {"c.d": 1}),
        (("a", "b", "c.d"), 1),
        ("a.x", "default"),
        ("a.b.x.y", "default"),
        ("n", None),
        ("n.x", "default"),
    ],
)
def test_the_value_at_a_path_is_found_or_else_the_default(path: Any, value: Any) -> None:
    assert nested.get({"a": {"b": {"c.d": 1}}, "n": None}, path, "default") == value


def test_no_value_differs_from_none_by_the_default_missing() -> None:
    assert nested.get({"n": None}, "n", nested.MISSING) is None
    assert nested.get({"n": None}, "x", nested.MISSING) is nested.MISSING


def test_a_value_is_put_below_maps_that_are_made_on_the_way() -> None:
    tree: dict[str, Any] = {"a": {"d": 2}}
    assert nested.put(tree, "a.b.c", 1) is tree
    assert tree == {"a": {"b": {"c": 1}, "d": 2}}
    assert nested.put({}, ("a", "b.c"), 1) == {"a": {"b.c": 1}}


def test_what_is_taken_leaves_no_empty_map_behind() -> None:
    tree: dict[str, Any] = {"a": {"b": {"c": 1}}, "d": 2}
    assert nested.take(tree, "a.b") == {"c": 1}
    assert tree == {"d": 2}


@pytest.mark.parametrize("path", ["d.e", "x", "x.y", "a.x", "e.x"])
def test_nothing_is_taken_from_a_path_that_leads_nowhere(path: str) -> None:
    tree: dict[str, Any] = {"a": {"b": 1}, "d": 2, "e": {}}
    assert nested.take(tree, path, "default") == "default"
    assert tree == {"a": {"b": 1}, "d": 2, "e": {}}
