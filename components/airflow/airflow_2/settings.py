"""The settings that only Airflow 2 or only Airflow 3 knows, from settings.yaml and the charts' top-level keys."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final

from pydantic import StringConstraints

from components.airflow.line_family import LineFamily
from components.airflow.owned.table import owned_by
from components.airflow.release_lines import AIRFLOW_3
from components.settings.base import Section
from components.settings.program_yaml import load_yaml

from .line import AIRFLOW_2

SETTINGS_FILE: Final = Path(__file__).with_name("settings.yaml")
# The first release line that runs several executors at once. Source: "Using multiple executors concurrently".
_SEVERAL_EXECUTORS_SINCE: Final = (2, 11)
_FORMS: Final = {"paths": "must be a path below airflow or dags, for example airflow.config.api.host"}


class OneLineSettings(Section):
    """Settings that only Airflow 2 or only Airflow 3 knows, and the replacement in the other one, `instead`.

    `value`: if set, both know the setting, but only one of them accepts this value.
    """

    instead: str
    value: int | str | None = None
    paths: tuple[Annotated[str, StringConstraints(pattern=r"^(airflow|dags)(\.\w+)+$")], ...]


class SettingsTable(Section):
    """The content of settings.yaml. `older`: settings of Airflow 2 only. `newer`: settings of Airflow 3 only."""

    older: tuple[OneLineSettings, ...]
    newer: tuple[OneLineSettings, ...]


@functools.cache
def load_settings(file: Path = SETTINGS_FILE) -> SettingsTable:
    """Read settings.yaml.

    Raises:
        pulumi.RunError: the file is wrong; the message lists every problem with its path.

    """
    return load_yaml(file, SettingsTable, f"components/airflow/airflow_2/{file.name}", _FORMS)


def settings_unknown_to(line: LineFamily) -> Iterator[OneLineSettings]:
    """Yield the settings that this generation of Airflow does not know, but the other one does."""
    other = other_line(line)
    yield from load_settings().older if other is AIRFLOW_2 else load_settings().newer
    for key in owned_by(other).chart_keys:
        if key not in owned_by(line).chart_keys:
            instead = f"the UI is {line.ui}" if key == other.ui else "the chart has no such key"
            yield OneLineSettings(instead=instead, paths=(f"airflow.values.{key}",))


def other_line(line: LineFamily) -> LineFamily:
    """Return Airflow 3 for Airflow 2, and Airflow 2 for Airflow 3."""
    return AIRFLOW_3 if line is AIRFLOW_2 else AIRFLOW_2


def knows_several_executors(release: str) -> bool:
    """Whether a release line of Airflow, for example `3.3`, runs more than one executor at once."""
    return tuple(int(number) for number in release.split(".")) >= _SEVERAL_EXECUTORS_SINCE
