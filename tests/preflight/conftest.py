"""The fake Azure of each test."""

from __future__ import annotations

import pytest

from .fake_azure import FakeAzure


@pytest.fixture
def azure() -> FakeAzure:
    return FakeAzure()
