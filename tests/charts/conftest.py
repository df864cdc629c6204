"""Provides files of pins whose sources a test sets."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.charts.pins_desk import Desk


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path / "pins.yaml")


@pytest.fixture
def settled(desk: Desk) -> Desk:
    """A file with all digests, whose sources have nothing newer."""
    desk.run()
    return desk
