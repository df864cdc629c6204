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


@pytest.mark.parametrize("text", ["1024", "0Mi", "1.5Gi", "2Gb", "-1Gi", "1Gi\n", ""])
def test_what_is_no_quantity_of_memory_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(f"must be a quantity of memory, for example 2Gi (is {text!r})")):
        mebibytes(text)


@pytest.mark.parametrize("text", ["0", "0m", "0.0", "1.5m", "-1", "1e3", "1 ", "m", ""])
def test_what_is_no_quantity_of_cores_is_refused(text: str) -> None:
    with pytest.raises(
        ValueError, match=re.escape(f"must be a quantity of cores, for example 500m or 1 (is {text!r})")
    ):
        millicores(text)
