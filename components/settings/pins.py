"""Reads the charts and images that charts/pins.yaml pins."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from .base import Section
from .yaml_files import load_yaml

PINS_FILE = Path(__file__).resolve().parents[2] / "charts" / "pins.yaml"
# What a text must look like, by the name of its key.
_FORMS = {
    "digest": "must be sha256: and 64 hexadecimal digits in lower case; `make pins` looks it up",
    "sha256": "must be 64 hexadecimal digits in lower case; `make pins` looks it up",
    "source": "must be a registry and a repository, for example docker.io/apache/airflow",
    "tag": "must be an image tag: letters, digits, dots, dashes and underscores",
}


class Image(Section):
    """A container image: its public repository, tag and digest."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]+(/[a-z0-9._-]+)+$")]
    tag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")]
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None

    @property
    def source_registry(self) -> str:
        """The public registry of the image, for example docker.io."""
        return self.source.partition("/")[0]

    @property
    def repository(self) -> str:
        """Its repository in the public and in the stack's registry, for example apache/airflow."""
        return self.source.partition("/")[2]

    @property
    def version(self) -> str:
        """Its tag without a Python suffix: the version of an image of Airflow."""
        return self.tag.partition("-python")[0]

    @property
    def target(self) -> str:
        """Repository and tag in the stack's registry."""
        return f"{self.repository}:{self.tag}"

    @property
    def pull_tag(self) -> str:
        """What follows the repository in a pod's image reference: the tag, and the digest if one is pinned."""
        return f"{self.tag}@{self.digest}" if self.digest else self.tag


class Chart(Section):
    """A Helm chart."""

    name: str
    repository: str
    version: str
    # Of its package. `make charts` compares it; Helm itself takes no digest.
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Addon(Section):
    """A Helm chart and the images of its pods."""

    chart: Chart
    images: dict[str, Image]


class ReleaseLine(Addon):
    """An Airflow release line: its chart and images."""

    end_of_life: datetime.date | None = Field(None, description="The day on which its support ends.")
    patches: dict[str, Image] = Field({}, description="Airflow's images of other patches, by version.")

    @field_validator("patches")
    @classmethod
    def _other_patches_of_the_line(cls, patches: dict[str, Image], info: ValidationInfo) -> dict[str, Image]:
        current = info.data.get("images", {}).get("airflow")
        for version, image in patches.items():
            if image.version != version:
                raise ValueError(f"the tag of {version!r} must be that version (is {image.tag!r})")
            if current is not None and version == current.version:
                raise ValueError(f"{version!r} is images.airflow already: remove it here")
            if current is not None and version.split(".")[:2] != current.version.split(".")[:2]:
                raise ValueError(f"{version!r} belongs to another release line than {current.version!r}")
        return patches

    @property
    def version(self) -> str:
        """The Airflow version."""
        return self.images["airflow"].version

    @property
    def versions(self) -> tuple[str, ...]:
        """Every pinned patch; the first is the default."""
        return (self.version, *self.patches)

    def at(self, patch: str | None) -> ReleaseLine:
        """Return the line with the image of a patch; None, or a patch without an image, leaves the line unchanged."""
        if patch not in self.patches:
            return self
        return self.model_copy(update={"images": {**self.images, "airflow": self.patches[patch]}})


class Tools(Section):
    """Images that no pod runs: the build of the customized image copies files from them."""

    images: dict[str, Image] = Field({}, description="By the tool's name.")


class RemotePods(Section):
    """Images of containers that operators add to pods in other clusters; without remote clusters, none is needed."""

    images: dict[str, Image] = Field({}, description="By the container's name.")


class Pins(Section):
    """The whole of charts/pins.yaml."""

    airflow: dict[str, ReleaseLine]
    external_secrets: Addon
    remote_clusters: RemotePods = RemotePods()
    tools: Tools = Tools()


def load_pins(path: Path | None = None) -> Pins:
    """Read the pins of a file, or those of charts/pins.yaml.

    Raises:
        pulumi.RunError: one message with every problem of the file, each with its path.

    """
    return load_yaml(path or PINS_FILE, Pins, "charts/pins.yaml", _FORMS)
