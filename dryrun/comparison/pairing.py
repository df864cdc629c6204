"""Pairs the resources of two plans, by URN and by aliases, as Pulumi's engine does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from dryrun.plan import Plan, Resource

_STACK_TYPE: Final = "pulumi:pulumi:Stack"


@dataclass(frozen=True)
class Pair:
    """A resource before and after; None on the side that does not have it."""

    old: Resource | None
    new: Resource | None


def pair_resources(old: Plan, new: Plan) -> list[Pair]:
    """Return every resource once: those of the new plan in its order, then those that only the old plan has.

    The engine first looks for a resource's URN in its state, then for each alias.
    """
    before = {_shorten(resource.urn): resource for resource in old.resources}
    known = {resource.urn: resource for resource in new.resources}
    # An alias that is the URN of another resource of the new plan finds nothing: that resource keeps its own state.
    free = before.keys() - {_shorten(urn) for urn in known}
    pairs = []
    for resource in new.resources:
        key = _shorten(resource.urn)
        if key not in before:
            key = next((former for urn in list_former_urns(resource, known) if (former := _shorten(urn)) in free), "")
            free -= {key}
        pairs.append(Pair(before.pop(key, None), resource))
    return [*pairs, *(Pair(resource, None) for resource in before.values())]


def list_former_urns(resource: Resource, known: Mapping[str, Resource]) -> list[str]:
    """Return the URNs that a resource may have had, by its own aliases and those of its parents.

    Source: Pulumi, "aliases": a child inherits each alias of its parent. If its name begins with the parent's name, its
    former name begins with the parent's former name.
    """
    found = list(resource.alias_urns)
    parent = known.get(resource.parent or "")
    if parent is not None:
        for former in list_former_urns(parent, known):
            found += [_inherit(urn, parent.name, former) for urn in (resource.urn, *resource.alias_urns)]
    return list(dict.fromkeys(found))


def _inherit(urn: str, parent_name: str, former_parent: str) -> str:
    """Return a child's URN below its parent's former URN."""
    stack, project, types, name = urn.split("::", 3)
    _, _, parent_types, former_name = former_parent.split("::", 3)
    if name.startswith(parent_name):
        name = former_name + name.removeprefix(parent_name)
    return "::".join((stack, project, f"{parent_types}${types.rpartition('$')[2]}", name))


def _shorten(urn: str) -> str:
    """Return a URN with its type and its parent's type alone.

    The engine writes the types of all parents but the stack's, the simulation those of the parent and of the stack.
    """
    stack, project, types, name = urn.split("::", 3)
    kept = [type_ for type_ in types.split("$") if type_ != _STACK_TYPE][-2:]
    return "::".join((stack, project, "$".join(kept), name))
