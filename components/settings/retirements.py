"""Reads charts/retirements.yaml: the days on which what a stack may use loses its support, and who says so."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from pydantic import Field, StringConstraints, model_validator

from .base import Section
from .program_yaml import load_yaml

RETIREMENTS_FILE = Path(__file__).resolve().parents[2] / "charts" / "retirements.yaml"
_NAME: Final = "charts/retirements.yaml"
_FORMS: Final = {
    "address": "must be the address of a page, for example https://example.com/versions",
    "before": "must be the date of an API version, for example 2026-02-01",
}
Text = Annotated[str, StringConstraints(min_length=1)]


class Source(Section):
    """A public page that gives dates, and the day of the content that was read."""

    title: Text
    address: Annotated[str, StringConstraints(pattern=r"^https://[^\s/]+\.[^\s/]+(/\S*)?$")]
    read: datetime.date


class Retirement(Section):
    """The last day of support, the page that gives it, by its key, and what to use instead (None: the newest)."""

    date: datetime.date
    source: Text
    move_to: Text | None = None


class KubernetesRetirement(Retirement):
    """The last days of support of a minor version: on the tiers Free and Standard, and with long-term support."""

    long_term_date: datetime.date


class ApiRetirement(Retirement):
    """The last day of the versions of an API before a date; `section` of the stack file creates what they serve."""

    before: datetime.date
    section: Text


class Retirements(Section):
    """The content of charts/retirements.yaml. The field's alias is the kind in the name of a retirement."""

    sources: dict[Text, Source]
    kubernetes: dict[Text, KubernetesRetirement] = Field({}, description="By minor version.")
    node_images: dict[Text, Retirement] = Field({}, description="By operating system and version.")
    airflow: dict[Text, Retirement] = Field({}, description="By release line.")
    postgresql: dict[Text, Retirement] = Field({}, description="By major version.")
    charts: dict[Text, Retirement] = Field({}, description="By the chart's name and minor version.")
    azure_apis: dict[Text, ApiRetirement] = Field({}, description="By module and class of pulumi-azure-native.")

    @model_validator(mode="after")
    def _names_its_sources(self) -> Retirements:
        for name, retirement in self.named():
            if retirement.source not in self.sources:
                raise ValueError(f"{name}: its source {retirement.source!r} is not under sources")
        unused = sorted(set(self.sources) - {retirement.source for _, retirement in self.named()})
        if unused:
            raise ValueError(f"sources.{unused[0]}: no entry names it")
        return self

    def named(self) -> Iterator[tuple[str, Retirement]]:
        """Yield each retirement with its name, for example `kubernetes 1.33`."""
        for kind in ("kubernetes", "node_images", "airflow", "postgresql", "charts", "azure_apis"):
            for key, retirement in getattr(self, kind).items():
                yield retirement_name(kind, key), retirement


_KINDS: Final = {"node_images": "nodeImage", "charts": "chart", "azure_apis": "azureApi"}


def retirement_name(kind: str, key: str) -> str:
    """Return the name of a retirement in a stack file, for example `kubernetes 1.33` or `nodeImage Ubuntu 22.04`."""
    return f"{_KINDS.get(kind, kind)} {key}"


def load_retirements(path: Path | None = None) -> Retirements:
    """Read the retirements from a file, by default charts/retirements.yaml.

    Raises:
        pulumi.RunError: the file is wrong; the message lists every problem with its path.

    """
    return load_yaml(path or RETIREMENTS_FILE, Retirements, _NAME, _FORMS)
