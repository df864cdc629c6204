"""Ignored tags on every resource that takes tags, by the SDK itself, in stacks that have every type of resource."""

from __future__ import annotations

import importlib

import pytest
from pulumi import _types

from tests.cases import SELECTORS
from tests.landing_zone_cases import LANDING_ZONE
from tests.plans import plan_of
from tests.pod_cluster_cases import POD_CLUSTER

pytestmark = pytest.mark.usefixtures("untraced")
TAG = "CreatedBy"
PATH = f'tags["{TAG}"]'
_CHANGES = ("celery-executor", "logs-premium", "access-label", "monitoring", "security-baseline-restored")
PLANS = {
    "dev": ("dev", {}),
    "without Airflow": ("dev", POD_CLUSTER),
    "landing zone": ("prod", LANDING_ZONE),
    **{name: ("prod", SELECTORS[name]) for name in _CHANGES},
}


def takes_tags(type_: str) -> bool:
    """Whether the SDK's class of a type has tags. AKS tags the nodes of a pool, too, by the pool's tags."""
    module, name = type_.removeprefix("azure-native:").split(":")
    package = importlib.import_module(f"pulumi_azure_native.{module}")
    arguments = getattr(package, f"{name}InitArgs", None) or getattr(package, f"{name}Args")
    return "tags" in _types.input_type_py_to_pulumi_names(arguments).values()


@pytest.mark.parametrize("plan", PLANS)
def test_every_resource_that_takes_tags_leaves_an_ignored_one_alone(plan: str) -> None:
    stack, changes = PLANS[plan]
    resources = [
        one
        for one in plan_of(stack, {**changes, "ignoredTags": [TAG]}).resources
        if one.type.startswith("azure-native:")
    ]
    expected = {one.name for one in resources if takes_tags(one.type)}
    assert len(expected) > 8
    assert {one.name for one in resources if PATH in one.ignore_changes} == expected
    # The tags of the stack itself are on each of them.
    assert {one.name for one in resources if {"project", "stack"} <= set(one.inputs.get("tags", {}))} == expected
