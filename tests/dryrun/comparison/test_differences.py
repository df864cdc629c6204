"""Tests which paths differ between two values, and which of them a program ignores."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.comparison.differences import ABSENT, Difference, ignore, list_differences


def found(old: Any, new: Any) -> list[tuple[str, Any, Any]]:
    return [(difference.text, difference.old, difference.new) for difference in list_differences(old, new)]


def test_a_changed_value_is_named_by_its_path() -> None:
    assert found({"sku": {"name": "B1", "tier": "x"}}, {"sku": {"name": "B2", "tier": "x"}}) == [
        ("sku.name", "B1", "B2")
    ]


def test_values_that_come_and_go_have_no_other_side() -> None:
    assert found({"a": 1}, {"b": {"c": 2}}) == [("a", 1, ABSENT), ("b", ABSENT, {"c": 2})]


def test_items_with_names_are_matched_by_name() -> None:
    old = {"rules": [{"name": "web", "port": 80}, {"name": "ssh", "port": 22}]}
    new = {"rules": [{"name": "dns", "port": 53}, {"name": "web", "port": 81}, {"name": "ssh", "port": 22}]}
    assert found(old, new) == [
        ("rules[web].port", 80, 81),
        ("rules[dns]", ABSENT, {"name": "dns", "port": 53}),
    ]


def test_another_order_of_named_items_is_a_difference() -> None:
    old, new = [{"name": "a"}, {"name": "b"}], [{"name": "b"}, {"name": "a"}]
    assert found({"env": old}, {"env": new}) == [("env[order]", ["a", "b"], ["b", "a"])]


def test_items_of_one_name_are_matched_by_position() -> None:
    old, new = [{"name": "a", "v": 1}, {"name": "a", "v": 2}], [{"name": "a", "v": 1}, {"name": "a", "v": 3}]
    assert found({"x": old}, {"x": new}) == [("x[1].v", 2, 3)]


def test_a_list_of_plain_values_is_one_value() -> None:
    assert found({"zones": ["1", "2"]}, {"zones": ["1"]}) == [("zones", ["1", "2"], ["1"])]


@pytest.mark.parametrize(("old", "new"), [(1, 1.0), ({"a": [1]}, {"a": [1]}), ("x", "x"), (None, None)])
def test_equal_values_have_no_difference(old: Any, new: Any) -> None:
    assert found(old, new) == []


@pytest.mark.parametrize(("old", "new"), [(1, True), (0, False), ("1", 1), (None, ABSENT)])
def test_values_of_other_types_differ(old: Any, new: Any) -> None:
    assert len(found(old, new)) == 1


def test_a_key_with_dots_is_quoted() -> None:
    assert found({"tags": {"a.b": 1}}, {"tags": {"a.b": 2}}) == [('tags["a.b"]', 1, 2)]


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        ("count", {"count": 1}, {"count": 5}),
        ("storage.tier", {"storage": {"tier": "P10"}}, {"storage": {"tier": "P20"}}),
        ("storage.tier", {"storage": {}}, {"storage": {"tier": "P20"}}),
        ("pools[0].count", {"pools": [{"count": 1}]}, {"pools": [{"count": 2}]}),
        ("pools[*].count", {"pools": [{"count": 1}, {"count": 3}]}, {"pools": [{"count": 2}, {"count": 4}]}),
        ('tags["cost.center"]', {"tags": {"cost.center": "a"}}, {"tags": {"cost.center": "b"}}),
        ("tags.*", {"tags": {"a": "1"}}, {"tags": {"a": "2", "b": "3"}}),
    ],
)
def test_an_ignored_property_keeps_its_old_value(path: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    assert ignore([path], old, new) == old


def test_other_properties_are_not_ignored() -> None:
    assert ignore(["a.b"], {"a": {"b": 1, "c": 1}}, {"a": {"b": 2, "c": 2}}) == {"a": {"b": 1, "c": 2}}


def test_json_leaves_out_the_side_that_has_no_value() -> None:
    assert Difference(("a",), ABSENT, None).as_json() == {"path": "a", "new": None}
