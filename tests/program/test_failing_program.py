"""A program that fails in the middle ends and says why, also between the two ends of the wire that runs backwards."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

import pulumi
import pytest

from components.azure.backward_wire import wire_backwards
from components.settings.today import TODAY_VARIABLE
from tests.plans import ROOT, STACK_FILES, TODAY

FAILING = """
import sys
from components.azure import cluster, registry
from dryrun.__main__ import main

def fail(*_, **__):
    raise ValueError("planted")

{component}.__init__ = fail
sys.exit(main(["dev", "--config", {file!r}]))
"""


async def value_of(output: pulumi.Output[str]) -> str | None:
    return await asyncio.wait_for(output.future(), 5)


def test_wire_gives_what_it_is_connected_to() -> None:
    async def run() -> str | None:
        with wire_backwards() as (output, connect):
            connect(pulumi.Output.from_input("an-id"))
        return await value_of(output)

    assert asyncio.run(run()) == "an-id"


def test_wire_of_a_block_that_fails_fails_as_the_block_does() -> None:
    async def run() -> None:
        with pytest.raises(ValueError, match="planted"), wire_backwards() as (output, _):
            raise ValueError("planted")
        with pytest.raises(ValueError, match="planted"):
            await value_of(output)

    asyncio.run(run())


@pytest.mark.parametrize("component", ["cluster.Cluster", "registry.Registry"])
def test_component_that_fails_does_not_leave_the_program_waiting(component: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", FAILING.format(component=component, file=str(STACK_FILES / "dev.yaml"))],
        cwd=ROOT,
        env={**os.environ, TODAY_VARIABLE: TODAY},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert ended.returncode == 1
    assert "ValueError: planted" in ended.stderr
