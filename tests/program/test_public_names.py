"""Logical names and types are public: another one is another resource to Pulumi, and a new database to a user."""

from __future__ import annotations

import json

import pytest

from tests.cases import CERTIFICATES, SELECTORS, STACKS
from tests.plans import PINS_FILE, ROOT, changed, plan_of, recorded, shipped
from tests.pod_cluster_cases import POD_CLUSTER

SNAPSHOT = ROOT / "tests" / "program" / "urns.json"


# Selectors whose names are kept too, as far as the shipped stack has others.
MODES = (
    "chaos",
    "database-restored-again",
    "egress-restricted",
    "existing-network",
    "existing-places",
    "existing-registry",
    "existing-vault",
    "isolated-network",
    "landing-zone",
    "monitoring",
    "private-dns-own-network",
    "private-network",
    "remote-clusters",
    "secrets-csi",
    "security-baseline",
    "secrets-rotated",
    "sign-in",
    "teams",
    "teams-tasks",
    *CERTIFICATES,
)


# A stack without Airflow.
POD_CLUSTER_STACK = "gpu"


def urns(name: str) -> list[str]:
    if name == POD_CLUSTER_STACK:
        config = changed(shipped("dev"), POD_CLUSTER)
        return sorted(resource.urn for resource in recorded(name, config, PINS_FILE).resources)
    if name in STACKS:
        return sorted(resource.urn for resource in plan_of(name).resources)
    prod = {resource.urn for resource in plan_of("prod").resources}
    return sorted({resource.urn for resource in plan_of("prod", SELECTORS[name]).resources} - prod)


NAMES = [*STACKS, *MODES, POD_CLUSTER_STACK]


@pytest.mark.parametrize("name", NAMES)
def test_urns_are_those_of_the_snapshot(name: str) -> None:
    """A missing one needs an alias in the code; a new one is added with `python -m tests.program.test_public_names`."""
    assert urns(name) == json.loads(SNAPSHOT.read_text(encoding="utf-8"))[name]


if __name__ == "__main__":
    SNAPSHOT.write_text(json.dumps({name: urns(name) for name in NAMES}, indent=1) + "\n", encoding="utf-8")
