"""Reads the names that the program owns from charts/airflow/owned.yaml, as each release line's chart spells them."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Self

from pydantic import StringConstraints, field_validator, model_validator

from components.airflow.line_family import LineFamily
from components.settings.base import EachOnce, Section
from components.settings.program_yaml import load_yaml

_ROOT: Final = Path(__file__).resolve().parents[3]
OWNED_FILE: Final = _ROOT / "charts" / "airflow" / "owned.yaml"
_Text = Annotated[str, StringConstraints(min_length=1)]


def use_setting(setting: str) -> str:
    """Return the message that refuses a name whose value a setting decides."""
    return f"is owned by the program: use airflow-aks:{setting}"


def fixed_because(reason: str) -> str:
    """Return the message that refuses a name whose value no setting decides."""
    return f"is fixed by the program: {reason}"


class OwnedGroup(Section):
    """Names that the program owns for one reason: a setting to `use` instead, or why they are `fixed`."""

    use: _Text | None = None
    fixed: _Text | None = None
    names: tuple[_Text, ...]

    @model_validator(mode="after")
    def _has_one_reason(self) -> Self:
        if (self.use is None) == (self.fixed is None):
            raise ValueError("must have either use or fixed")
        return self

    @property
    def message(self) -> str:
        """The error for a user who sets one of the names."""
        return use_setting(self.use) if self.use else fixed_because(str(self.fixed))


class OwnedTable(Section):
    """The content of an owned.yaml: groups of values, keys, options and variables, and the chart's top-level keys."""

    values: tuple[OwnedGroup, ...] = ()
    keys: tuple[OwnedGroup, ...] = ()
    options: tuple[OwnedGroup, ...] = ()
    variables: tuple[OwnedGroup, ...] = ()
    chart_keys: Annotated[tuple[_Text, ...], EachOnce] = ()

    @field_validator("values", "keys", "options", "variables")
    @classmethod
    def _name_each_once(cls, groups: tuple[OwnedGroup, ...]) -> tuple[OwnedGroup, ...]:
        counted = Counter(name for group in groups for name in group.names)
        if twice := [name for name, count in counted.items() if count > 1]:
            raise ValueError(f"{', '.join(twice)} is listed twice")
        return groups

    @field_validator("options")
    @classmethod
    def _name_options_with_their_section(cls, groups: tuple[OwnedGroup, ...]) -> tuple[OwnedGroup, ...]:
        if wrong := [name for group in groups for name in group.names if name.count(".") != 1]:
            raise ValueError(f"must be section.option or section.* (is {', '.join(wrong)})")
        return groups


@dataclass(frozen=True, kw_only=True)
class Owned:
    """The names that the program owns on one release line. Each mapping is from a name to the message that refuses it.

    `values`: paths of chart values, each with everything below it. `keys`: keys of chart values, at any depth.
    `options`: section.option of airflow.cfg, or section.* for a whole section. `variables`: environment variables.
    `chart_keys`: every top-level key of the chart.
    """

    values: Mapping[str, str]
    keys: Mapping[str, str]
    options: Mapping[str, str]
    variables: Mapping[str, str]
    chart_keys: tuple[str, ...]


@functools.cache
def owned_by(line: LineFamily) -> Owned:
    """Read the names that the program owns on a release line.

    Raises:
        pulumi.RunError: a file has the wrong shape; the message names each problem with its path.

    """
    newest = _read(OWNED_FILE)
    own = _read(line.owned) if line.owned else OwnedTable()
    return Owned(
        values={
            # owned.yaml of the newest chart refuses `webserver` as a whole. A generation whose UI has this key skips
            # the entry.
            **{
                place: message
                for path, message in _messages(newest.values).items()
                if path != line.ui and (place := line.path(path)) is not None
            },
            **_messages(own.values),
        },
        keys=_messages(newest.keys),
        options=_messages(newest.options),
        variables=_messages(newest.variables),
        chart_keys=(*(key for key in newest.chart_keys if line.path(key) == key), *own.chart_keys),
    )


@functools.cache
def _read(file: Path) -> OwnedTable:
    return load_yaml(file, OwnedTable, file.relative_to(_ROOT).as_posix())


def _messages(groups: Sequence[OwnedGroup]) -> dict[str, str]:
    return {name: group.message for group in groups for name in group.names}
