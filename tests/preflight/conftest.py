"""The fake Azure of each test."""

from __future__ import annotations

import pytest

from .company_places import fill
from .fake_azure import FakeAzure


@pytest.fixture
def azure() -> FakeAzure:
    return FakeAzure()


@pytest.fixture
def company(azure: FakeAzure) -> FakeAzure:
    """A company whose places suit prod."""
    return fill(azure)
