"""The shipped example of a whole landing zone, and what a company already has there."""

from __future__ import annotations

import re
from typing import Any, Final

from components.stack_file.reader import StackConfig, read_config
from dryrun.plan import Plan

from .landing_zone_cases import EXAMPLE_FILE, sections
from .plans import PINS_FILE, recorded

STACK: Final = "landing-zone"
_ID: Final = re.compile(r"/subscriptions/[^\s,}]+")


def config() -> StackConfig:
    """The example, as the program reads it."""
    return read_config(EXAMPLE_FILE)


def plan() -> Plan:
    """The whole plan of the example."""
    return recorded(STACK, config(), PINS_FILE)


def section(name: str) -> Any:
    """A section of the example."""
    return sections(EXAMPLE_FILE)[name]


def ids() -> set[str]:
    """Every id of what exists, by its text in the example."""
    return set(_ID.findall(EXAMPLE_FILE.read_text(encoding="utf-8")))
