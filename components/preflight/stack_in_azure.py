"""What of the stack is in Azure already, so that its own names and nodes do not count as somebody else's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
WORKSPACE: Final = "Microsoft.OperationalInsights/workspaces"


@dataclass(frozen=True, kw_only=True)
class StackInAzure:
    """The resource group with the stack's name, and what is in it.

    `own`: the group has the tags `project` and `stack` that the program sets, with the values of this stack. In a group
    that existed before, some resource has them. `others`: resources in such a group that do not. `error` is why the
    group could not be read; then nothing counts as the stack's own.
    """

    exists: bool = False
    own: bool = False
    location: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)
    resources: frozenset[tuple[str, str]] = frozenset()
    others: frozenset[tuple[str, str]] = frozenset()
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


def find_stack(arm: ArmClient, names: Names, project: str, stack: str, *, shared: bool = False) -> StackInAzure:
    """Return what of the stack is in Azure already; `shared`: the group exists, and others may have resources in it."""
    try:
        group = arm.get(GET_GROUP, group=names.resource_group)
        tags = group.get("tags") or {}
        own = _has_tags(tags, project, stack)
        if not own and not shared:
            return StackInAzure(exists=True, location=str(group.get("location", "")), tags=tags)
        listed = list(arm.pages(LIST_GROUP_RESOURCES, group=names.resource_group))
        others = _select(listed, project, stack, own=False) if shared else frozenset()
        resources = _select(listed, project, stack, own=True) if shared else _select(listed)
        pools: tuple[Mapping[str, Any], ...] = ()
        if (CLUSTER.lower(), names.cluster.lower()) in resources:
            found = arm.pages(LIST_NODE_POOLS, group=names.resource_group, name=names.cluster)
            pools = tuple(pool.get("properties") or {} for pool in found)
    except ArmError as error:
        return StackInAzure() if error.status == 404 else StackInAzure(error=error)
    return StackInAzure(
        exists=True,
        own=bool(resources) if shared else True,
        location=str(group.get("location", "")),
        tags=tags,
        resources=resources,
        others=others,
        node_pools=pools,
    )


def _select(
    listed: Iterable[Mapping[str, Any]], project: str = "", stack: str = "", *, own: bool | None = None
) -> frozenset[tuple[str, str]]:
    """Return types and names of resources: of all, of those with the tags of the stack, or of those without."""
    return frozenset(
        (str(entry.get("type", "")).lower(), str(entry.get("name", "")).lower())
        for entry in listed
        if own in (None, _has_tags(entry.get("tags") or {}, project, stack))
    )


def _has_tags(tags: Mapping[str, Any], project: str, stack: str) -> bool:
    return (tags.get("project"), tags.get("stack")) == (project, stack)
