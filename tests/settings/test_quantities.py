"""Kubernetes quantities as numbers."""

from __future__ import annotations

import re

import pytest

from components.settings.quantities import mebibytes, millicores


@pytest.mark.parametrize(("text", "number"), [("500m", 500), ("1", 1000), ("1.5", 1500), (".25", 250), ("0.001", 1)])
def test_cores_are_read(text: str, number: int) -> None:
    assert millicores(text) == number


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("64Mi", 64),
        ("2Gi", 2048),
        ("1Ti", 2**20),
        ("1025Ki", 2),
        ("1000M", 954),
        ("1G", 954),
        ("1000k", 1),
        ("1T", 953675),
    ],
)
def test_memory_is_read_and_rounded_up(text: str, number: int) -> None:
    assert mebibytes(text) == number


@pytest.mark.parametrize("text", ["1024", "0Mi", "1.5Gi", "2Gb", "-1Gi", "1Gi\n", "", f"{'9' * 16}Gi"])
def test_what_is_no_quantity_of_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"must be a quantity of memory, for example 2Gi (is {text!r})")):
        mebibytes(text)


@pytest.mark.parametrize("text", ["0", "0m", "0.0", "1.5m", "-1", "1e3", "1 ", "m", "", "9" * 40])
def test_what_is_no_quantity_of_cores_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=re.escape(f"must be a quantity of cores, for example 500m or 1 (is {text!r})")
    ):
        millicores(text)


@pytest.mark.parametrize("text", ["9" * 400, "9" * 5000, f"{'9' * 5000}m", f"{'9' * 5000}Gi", f"0.{'9' * 400}"])
def test_number_that_no_machine_has_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"must be a quantity of cores, for example 500m or 1$"):
        millicores(text)
    with pytest.raises(ValueError, match=r"must be a quantity of memory, for example 2Gi$"):
        mebibytes(text)
