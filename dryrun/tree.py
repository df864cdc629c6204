"""A plan's resources by component."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .plan import Plan, Resource

GROUPS: Final = {"azure": "Azure", "kubernetes": "Kubernetes", "airflow": "Airflow"}


@dataclass(frozen=True, kw_only=True)
class Component:
    """A component, the resources that stand directly in it, and the components in it."""

    resource: Resource
    own: tuple[Resource, ...]
    nested: tuple[Component, ...]

    @property
    def name(self) -> str:
        """Its logical name."""
        return self.resource.name

    @property
    def class_name(self) -> str:
        """The class that makes it: the last part of its type."""
        return self.resource.type.rpartition(":")[2]

    @property
    def group(self) -> str:
        """The part of its type that says what it belongs to, for example `azure`."""
        parts = self.resource.type.split(":")
        return parts[1] if len(parts) == 3 else parts[0]

    @property
    def resources(self) -> tuple[Resource, ...]:
        """Every resource in it, at any depth, without the components themselves."""
        return (*self.own, *(resource for part in self.nested for resource in part.resources))

    def all(self, type_: str) -> list[Resource]:
        """Its resources of a type, at any depth."""
        return [resource for resource in self.resources if resource.type == type_]

    def walk(self) -> Iterator[Component]:
        """Itself, then every component in it."""
        yield self
        for part in self.nested:
            yield from part.walk()


def components(plan: Plan) -> tuple[Component, ...]:
    """The components that the program itself makes, in its order, each with what it holds."""
    owners = _owners(plan)
    made = [resource for resource in plan.resources if not resource.custom]

    def component(resource: Resource) -> Component:
        return Component(
            resource=resource,
            own=tuple(other for other in plan.resources if other.custom and owners[other.urn] == resource.urn),
            nested=tuple(component(other) for other in made if owners[other.urn] == resource.urn),
        )

    return tuple(component(resource) for resource in made if owners[resource.urn] is None)


def beside(plan: Plan) -> tuple[Resource, ...]:
    """The resources that stand in no component."""
    owners = _owners(plan)
    return tuple(resource for resource in plan.resources if resource.custom and owners[resource.urn] is None)


def by_group(parts: tuple[Component, ...]) -> dict[str, list[Component]]:
    """Components by group title: Azure, Kubernetes, Airflow, then whatever else there is."""
    groups: dict[str, list[Component]] = {title: [] for title in GROUPS.values()}
    for part in parts:
        groups.setdefault(GROUPS.get(part.group, part.group), []).append(part)
    return {title: found for title, found in groups.items() if found}


def _owners(plan: Plan) -> dict[str, str | None]:
    """The nearest component above each resource, by urn; a resource may stand under another resource."""
    known = {resource.urn: resource for resource in plan.resources}

    def owner(resource: Resource) -> str | None:
        above = known.get(resource.parent or "")
        while above is not None and above.custom:
            above = known.get(above.parent or "")
        return above.urn if above else None

    return {resource.urn: owner(resource) for resource in plan.resources}
