"""Reads the charts and images that charts/pins.yaml pins."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import Field, StringConstraints, field_validator
from pydantic_core.core_schema import ValidationInfo

from .base import Section
from .program_yaml import load_yaml

PINS_FILE = Path(__file__).resolve().parents[2] / "charts" / "pins.yaml"
# The required form of a text, by the name of its key.
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
        """The image's repository, the same in the public and in the stack's registry, for example apache/airflow."""
        return self.source.partition("/")[2]

    @property
    def version(self) -> str:
        """The tag without a Python suffix, which for an image of Airflow is Airflow's version."""
        return self.tag.partition("-python")[0]

    @property
    def target(self) -> str:
        """The image's repository and tag in the stack's registry."""
        return f"{self.repository}:{self.tag}"

    @property
    def pull_tag(self) -> str:
        """The end of a pod's image reference, after the repository: the tag, and the digest if one is pinned."""
        return f"{self.tag}@{self.digest}" if self.digest else self.tag


class Chart(Section):
    """A Helm chart."""

    name: str
    repository: str
    version: str
    # The digest of the chart's package. `make charts` compares it, because Helm itself takes no digest.
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Addon(Section):
    """A Helm chart and the images of its pods."""

    chart: Chart
    images: dict[str, Image]


class ReleaseLine(Addon):
    """An Airflow release line: its chart and images."""

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
        """Every pinned version; the first is the default."""
        return (self.version, *self.patches)

    def at(self, patch: str | None) -> ReleaseLine:
        """Return the line with the image of a patch. Without a patch, or without its image, the line is unchanged."""
        if patch not in self.patches:
            return self
        return self.model_copy(update={"images": {**self.images, "airflow": self.patches[patch]}})


class GatewayAddon(Addon):
    """The gateway's chart, and the chart of the same repository and version that has its CRDs alone."""

    crds: str

    @property
    def crds_chart(self) -> Chart:
        """The chart with the CRDs."""
        return Chart(name=self.crds, repository=self.chart.repository, version=self.chart.version)


class PodImages(Section):
    """Images of pods that the program creates itself, without a chart."""

    images: dict[str, Image]


class Tools(Section):
    """Images that no pod runs. The build of the customized image copies files from them."""

    images: dict[str, Image] = Field({}, description="By the tool's name.")


class RemotePods(Section):
    """Images of containers that operators add to pods in other clusters; without remote clusters, none is needed."""

    images: dict[str, Image] = Field({}, description="By the container's name.")


class Pins(Section):
    """The content of charts/pins.yaml."""

    airflow: dict[str, ReleaseLine]
    chaos: PodImages
    envoy_gateway: GatewayAddon
    cert_manager: Addon
    external_secrets: Addon
    gpu: PodImages
    remote_clusters: RemotePods = RemotePods()
    tools: Tools = Tools()


def load_pins(path: Path | None = None) -> Pins:
    """Read the pins from a file, by default charts/pins.yaml.

    Raises:
        pulumi.RunError: the file is wrong; the message lists every problem with its path.

    """
    return load_yaml(path or PINS_FILE, Pins, "charts/pins.yaml", _FORMS)
