"""The resource group of the stack: its own, or one that exists and is neither changed nor deleted."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import Input, Output
from pulumi_azure_native import resources

from components.output_registration import make_depend_on
from components.settings.model import Settings

from .kept_data import keep_data


@dataclass(frozen=True, kw_only=True)
class StackGroup:
    """The resource group that holds the stack, and the region of the resources in it."""

    group_id: Output[str]
    name: Output[str]
    location: Output[str]


def open_resource_group(settings: Settings, name: Input[str]) -> StackGroup:
    """Create the resource group, or read the one that exists. A group that does not exist makes the preview fail.

    `name` is that of either, and depends on the check of the stack's record. A group that exists is read under the name
    of the stack file, which is known in every preview. It may be in another region than the resources in it, which are
    in the stack's region.
    """
    existing = settings.resource_group.existing_name
    if existing is not None:
        found = resources.get_resource_group_output(resource_group_name=existing)
        return StackGroup(
            group_id=make_depend_on(found.id, name),
            name=make_depend_on(found.name, name),
            location=Output.from_input(settings.location),
        )
    group = resources.ResourceGroup(
        "resource-group",
        resource_group_name=name,
        location=settings.location,
        opts=keep_data(None, protect=False),
    )
    return StackGroup(group_id=group.id, name=group.name, location=group.location)
