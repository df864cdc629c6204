"""Reads the settings of a stack without running its program."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path

from components.settings.model import Settings
from components.stack_file.loader import check_whole
from components.stack_file.reader import StackConfig, find_stack_file, read_config, read_project_name


def read_settings(stack: str, project: Path, config: Path | None) -> tuple[Settings, Mapping[str, str]]:
    """Read and check the stack file as a dry run does. Warnings of its content are the dry run's to tell."""
    name = read_project_name(project)
    given = read_config(config or find_stack_file(project, stack), name)
    for warning in given.warnings:
        sys.stderr.write(f"warning: {warning}\n")
    with asyncio.Runner(loop_factory=asyncio.new_event_loop) as runner:
        settings = runner.run(_check(given, name, stack))
    return settings, given.values


async def _check(given: StackConfig, project: str, stack: str) -> Settings:
    """Return the settings. In an event loop, because each secret of a config is an output, and so a task of a loop."""
    try:
        settings, _ = check_whole(given.values, set(given.secret_keys), project, stack)
    finally:
        await asyncio.gather(*(asyncio.all_tasks() - {asyncio.current_task()}))
    return settings
