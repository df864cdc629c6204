"""One folder for the plans of one test run, and the pins that its tests read."""

from __future__ import annotations

import gc
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from components.settings.today import TODAY_VARIABLE
from dryrun.cost.cache import FILE_VARIABLE
from tests.packaged_charts import NoChartError, skipped_line
from tests.plans import CACHE, PINS_FILE, RETIREMENTS_FILE, TODAY, pins_from, retirements_from


def pytest_configure(config: pytest.Config) -> None:
    """The first process makes the folder; those that it starts inherit it."""
    # Plans are millions of short-lived objects, and half a gigabyte of them is less trouble than collecting them.
    gc.disable()
    os.environ[TODAY_VARIABLE] = TODAY
    if CACHE not in os.environ:
        folder = os.environ[CACHE] = tempfile.mkdtemp(prefix="plans-")
        # No prices, whatever this machine keeps.
        os.environ[FILE_VARIABLE] = str(Path(folder, "no-prices.json"))
        config.add_cleanup(lambda: shutil.rmtree(folder, ignore_errors=True))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """Skip what lacks a packaged chart."""
    try:
        return (yield)
    except NoChartError as error:
        pytest.skip(str(error))


# A fixture may lack one, too.
pytest_runtest_setup = pytest_runtest_call


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say once how to have the charts that were missing."""
    skipped = terminalreporter.stats.get("skipped", [])
    if line := skipped_line(report.longrepr[2] for report in skipped):
        terminalreporter.write_line(line)


@pytest.fixture(autouse=True, scope="session")
def pins_of_the_tests() -> Iterator[None]:
    """Read the tests' own pins and retirements: those of the charts folder are the user's to edit."""
    with pins_from(PINS_FILE), retirements_from(RETIREMENTS_FILE):
        yield


@pytest.fixture
def untraced() -> Iterator[None]:
    """For tests of what coverage does not measure: its tracer doubles their time."""
    tracer = sys.gettrace()
    sys.settrace(None)
    yield
    sys.settrace(tracer)
