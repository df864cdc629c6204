"""Tests which of several tags is the newest."""

from __future__ import annotations

import pytest

from charts.newest_tag import get_shape, pick_newest


@pytest.mark.parametrize(
    ("tag", "expected"),
    [
        ("3.3.2", "#.#.#"),
        ("v0.30.0", "v#.#.#"),
        ("airflow-pgbouncer-2025.03.05-1.23.1", "airflow-pgbouncer-#.#.#-#.#.#"),
        ("3.3.2-python3.12", "#.#.#-python3.12"),
        ("3.3.2rc1", "3.3.2rc1"),
        ("3.3.2-rc1", "#.#.#-rc1"),
        ("0482748e", "0482748e"),
        ("latest", "latest"),
    ],
)
def test_a_shape_keeps_all_but_the_numbers_of_versions(tag: str, expected: str) -> None:
    assert get_shape(tag) == expected


def test_numbers_are_compared_as_numbers() -> None:
    assert pick_newest("3.9.1", ["3.10.0", "3.9.2"]) == "3.10.0"


def test_every_number_of_a_tag_counts() -> None:
    current = "airflow-pgbouncer-2025.03.05-1.23.1"
    assert pick_newest(current, ["airflow-pgbouncer-2025.03.05-1.24.0"]) == "airflow-pgbouncer-2025.03.05-1.24.0"


@pytest.mark.parametrize("offered", ["3.3.3rc1", "3.3.3-rc1", "3.3.3b2", "3.3.3.dev0", "3.4.0-beta.1"])
def test_a_pre_release_is_never_chosen(offered: str) -> None:
    assert pick_newest("3.3.2", [offered]) == "3.3.2"


@pytest.mark.parametrize("offered", ["v3.3.3", "3.3.3-python3.12", "slim-3.3.3", "3.4", "4", "latest"])
def test_a_tag_of_another_shape_is_never_chosen(offered: str) -> None:
    assert pick_newest("3.3.2", [offered]) == "3.3.2"


def test_the_version_of_a_word_stays() -> None:
    assert pick_newest("3.3.2-python3.12", ["3.3.3-python3.13", "3.3.3-python3.12"]) == "3.3.3-python3.12"


def test_a_release_line_is_not_left() -> None:
    assert pick_newest("3.3.2", ["3.3.3", "3.4.0", "3.30.0"], within="3.3") == "3.3.3"


def test_an_older_tag_is_never_chosen() -> None:
    assert pick_newest("3.3.2", ["3.3.1"]) == "3.3.2"


def test_another_spelling_of_the_same_version_is_not_chosen() -> None:
    assert pick_newest("tool-2025.3.5", ["tool-2025.03.05"]) == "tool-2025.3.5"


def test_a_tag_without_a_version_stays() -> None:
    assert pick_newest("0482748e", ["9999999e"]) == "0482748e"
