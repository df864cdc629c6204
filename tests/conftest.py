"""One folder for the plans of one test run."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator

import pytest

from tests.plans import CACHE


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; those that it starts inherit it."""
    # Plans are millions of short-lived objects, and half a gigabyte of them is less trouble than collecting them.
    gc.disable()
    if CACHE not in os.environ:
        folder = os.environ[CACHE] = tempfile.mkdtemp(prefix="plans-")
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.fixture
def untraced() -> Iterator[None]:
    """For tests of what coverage does not measure: its tracer doubles their time."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)
