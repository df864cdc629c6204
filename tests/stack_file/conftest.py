"""Settings hold Outputs, the git credentials, which want a loop to run on."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import pytest
from pulumi.runtime.settings import SETTINGS


@pytest.fixture(autouse=True)
def no_output_is_left_pending() -> Iterator[None]:
    """Finish what a test made and did not wait for, before its loop is dropped with a complaint."""
    yield
    loop = asyncio.get_event_loop_policy().get_event_loop()
    if pending := [task for task in SETTINGS.outputs if task.get_loop() is loop]:
        loop.run_until_complete(asyncio.wait(pending))
