"""One section with wrong values: what is reported, and what is left for the rules."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.settings.cluster_sections import ClusterSettings
from components.stack_file import section_validation
from components.stack_file.checker import check
from components.stack_file.section_validation import SectionResult, validate_section
from tests.plans import PROJECT, changed, shipped
from tests.stack_file.test_bad_input import problems
from tests.stack_file.wrong_azure import AIRFLOW_POOL

NAMELESS = {"minNodes": "1"}


def validated(cluster: Any) -> SectionResult:
    return validate_section("cluster", ClusterSettings, json.dumps(cluster))


def test_section_is_left_without_its_wrong_values() -> None:
    value, found, _ = validated({"tier": "Gold", "zones": ["1", "9"]})
    assert [problem.path for problem in found] == ["airflow-aks:cluster.tier", "airflow-aks:cluster.zones[1]"]
    assert (value.tier, value.zones) == ("Standard", ("1",))


def test_section_of_a_wrong_type_has_nothing_left() -> None:
    value, found, _ = validated("Free")
    assert value is None
    assert [problem.path for problem in found] == ["airflow-aks:cluster"]


def test_wrong_item_does_not_take_its_neighbor_along() -> None:
    value, _, _ = validated({"pools": [NAMELESS, AIRFLOW_POOL, NAMELESS]})
    assert [pool.name for pool in value.pools] == ["airflow"]


def test_item_that_stands_twice_is_found_beside_a_wrong_item() -> None:
    _, found, _ = validated({"zones": ["9", "1", "1"]})
    assert [problem.path for problem in found] == ["airflow-aks:cluster.zones[0]", "airflow-aks:cluster.zones"]


def test_rule_names_no_pool_by_a_position_that_is_not_the_files() -> None:
    found = problems({"cluster.pools": [{"minNodes": 1}, {**AIRFLOW_POOL, "spot": True}]})
    assert [problem.path for problem in found] == ["airflow-aks:cluster.pools[0].name"]


def test_later_round_names_no_pool_by_a_position_that_is_not_the_files() -> None:
    taints = ["wrong", "a=b:NoSchedule", "a=b:NoSchedule"]
    found = problems({"cluster.pools": [{"minNodes": 1}, {**AIRFLOW_POOL, "taints": taints}]})
    assert [problem.path.removeprefix("airflow-aks:cluster.") for problem in found] == [
        "pools[0].name",
        "pools[1].taints[0]",
    ]


def test_rounds_without_an_end_are_an_internal_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(section_validation, "_MOST_ROUNDS", 1)
    with pytest.raises(RuntimeError, match=r"^airflow-aks:cluster is not valid after 1 rounds"):
        validated({"tier": "Gold"})


@pytest.mark.parametrize("depth", [201, 900, 5000])
def test_deep_nesting_is_one_clear_error(depth: int) -> None:
    text = '{"values": ' + '{"a": ' * depth + "1" + "}" * depth + "}"
    config = changed(shipped("dev"), {"airflow": text})
    _, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "dev")
    assert [str(problem) for problem in errors] == ["airflow-aks:airflow: is nested too deeply"]
