"""The result of a dry run: the resources that the program would create, and the stack outputs."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

SECRET: Final = "[secret]"  # noqa: S105 - shown in place of each secret


@dataclass(frozen=True, kw_only=True)
class Resource:
    """A resource as the program registered it, with SECRET in place of each secret.

    `aliases` are the names and URNs that the program gives as earlier ones, and `alias_urns` the URNs that result.
    `property_dependencies` are the URNs that each input was computed from, by the name of the input.
    """

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
    # None: the provider decides whether it deletes the old resource first.
    delete_before_replace: bool | None = None
    id: str = ""
    alias_urns: tuple[str, ...] = ()
    property_dependencies: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    replace_on_changes: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the resource's entry in resources.json."""
        return {
            "urn": self.urn,
            "type": self.type,
            "name": self.name,
            "custom": self.custom,
            "id": self.id,
            "parent": self.parent,
            "provider": self.provider,
            "inputs": self.inputs,
            "outputs": self.outputs,
            "dependencies": list(self.dependencies),
            "propertyDependencies": {key: list(urns) for key, urns in self.property_dependencies.items()},
            "protect": self.protect,
            "retainOnDelete": self.retain_on_delete,
            "aliases": list(self.aliases),
            "aliasUrns": list(self.alias_urns),
            "deleteBeforeReplace": self.delete_before_replace,
            "ignoreChanges": list(self.ignore_changes),
            "replaceOnChanges": list(self.replace_on_changes),
        }


@dataclass(frozen=True, kw_only=True)
class Plan:
    """Everything that one run of the program registered, in the order of the program.

    `component_outputs` are the outputs that components registered, by URN. `vault` contains the simulated Key Vault's
    secrets in plain text, name to value. The simulation generated these secrets, and only tests read them.
    """

    project: str
    stack: str
    resources: tuple[Resource, ...]
    outputs: Mapping[str, Any]
    component_outputs: Mapping[str, Mapping[str, Any]]
    warnings: tuple[str, ...]
    vault: Mapping[str, str]

    def all(self, type_: str) -> list[Resource]:
        """Return the resources of a type."""
        return [resource for resource in self.resources if resource.type == type_]

    def one(self, type_: str, name: str | None = None) -> Resource:
        """Return the only resource of a type and logical name; raises LookupError if there is not exactly one."""
        found = [resource for resource in self.all(type_) if name in (None, resource.name)]
        if len(found) != 1:
            raise LookupError(f"{len(found)} resources of type {type_}: {[resource.name for resource in found]}")
        return found[0]

    def by_urn(self, urn: str) -> Resource:
        """Return the resource with a URN."""
        return next(resource for resource in self.resources if resource.urn == urn)

    @property
    def releases(self) -> list[Resource]:
        """The Helm releases."""
        return self.all("kubernetes:helm.sh/v3:Release")

    @property
    def rendered_charts(self) -> list[Resource]:
        """The charts whose objects Pulumi creates one by one, without a Helm release."""
        return self.all("kubernetes:helm.sh/v4:Chart")

    @property
    def manifests(self) -> list[Resource]:
        """The Kubernetes objects that the program creates without a chart."""
        return [
            resource
            for resource in self.resources
            if resource.type.startswith("kubernetes:") and "chart" not in resource.inputs
        ]
