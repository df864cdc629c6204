"""What a change of the registry, or of the folder in it, means for the images."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.endpoints import REGISTRY_ZONE
from dryrun.plan import Plan, Resource

from .changes import Comparison, Consequence

_IMPORT: Final = ":ImageImport"
_ZONE: Final = "azure-native:privatedns:PrivateZone"


def list_moved_images(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what a move of the images needs before the update, and what it leaves behind."""
    before, after = _place(comparison.old), _place(comparison.new)
    if not before or not after or before == after:
        return
    yield Consequence(
        severity="note",
        text=f"pods pull their images from {after} instead of {before}: images are imported there first, but one that "
        "`make image` built must be built there before this update",
    )
    if before.partition("/")[0] == after.partition("/")[0]:
        yield Consequence(severity="note", text=f"the images in {before} stay there")
    elif any(_is_zone(change.resource) for change in comparison.of("removed")):
        yield Consequence(
            severity="stops",
            text=f"the stack's zone {REGISTRY_ZONE} goes last. If {after.partition('/')[0]} has a private endpoint, no "
            "node finds it until then, and the update waits in vain for pods: see docs/existing-services.md",
        )


def _is_zone(resource: Resource) -> bool:
    return resource.type == _ZONE and resource.inputs.get("privateZoneName") == REGISTRY_ZONE


def _place(plan: Plan) -> str:
    """Return the login server of the images, with their folder; empty without images."""
    inputs = next((resource.inputs for resource in plan.resources if resource.type.endswith(_IMPORT)), None)
    if inputs is None:
        return ""
    source = str(inputs["sourceRepository"])
    folder = str(inputs.get("targetRepository", source)).removesuffix(source).rstrip("/")
    return f"{inputs['loginServer']}/{folder}".rstrip("/")
