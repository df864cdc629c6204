"""Which images a stack runs, and their import into the stack's own registry."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions, RunError
from pulumi.dynamic import Resource

from components.component_outputs import register_annotated_outputs
from components.settings.model import Settings
from components.settings.pins import Image

from .image_import_provider import ImageImportProvider

AIRFLOW = "airflow"
GIT_SYNC = "gitSync"
EXTERNAL_SECRETS = "externalSecrets"
_POOLER_IMAGES = ("pgbouncer", "pgbouncerExporter")


@dataclass(frozen=True, kw_only=True)
class ImageImportsArgs:
    """What ImageImports needs: the images, the registry that imports them, and the name that pods pull from.

    `pull_server` is the registry's login server too, but known only once the nodes may pull from it, so that whatever
    uses a reference waits for that right.
    """

    images: Mapping[str, Image]
    subscription_id: Input[str]
    resource_group_name: Input[str]
    registry_name: Input[str]
    login_server: Input[str]
    pull_server: Input[str]


class ImageImport(Resource, module="airflow-aks", name="ImageImport"):
    """One image in the registry. Another tag is imported in place; deleting it leaves the image."""

    imported_digest: Output[str | None]

    def __init__(self, name: str, props: dict[str, Any], opts: ResourceOptions | None = None) -> None:
        super().__init__(ImageImportProvider(), name, {**props, "imported_digest": None}, opts)

    def translate_output_property(self, prop: str) -> str:
        """Give the provider's one result a Python name."""
        return "imported_digest" if prop == "importedDigest" else prop


class ImageImports(ComponentResource):
    """One import for each distinct image.

    Azure copies from registry to registry, so the deployer needs no path to either. A reference depends on its own
    image's import only: a Helm release waits for its own images, not for all. It hangs on the import's id, which stays
    when a tag changes, so that previews show the new reference instead of an unknown.
    """

    references: dict[str, Output[str]]
    digests: Output[dict[str, str | None]]

    def __init__(self, name: str, args: ImageImportsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:ImageImports", name, None, opts)
        owners = import_owners(args.images)
        imports = {key: self._import(name, key, args) for key in dict.fromkeys(owners.values())}
        self.references = {
            key: Output.all(imports[owners[key]].id, args.pull_server).apply(partial(_reference, image))
            for key, image in args.images.items()
        }
        self.digests = Output.all(
            imports={args.images[key].target: made.imported_digest for key, made in imports.items()}
        ).apply(_known_digests)
        register_annotated_outputs(self)

    def _import(self, name: str, key: str, args: ImageImportsArgs) -> ImageImport:
        image = args.images[key]
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
            },
            ResourceOptions(parent=self),
        )


def import_owners(images: Mapping[str, Image]) -> dict[str, str]:
    """Map each key to the first key with the same image: the one whose import it shares.

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


def images_to_import(settings: Settings) -> dict[str, Image]:
    """Every image that some pod of the stack runs and that is not in its registry already, by its key in the pins."""
    images = dict(settings.release_line.images)
    if settings.airflow.image.tag is not None:
        del images[AIRFLOW]
    if settings.database.pooler != "pgbouncer":
        images = {key: image for key, image in images.items() if key not in _POOLER_IMAGES}
    if settings.dags.delivery != "gitSync":
        del images[GIT_SYNC]
    match settings.secrets.delivery:
        case "externalSecrets":
            images |= settings.pins.external_secrets.images
        case "csi":
            # The add-on brings its own, and the keeper runs Airflow's, which its nodes have anyway.
            pass
    return images


def secret_sync_image(
    settings: Settings, imported: Mapping[str, Output[str]], airflow_image: Output[str]
) -> Output[str]:
    """The image of what brings secrets into the cluster: the operator's, or Airflow's for the keeper."""
    match settings.secrets.delivery:
        case "externalSecrets":
            return imported[EXTERNAL_SECRETS]
        case "csi":
            return airflow_image


def stack_image(settings: Settings, imported: Mapping[str, Output[str]], pull_server: Input[str]) -> Output[str]:
    """The image of Airflow's own containers: the imported one, or `airflow.image`, already in the stack's registry."""
    image = settings.airflow.image
    if image.tag is None:
        return imported[AIRFLOW]
    repository = image.repository or settings.release_line.images[AIRFLOW].repository
    return Output.format("{0}/{1}:{2}", pull_server, repository, image.tag)


def _reference(image: Image, resolved: list[Any]) -> str:
    _, server = resolved
    return f"{server}/{image.repository}:{image.pull_tag}"


def _known_digests(resolved: dict[str, Any]) -> dict[str, str | None]:
    return {target: digest or None for target, digest in resolved["imports"].items()}


def _kebab(key: str) -> str:
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "-", key).lower()
