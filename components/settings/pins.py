"""The charts and images of charts/pins.yaml."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import Annotated

import yaml
from pulumi import RunError
from pydantic import Field, StringConstraints, ValidationError
from pydantic_core import ErrorDetails

from .base import Section

PINS_FILE = Path(__file__).resolve().parents[2] / "charts" / "pins.yaml"
# What a text must look like, by the name of its key.
_FORMS = {
    "digest": "must be sha256: and 64 hexadecimal digits in lower case; `make pins` looks it up",
    "sha256": "must be 64 hexadecimal digits in lower case; `make pins` looks it up",
    "source": "must be a registry and a repository, for example docker.io/apache/airflow",
    "tag": "must be an image tag: letters, digits, dots, dashes and underscores",
}
_EXPECTED = {"extra_forbidden": "unknown key", "missing": "is required", "string_type": "must be text, in quotes"}


class Image(Section):
    """An image: where it comes from, and which one."""

    source: Annotated[str, StringConstraints(pattern=r"^[a-z0-9.-]+\.[a-z]+(/[a-z0-9._-]+)+$")]
    tag: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$")]
    digest: Annotated[str, StringConstraints(pattern=r"^sha256:[0-9a-f]{64}$")] | None = None

    @property
    def source_registry(self) -> str:
        """The registry that it comes from, for example docker.io."""
        return self.source.partition("/")[0]

    @property
    def repository(self) -> str:
        """Its repository, there and in the stack's registry, for example apache/airflow."""
        return self.source.partition("/")[2]

    @property
    def target(self) -> str:
        """Repository and tag in the stack's registry."""
        return f"{self.repository}:{self.tag}"

    @property
    def pull_tag(self) -> str:
        """What pods ask for behind the repository: the tag, and the digest when it is pinned."""
        return f"{self.tag}@{self.digest}" if self.digest else self.tag


class Chart(Section):
    """A Helm chart."""

    name: str
    repository: str
    version: str
    # Of its package. `make charts` compares it; Helm itself takes no digest.
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")] | None = None


class Addon(Section):
    """A chart with the images that it runs."""

    chart: Chart
    images: dict[str, Image]


class ReleaseLine(Addon):
    """One Airflow release line."""

    end_of_life: datetime.date | None = Field(None, description="The day its support ends.")

    @property
    def version(self) -> str:
        """The Airflow version: the image's tag without a Python suffix."""
        return self.images["airflow"].tag.partition("-python")[0]


class Tools(Section):
    """Images that no pod runs: the customized image takes files from them."""

    images: dict[str, Image] = Field({}, description="By the tool's name.")


class Pins(Section):
    """The whole file."""

    airflow: dict[str, ReleaseLine]
    external_secrets: Addon
    tools: Tools = Tools()


def load_pins(path: Path = PINS_FILE) -> Pins:
    """Read the pins.

    Raises:
        pulumi.RunError: one message with every problem of the file, each by its path in it.

    """
    try:
        # With libyaml where it is there: this is a tenth of a program's own time.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe
        return Pins.model_validate(content, strict=False)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RunError(f"charts/pins.yaml cannot be read: {' '.join(str(error).split())}") from error
    except ValidationError as error:
        details = error.errors(include_url=False)
        count = "1 problem" if len(details) == 1 else f"{len(details)} problems"
        raise RunError(
            "\n".join((f"{count} in charts/pins.yaml:", *(f"  {_problem(one)}" for one in details)))
        ) from error


def _problem(detail: ErrorDetails) -> str:
    """`airflow."3.3".images.statsd.digest: must be ...`, with the value where it is text."""
    # A release line has a dot in its name, and quotes in the file.
    parts = [f'"{part}"' if "." in str(part) else str(part) for part in detail["loc"] if part != "[key]"]
    path = ".".join(parts) or "the file"
    kind, given = detail["type"], detail["input"]
    if kind == "string_pattern_mismatch":
        message = f"{_FORMS[parts[-1]]} (is {given!r})"
    else:
        message = _EXPECTED.get(kind, detail["msg"])
    return f"{path}: {message}"
