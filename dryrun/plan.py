"""What a dry run found: the resources that the program would make, and its outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

SECRET: Final = "[secret]"  # noqa: S105 - the mark that stands for one


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the program registered it; secrets in the inputs are marks."""

    urn: str
    type: str
    name: str
    parent: str | None
    provider: str | None
    custom: bool
    inputs: Mapping[str, Any]
    outputs: Mapping[str, Any]
    dependencies: tuple[str, ...]
    protect: bool
    retain_on_delete: bool
    aliases: tuple[Any, ...]
    ignore_changes: tuple[str, ...]
    # None leaves the order of a replacement to the provider.
    delete_before_replace: bool | None = None

    def as_json(self) -> dict[str, Any]:
        """What resources.json says of it."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "parent": self.parent,
            "provider": self.provider,
            "inputs": self.inputs,
            "dependencies": list(self.dependencies),
            "protect": self.protect,
            "retainOnDelete": self.retain_on_delete,
            "aliases": list(self.aliases),
            "ignoreChanges": list(self.ignore_changes),
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that one run of the program registered, in the order of the program.

    `vault` is what the simulated Key Vault holds, in the clear: made up by the simulation, for tests only.
    `component_outputs` are the outputs that components registered, by urn.
    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]
    component_outputs: Mapping[str, Mapping[str, Any]]
    warnings: tuple[str, ...]
    vault: Mapping[str, str]

    def all(self, type_: str) -> list[Resource]:
        """The resources of a type."""
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> Resource:
        """The one resource of a type (and logical name); LookupError when there is none or more than one."""
        found = [resource for resource in self.all(type_) if name in (None, resource.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of type {type_}: {[resource.name for resource in found]}")
        return found[0]

    def by_urn(self, urn: str) -> Resource:
        """The resource of a urn."""
        return next(resource for resource in self.resources if resource.urn == urn)

    @property
    def releases(self) -> list[Resource]:
        """The Helm releases."""
        return self.all("kubernetes:helm.sh/v3:Release")

    @property
    def manifests(self) -> list[Resource]:
        """The Kubernetes objects that the program makes itself."""
        return [
            resource
            for resource in self.resources
            if resource.type.startswith("kubernetes:") and "chart" not in resource.inputs
        ]
