"""What of the stack is in Azure already, so that its own names and nodes do not count as somebody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from components.settings.model import Settings
from components.settings.names import Names, name_form, physical_names

from .arm_client import ArmClient, ArmError
from .operations import GET_GROUP, LIST_GROUP_RESOURCES, LIST_NODE_POOLS

CLUSTER: Final = "Microsoft.ContainerService/managedClusters"
DATABASE: Final = "Microsoft.DBforPostgreSQL/flexibleServers"
PUBLIC_ADDRESS: Final = "Microsoft.Network/publicIPAddresses"
REGISTRY: Final = "Microsoft.ContainerRegistry/registries"
STORAGE: Final = "Microsoft.Storage/storageAccounts"
VAULT: Final = "Microsoft.KeyVault/vaults"


@dataclass(frozen=True, kw_only=True)
class StackInAzure:
    """The resource group with the stack's name, and what is in it.

    `own`: the group has the tags `project` and `stack` that the program sets, with the values of this stack. `error` is
    why the group could not be read; then nothing counts as the stack's own.
    """

    exists: bool = False
    own: bool = False
    location: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: frozenset[tuple[str, str]] = frozenset()
    node_pools: tuple[Mapping[str, Any], ...] = ()
    error: ArmError | None = None

    def has(self, resource_type: str, name: str) -> bool:
        """Return whether the stack has this resource already."""
        return self.own and (resource_type.lower(), name.lower()) in self.resources


def names_in_use(settings: Settings, names: Names, stack: StackInAzure) -> Names:
    """Return the stack's names. If the stack file sets no suffix, use that of the stack's own vault or registry.

    Pulumi's state keeps the first suffix of a stack. Today's subscription or project name may give another one.
    """
    for key, resource_type in (("vault", VAULT), ("registry", REGISTRY)):
        form = name_form(settings, key)
        if form.is_known:
            continue
        named = [form.pattern.fullmatch(name) for kind, name in stack.resources if kind == resource_type.lower()]
        suffixes = {match[1] for match in named if match is not None}
        if len(suffixes) == 1:
            return physical_names(settings, suffixes.pop())
    return names


def find_stack(arm: ArmClient, names: Names, project: str, stack: str) -> StackInAzure:
    """Return what of the stack is in Azure already."""
    try:
        group = arm.get(GET_GROUP, group=names.resource_group)
        tags = group.get("tags") or {}
        if (tags.get("project"), tags.get("stack")) != (project, stack):
            return StackInAzure(exists=True, location=str(group.get("location", "")), tags=tags)
        resources = frozenset(
            (str(entry.get("type", "")).lower(), str(entry.get("name", "")).lower())
            for entry in arm.pages(LIST_GROUP_RESOURCES, group=names.resource_group)
        )
        pools: tuple[Mapping[str, Any], ...] = ()
        if (CLUSTER.lower(), names.cluster.lower()) in resources:
            listed = arm.pages(LIST_NODE_POOLS, group=names.resource_group, name=names.cluster)
            pools = tuple(pool.get("properties") or {} for pool in listed)
    except ArmError as error:
        return StackInAzure() if error.status == 404 else StackInAzure(error=error)
    return StackInAzure(
        exists=True, own=True, location=str(group.get("location", "")), tags=tags, resources=resources, node_pools=pools
    )
