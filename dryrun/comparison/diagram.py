"""The changed part of the architecture as Mermaid text."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from dryrun.picture.architecture import Architecture, describe_architecture
from dryrun.picture.mermaid import make_id, render_mermaid
from dryrun.plan import Plan
from dryrun.tree import list_components

from .changes import Action, Change, Comparison

# Fill, border and text of a box. They are readable on a light and on a dark page.
_COLOURS: Final[Mapping[Action, str]] = {
    "replaced": "fill:#cf222e,stroke:#82071e,color:#ffffff",
    "removed": "fill:#6e7781,stroke:#424a53,color:#ffffff",
    "added": "fill:#1a7f37,stroke:#044f1e,color:#ffffff",
    "changed": "fill:#bf8700,stroke:#7d4e00,color:#ffffff",
}
_POOL: Final = "azure-native:containerservice:AgentPool"


def render_changed(comparison: Comparison) -> str:
    """Return a Mermaid flowchart of the boxes that change and their neighbours, coloured; empty if none changes."""
    before, after = describe_architecture(comparison.old), describe_architecture(comparison.new)
    marks = _mark_components(comparison)
    boxes = {**{key: box for key, box in before.boxes.items() if key not in after.boxes}, **after.boxes}
    frames = {**before.frames, **after.frames}
    classes: dict[str, Action] = {}
    for key, box in (*frames.items(), *boxes.items()):
        if box.urn in marks and box.side != "outside":
            classes[key] = marks[box.urn]
    pools = [change.action for change in comparison.changes if change.type == _POOL]
    if pools:
        classes["nodes"] = _combine(pools)
    if not classes:
        return ""
    flows = tuple(dict.fromkeys([*before.flows, *after.flows]))
    near = {end for flow in flows if {flow.source, flow.target} & classes.keys() for end in (flow.source, flow.target)}
    shown = Architecture(
        boxes={key: box for key, box in boxes.items() if key in classes or key in near},
        frames=frames,
        flows=tuple(flow for flow in flows if {flow.source, flow.target} & classes.keys()),
        pools=after.pools if "nodes" in classes or "nodes" in near else (),
    )
    lines = [render_mermaid(shown).rstrip("\n")]
    lines += [f"  classDef {action} {style}" for action, style in _COLOURS.items() if action in classes.values()]
    lines += [f"  class {make_id(key)} {action}" for key, action in classes.items()]
    return "\n".join(lines) + "\n"


def _mark_components(comparison: Comparison) -> dict[str, Action]:
    """Return what happens to each component directly below the stack, and to each resource there, by URN."""
    found: dict[str, list[Change]] = {}
    for change in comparison.changes:
        plan = comparison.new if change.new is not None else comparison.old
        found.setdefault(_find_top(plan, change.urn), []).append(change)
    own = {change.urn for change in comparison.changes if change.urn in found or change.resource.parent in found}
    existing = {part.resource.urn for part in list_components(comparison.old)}
    remaining = {part.resource.urn for part in list_components(comparison.new)}
    marks: dict[str, Action] = {}
    for urn, changes in found.items():
        if all(change.action == "renamed" for change in changes):
            continue
        marks[urn] = _combine(change.action for change in changes)
        if marks[urn] == "replaced" and not any(
            change.action == "replaced" and change.urn in own for change in changes
        ):
            # Only a part of a nested component, such as a private endpoint, is replaced.
            marks[urn] = "changed"
        if marks[urn] in ("added", "removed") and urn in existing and urn in remaining:
            marks[urn] = "changed"
    return marks


def _combine(actions: Iterable[Action]) -> Action:
    kinds = {*actions} - {"renamed", "same"}
    if "replaced" in kinds:
        return "replaced"
    return kinds.pop() if len(kinds) == 1 else "changed"


def _find_top(plan: Plan, urn: str) -> str:
    """Return the URN of the outermost component around a resource, or of the resource if it has none."""
    known = {resource.urn: resource for resource in plan.resources}
    while (parent := known[urn].parent) in known:
        urn = str(parent)
    return urn
