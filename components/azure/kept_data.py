"""The resource options of what holds data."""

from __future__ import annotations

from pulumi import Resource, ResourceOptions


def keep_data(parent: Resource | None, *, protect: bool) -> ResourceOptions:
    """Return the options of a resource that holds data, or that contains such a resource.

    By default, the provider deletes a resource with a fixed name before it creates the replacement. With
    `delete_before_replace=False`, the replacement fails on the name that is taken, and the data stays.
    """
    return ResourceOptions(parent=parent, protect=protect, delete_before_replace=False)
