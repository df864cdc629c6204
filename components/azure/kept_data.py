"""Resource options for resources that hold data."""

from __future__ import annotations

from pulumi import Resource, ResourceOptions


def keep_data(parent: Resource | None, *, protect: bool) -> ResourceOptions:
    """Return the options of a resource that holds data, or that contains such a resource.

    By default, the provider deletes a resource with a fixed name before it creates the replacement. With
    `delete_before_replace=False`, creating the replacement fails because the name is taken, and the data stays.
    """
    return ResourceOptions(parent=parent, protect=protect, delete_before_replace=False)
