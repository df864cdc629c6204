"""Kubernetes quantities as numbers."""

from __future__ import annotations

import pytest

from components.kubernetes.quantities import mebibytes, millicores


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


def test_memory_without_a_unit_is_refused() -> None:
    with pytest.raises(ValueError, match="1024 has no unit"):
        mebibytes("1024")
