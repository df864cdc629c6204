"""Logical names and types are public: another one is another resource to Pulumi, and a new database to a user."""

from __future__ import annotations

import json

import pytest

from tests.plans import ROOT, STACKS, plan_of

SNAPSHOT = ROOT / "tests" / "program" / "urns.json"


def urns(stack: str) -> list[str]:
    return sorted(resource.urn for resource in plan_of(stack).resources)


@pytest.mark.parametrize("stack", STACKS)
def test_urns_are_those_of_the_snapshot(stack: str) -> None:
    """A missing one needs an alias in the code; a new one is added with `python -m tests.program.test_public_names`."""
    assert urns(stack) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))[stack]


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps({stack: urns(stack) for stack in STACKS}, indent=1) + "\n", encoding="utf-8")
