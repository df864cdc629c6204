"""The import of images into the stack's registry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions, RunError
from pulumi.dynamic import Resource

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.pins import Image
from components.settings.registry_section import RegistrySettings

from .image_import_provider import ImageImportProvider


@dataclass(frozen=True, kw_only=True)
class ImageImportsArgs:
    """What ImageImports needs: the images, the registry that imports them, and the name that pods pull from.

    The registry is in its own subscription and resource group, which need not be the stack's.

    `pull_server` is the login server as an output that depends on the nodes' right to pull. So the image references
    depend on that right too.
    """

    images: Mapping[str, Image]
    settings: RegistrySettings
    subscription_id: Input[str]
    resource_group_name: Input[str]
    registry_name: Input[str]
    login_server: Input[str]
    pull_server: Input[str]


class ImageImport(Resource, module="airflow-aks", name="ImageImport"):
    """One image in the registry. Another tag updates the resource in place; deleting the resource leaves the image."""

    imported_digest: Output[str | None]

    def __init__(self, name: str, props: dict[str, Any], opts: ResourceOptions | None = None) -> None:
        super().__init__(ImageImportProvider(), name, {**props, "imported_digest": None}, opts)

    def translate_output_property(self, prop: str) -> str:
        """Give the provider's only output its Python name."""
        return "imported_digest" if prop == "importedDigest" else prop


class ImageImports(ComponentResource):
    """One import for each distinct image.

    Azure copies the image between the registries, so the deployer needs no connection to either. Each reference depends
    on its own image's import only, so that a Helm release does not wait for other images. The reference depends on the
    import's id, which does not change with the tag, so that a preview shows the new reference, not an unknown value.
    """

    references: dict[str, Output[str]]
    digests: Output[dict[str, str | None]]

    def __init__(self, name: str, args: ImageImportsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:ImageImports", name, None, opts)
        owners = find_import_owners(args.images)
        imports = {key: self._import_image(name, key, args) for key in dict.fromkeys(owners.values())}
        place = args.settings.place
        self.references = {
            key: make_depend_on(
                Output.concat(args.pull_server, f"/{place(image.repository)}:{image.pull_tag}"), imports[owners[key]].id
            )
            for key, image in args.images.items()
        }
        digests = {place(args.images[key].target): imported.imported_digest for key, imported in imports.items()}
        # The provider returns an empty digest if it cannot read the registry.
        self.digests = Output.all(digests).apply(
            lambda resolved: {target: digest or None for target, digest in resolved[0].items()}
        )
        register_annotated_outputs(self)

    def _import_image(self, name: str, key: str, args: ImageImportsArgs) -> ImageImport:
        image, prefix = args.images[key], args.settings.prefix
        return ImageImport(
            f"{name}-{_kebab(key)}",
            {
                "subscriptionId": args.subscription_id,
                "resourceGroupName": args.resource_group_name,
                "registryName": args.registry_name,
                "loginServer": args.login_server,
                "image": key,
                "sourceRegistry": image.source_registry,
                "sourceRepository": image.repository,
                "tag": image.tag,
                "digest": image.digest,
                # Without a prefix, the repository is that of the source, and no state of older stacks changes.
                **({"targetRepository": args.settings.place(image.repository)} if prefix else {}),
            },
            ResourceOptions(parent=self),
        )


def find_import_owners(images: Mapping[str, Image]) -> dict[str, str]:
    """Map each key to the first key with the same image; both share one import.

    Raises RunError when two keys would put different images under one name in the registry.
    """
    first: dict[str, str] = {}
    for key, image in images.items():
        owner = first.setdefault(image.target, key)
        if images[owner] != image:
            raise RunError(
                f"charts/pins.yaml: images {owner} and {key} are both {image.target} in the registry, but differ in "
                "source or digest; give both the same, or another tag"
            )
    return {key: first[image.target] for key, image in images.items()}


def _kebab(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", key).lower()
