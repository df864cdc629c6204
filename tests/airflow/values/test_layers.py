"""Layers of values, one over another."""

from __future__ import annotations

from typing import Any

import pytest

from components.airflow.values.layers import merge


@pytest.mark.parametrize(
    ("layer", "result"),
    [
        ({"a": {"y": 2}}, {"a": {"x": [1], "y": 2}}),
        ({"a": {"x": [3]}}, {"a": {"x": [3]}}),
        ({"a": 4}, {"a": 4}),
        ({"b": {"c": (5,)}}, {"a": {"x": [1]}, "b": {"c": [5]}}),
    ],
)
def test_maps_merge_while_lists_and_scalars_replace(layer: dict[str, Any], result: dict[str, Any]) -> None:
    assert merge({"a": {"x": [1]}}, layer) == result
