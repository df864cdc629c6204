"""The container images of a plan: their sources, the references that pods pull, and the resources that use them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from .plan import Plan, Resource

_IMPORT: Final = ":ImageImport"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image. `source` is None if the program does not import the image into the stack's registry."""

    name: str
    source: str | None
    tag: str
    digest: str | None
    reference: str
    users: tuple[str, ...]
    import_urn: str | None


def list_images(plan: Plan) -> tuple[Image, ...]:
    """Return the imported images, and then the other images that Helm values or manifests name."""
    users = _find_users(plan)
    imported = [_describe_import(resource, users) for resource in plan.resources if resource.type.endswith(_IMPORT)]
    known = {image.reference for image in imported}
    others = [_describe_other(reference, names) for reference, names in users.items() if reference not in known]
    return (*imported, *others)


def _describe_import(resource: Resource, users: Mapping[str, tuple[str, ...]]) -> Image:
    inputs = resource.inputs
    tag, digest = str(inputs.get("tag", "")), inputs.get("digest") or None
    repository = inputs.get("sourceRepository", "")
    target = inputs.get("targetRepository") or repository
    reference = f"{inputs.get('loginServer', '')}/{target}:{tag}" + (f"@{digest}" if digest else "")
    return Image(
        name=str(inputs.get("image", resource.name)),
        source=f"{inputs.get('sourceRegistry', '')}/{repository}",
        tag=tag,
        digest=digest,
        reference=reference,
        users=users.get(reference, ()),
        import_urn=resource.urn,
    )


def _describe_other(reference: str, users: tuple[str, ...]) -> Image:
    whole, _, digest = reference.partition("@")
    repository, _, tag = whole.rpartition(":")
    name = repository.rpartition("/")[2]
    return Image(
        name=name, source=None, tag=tag, digest=digest or None, reference=reference, users=users, import_urn=None
    )


def _find_users(plan: Plan) -> dict[str, tuple[str, ...]]:
    """Return the releases and manifests that use each image, by the image's reference."""
    found: dict[str, list[str]] = {}
    for release in plan.releases:
        for reference in sorted(set(_find_in_values(release.inputs.get("values", {})))):
            found.setdefault(reference, []).append(f"release {release.inputs.get('name', release.name)}")
    for manifest in plan.manifests:
        for reference in sorted(set(_find_in_manifest(manifest.inputs))):
            name = manifest.outputs.get("metadata", {}).get("name", manifest.name)
            found.setdefault(reference, []).append(f"{manifest.inputs.get('kind')} {name}")
    return {reference: tuple(names) for reference, names in found.items()}


def _find_in_values(value: Any) -> Iterator[str]:
    """Yield the images in Helm values, where repository and tag are two keys; the keys of Airflow's image differ."""
    if isinstance(value, Mapping):
        for keys in (("repository", "tag"), ("defaultAirflowRepository", "defaultAirflowTag")):
            repository, tag = (value.get(key) for key in keys)
            if repository and tag and isinstance(repository, str) and isinstance(tag, str):
                yield f"{repository}:{tag}"
        for item in value.values():
            yield from _find_in_values(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _find_in_values(item)


def _find_in_manifest(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        image = value.get("image")
        if isinstance(image, str) and image:
            yield image
        for item in value.values():
            yield from _find_in_manifest(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _find_in_manifest(item)
