"""Groups the resources of a plan by component."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .plan import Plan, Resource

GROUPS: Final = {"azure": "Azure", "kubernetes": "Kubernetes", "airflow": "Airflow"}


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component with its own resources and the components nested in it."""

    resource: Resource
    own: tuple[Resource, ...]
    nested: tuple[Component, ...]

    @property
    def name(self) -> str:
        """The logical name."""
        return self.resource.name

    @property
    def class_name(self) -> str:
        """The name of the component's class, which is the last part of the type."""
        return self.resource.type.rpartition(":")[2]

    @property
    def group(self) -> str:
        """The middle part of the type, for example `azure` in `airflow-aks:azure:Network`."""
        parts = self.resource.type.split(":")
        return parts[1] if len(parts) == 3 else parts[0]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """All resources of this component and of nested components, without the components themselves."""
        return (*self.own, *(resource for part in self.nested for resource in part.resources))

    def all(self, type_: str) -> list[Resource]:
        """Return all resources of a type, including those of nested components."""
        return [resource for resource in self.resources if resource.type == type_]

    def walk(self) -> Iterator[Component]:
        """Yield this component, and then all nested components."""
        yield self
        for part in self.nested:
            yield from part.walk()


def list_components(plan: Plan) -> tuple[Component, ...]:
    """Return the components directly below the stack, in the order of the program."""
    owners = _find_owners(plan)
    made = [resource for resource in plan.resources if not resource.custom]

    def build(resource: Resource) -> Component:
        return Component(
            resource=resource,
            own=tuple(other for other in plan.resources if other.custom and owners[other.urn] == resource.urn),
            nested=tuple(build(other) for other in made if owners[other.urn] == resource.urn),
        )

    return tuple(build(resource) for resource in made if owners[resource.urn] is None)


def list_others(plan: Plan) -> tuple[Resource, ...]:
    """Return the resources that belong to no component."""
    owners = _find_owners(plan)
    return tuple(resource for resource in plan.resources if resource.custom and owners[resource.urn] is None)


def group_components(parts: tuple[Component, ...]) -> dict[str, list[Component]]:
    """Return components by the title of their group: Azure, Kubernetes, Airflow, then any other group."""
    groups: dict[str, list[Component]] = {title: [] for title in GROUPS.values()}
    for part in parts:
        groups.setdefault(GROUPS.get(part.group, part.group), []).append(part)
    return {title: found for title, found in groups.items() if found}


def _find_owners(plan: Plan) -> dict[str, str | None]:
    """Return the URN of the nearest component above each resource, by URN. A resource's parent may be no component."""
    known = {resource.urn: resource for resource in plan.resources}

    def find_owner(resource: Resource) -> str | None:
        above = known.get(resource.parent or "")
        while above is not None and above.custom:
            above = known.get(above.parent or "")
        return above.urn if above else None

    return {resource.urn: find_owner(resource) for resource in plan.resources}
