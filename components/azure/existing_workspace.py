"""A Log Analytics workspace that exists already: read, and neither changed nor deleted."""

from __future__ import annotations

from pulumi import InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import Provider, operationalinsights

from .resource_id import ResourceId


def read_workspace(name: str, workspace_id: str, parent: Resource) -> Output[str]:
    """Return the id as an output of reading the workspace. One that does not exist makes the preview fail."""
    place = ResourceId.of(workspace_id)
    provider = Provider(
        f"{name}-subscription", subscription_id=place.subscription_id, opts=ResourceOptions(parent=parent)
    )
    found = operationalinsights.get_workspace_output(
        resource_group_name=place.resource_group_name,
        workspace_name=place.name,
        opts=InvokeOutputOptions(provider=provider),
    )
    known: Output[str] = found.apply(lambda _: workspace_id)
    return known
