"""The images of a plan: where each comes from, what pods ask for, and who asks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .plan import Plan, Resource

_IMPORT: Final = ":ImageImport"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image; one without a source stands in the stack's registry already, or is pulled from elsewhere."""

    name: str
    source: str | None
    tag: str
    digest: str | None
    reference: str
    users: tuple[str, ...]
    import_urn: str | None


def images(plan: Plan) -> tuple[Image, ...]:
    """Every image that is imported, then every other that a value or manifest names."""
    users = _users(plan)
    imported = [_imported(resource, users) for resource in plan.resources if resource.type.endswith(_IMPORT)]
    known = {image.reference for image in imported}
    return (*imported, *(_other(reference, names) for reference, names in users.items() if reference not in known))


def _imported(resource: Resource, users: Mapping[str, tuple[str, ...]]) -> Image:
    inputs = resource.inputs
    tag, digest = str(inputs.get("tag", "")), inputs.get("digest") or None
    repository = inputs.get("sourceRepository", "")
    reference = f"{inputs.get('loginServer', '')}/{repository}:{tag}" + (f"@{digest}" if digest else "")
    return Image(
        name=str(inputs.get("image", resource.name)),
        source=f"{inputs.get('sourceRegistry', '')}/{repository}",
        tag=tag,
        digest=digest,
        reference=reference,
        users=users.get(reference, ()),
        import_urn=resource.urn,
    )


def _other(reference: str, users: tuple[str, ...]) -> Image:
    whole, _, digest = reference.partition("@")
    repository, _, tag = whole.rpartition(":")
    name = repository.rpartition("/")[2]
    return Image(
        name=name, source=None, tag=tag, digest=digest or None, reference=reference, users=users, import_urn=None
    )


def _users(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Who names which image: releases in their values, manifests in their containers."""
    found: dict[str, list[str]] = {}
    for release in plan.releases:
        for reference in sorted(set(_in_values(release.inputs.get("values", {})))):
            found.setdefault(reference, []).append(f"release {release.inputs.get('name', release.name)}")
    for manifest in plan.manifests:
        for reference in sorted(set(_in_manifest(manifest.inputs))):
            name = manifest.outputs.get("metadata", {}).get("name", manifest.name)
            found.setdefault(reference, []).append(f"{manifest.inputs.get('kind')} {name}")
    return {reference: tuple(names) for reference, names in found.items()}


def _in_values(value: Any) -> Iterator[str]:
    """Charts split a reference into repository and tag; Airflow's has one more pair for its own image."""
    if isinstance(value, Mapping):
        for keys in (("repository", "tag"), ("defaultAirflowRepository", "defaultAirflowTag")):
            repository, tag = (value.get(key) for key in keys)
            if repository and tag and isinstance(repository, str) and isinstance(tag, str):
                yield f"{repository}:{tag}"
        for item in value.values():
            yield from _in_values(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _in_values(item)


def _in_manifest(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        image = value.get("image")
        if isinstance(image, str) and image:
            yield image
        for item in value.values():
            yield from _in_manifest(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _in_manifest(item)
