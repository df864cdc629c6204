"""The SDK's aliases for older API versions are left out, and nothing else is."""

from __future__ import annotations

import pulumi
import pytest
from pulumi_azure_native import resources

from dryrun.recorder import record
from dryrun.version_aliases import without_version_aliases

pytestmark = pytest.mark.usefixtures("untraced")

RENAMED = "group-before"


def program() -> None:
    resources.ResourceGroup(
        "group",
        resource_group_name="rg-x",
        location="westeurope",
        opts=pulumi.ResourceOptions(aliases=[pulumi.Alias(name=RENAMED)]),
    )


def test_alias_of_the_program_stays() -> None:
    plan = record(program, project="p", stack="s", config={}, secret_keys=[])
    assert plan.one("azure-native:resources:ResourceGroup").aliases == (RENAMED,)


def test_aliases_of_older_versions_are_not_worked_out() -> None:
    made: list[int] = []
    whole = pulumi.Resource.__init__

    def counting(self: pulumi.Resource, *arguments: object, **named: object) -> None:
        found = [item for item in (*arguments, *named.values()) if isinstance(item, pulumi.ResourceOptions)]
        if arguments[0] == "azure-native:resources:ResourceGroup":
            made.append(len([alias for options in found for alias in options.aliases or ()]))
        whole(self, *arguments, **named)  # type: ignore[arg-type]

    pulumi.Resource.__init__ = counting  # type: ignore[method-assign]
    try:
        record(program, project="p", stack="s", config={}, secret_keys=[])
    finally:
        pulumi.Resource.__init__ = whole  # type: ignore[method-assign]
    assert made == [1]


def test_the_sdk_is_as_it_was_afterwards() -> None:
    before = pulumi.Resource.__init__
    with without_version_aliases():
        assert pulumi.Resource.__init__ is not before
    assert pulumi.Resource.__init__ is before
