"""The connections that a database of a size accepts."""

from __future__ import annotations

import pytest

from components.azure.database_sizes import TIER_OF_SIZE, max_connections


@pytest.mark.parametrize(
    ("size", "connections"),
    [
        ("Standard_B1ms", 50),
        ("Standard_B2s", 429),
        ("Standard_B2ms", 859),
        ("Standard_B8ms", 3437),
        ("Standard_B12ms", 5000),
        ("Standard_D2ds_v5", 859),
        ("Standard_D4ads_v5", 1718),
        ("Standard_D8s_v3", 3437),
        ("Standard_D16ds_v5", 5000),
        ("Standard_DC4ads_v5", 1718),
        ("Standard_E2ds_v5", 1718),
        ("Standard_E4ads_v6", 3437),
        ("Standard_E20ds_v4", 5000),
    ],
)
def test_connections_follow_the_memory(size: str, connections: int) -> None:
    assert max_connections(size) == connections


@pytest.mark.parametrize("size", TIER_OF_SIZE)
def test_every_offered_size_has_a_number(size: str) -> None:
    assert 50 <= max_connections(size) <= 5000


def test_what_is_no_size_is_refused() -> None:
    with pytest.raises(ValueError, match="Standard_F4s is not a database size"):
        max_connections("Standard_F4s")
