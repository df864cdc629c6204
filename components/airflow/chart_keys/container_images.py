"""Checks whether the images of extra containers are in the stack's registry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.settings.names import NameForm

from .pod_limits import extra_containers

_REGISTRY_DOMAIN: Final = ".azurecr.io"
# A template that refers to an image in the chart's own values. The program sets those images, from the stack's
# registry.
_OF_THE_CHART: Final = re.compile(r"\{\{-? *(printf|include|\.Values\.(defaultAirflow|images\.))")
_OFFICIAL: Final = "library/"


def image_problems(values: Mapping[str, Any], registry: NameForm) -> Iterator[tuple[str, str]]:
    """Find images outside the stack's registry."""
    shown = registry.shown
    for path, container in extra_containers(values):
        image = container.get("image")
        if image is None:
            yield path, "must have an image, in the stack's registry"
        elif isinstance(image, str) and not _OF_THE_CHART.match(image):
            source = _full_name(image)
            host, _, repository = source.partition("/")
            name = host.removesuffix(_REGISTRY_DOMAIN)
            if host.endswith(_REGISTRY_DOMAIN) and registry.pattern.fullmatch(name):
                continue
            yield (
                f"{path}.image",
                f"{image} is not in the stack's registry: run `az acr import --name {shown} --source {source}`, and "
                f"write {shown}{_REGISTRY_DOMAIN}/{repository}; the output registryLoginServer names the registry",
            )


def _full_name(image: str) -> str:
    """Return an image with its registry and folder, as container runtimes complete it: docker.io/library/busybox."""
    first, slash, _ = image.partition("/")
    if slash and ("." in first or ":" in first or first == "localhost"):
        return image
    return f"docker.io/{image if slash else _OFFICIAL + image}"
