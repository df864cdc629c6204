"""A Log Analytics workspace that exists already: read, and neither changed nor deleted."""

from __future__ import annotations

from pulumi import InvokeOutputOptions, Output, Resource, ResourceOptions
from pulumi_azure_native import Provider, operationalinsights


def read_workspace(name: str, workspace_id: str, parent: Resource) -> Output[str]:
    """Return the id as an output of reading the workspace. One that does not exist makes the preview fail."""
    _, _, subscription, _, group, *_, workspace = workspace_id.split("/")
    provider = Provider(
        f"{name}-subscription", subscription_id=subscription.lower(), opts=ResourceOptions(parent=parent)
    )
    found = operationalinsights.get_workspace_output(
        resource_group_name=group, workspace_name=workspace, opts=InvokeOutputOptions(provider=provider)
    )
    known: Output[str] = found.apply(lambda _: workspace_id)
    return known
