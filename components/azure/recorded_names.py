"""Compares the physical names of a stack with those that it was made with, because Azure renames no resource."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import Final

from pydantic.alias_generators import to_camel

from components.settings.model import Settings
from components.settings.name_types import NAME_TYPES
from components.settings.names import physical_names
from components.settings.naming import NamesSettings

PATTERN: Final = "airflow-aks:naming.pattern"
NAMES: Final = "airflow-aks:naming.names"


def chosen_names(settings: Settings) -> dict[str, object]:
    """Return the pattern and the names of the stack file for the record, by path; nothing for what is not set."""
    names = settings.naming.names.model_dump(by_alias=True, exclude_none=True)
    values = {PATTERN: settings.naming.pattern, NAMES: names}
    return {path: value for path, value in values.items() if value}


def describe_changed_names(settings: Settings, recorded: Mapping[str, str], suffix: str, remedy: str) -> list[str]:
    """Return a line for each setting that gives resources other names than the stack was made with.

    A record without pattern or names is of a stack that set none, or that is older than these settings. Another pattern
    that makes the same names is no change. `remedy` ends each line.
    """
    naming = settings.naming
    pattern = json.loads(recorded.get(PATTERN, "null"))
    names = NamesSettings.model_validate(json.loads(recorded.get(NAMES, "{}")))
    was = settings.model_copy(update={"naming": naming.model_copy(update={"pattern": pattern, "names": names})})
    before, after = asdict(physical_names(was, suffix)), asdict(physical_names(settings, suffix))
    moved = [
        key
        for key, kind in NAME_TYPES.items()
        if before[key] != after[key] and (settings.has_airflow or not kind.of_airflow)
    ]
    chosen = [key for key in moved if names.chosen.get(key) != naming.names.chosen.get(key)]
    lines = [
        f"{NAMES}.{to_camel(key)}: {_say(naming.names.chosen.get(key))}, and the stack was made with {before[key]}: "
        f"the change would replace the {_describe(key, before[key])}. Set it to {before[key]}, {remedy}"
        for key in chosen
    ]
    formed = [_describe(key, before[key]) for key in moved if key not in chosen]
    if formed:
        back = f"Set it back to {pattern}" if pattern else "Remove it"
        lines.append(
            f"{PATTERN}: {_say(naming.pattern)}, and the stack was made with {pattern or 'none'}: the change would "
            f"replace the {', the '.join(formed)}. {back}, {remedy}"
        )
    return lines


def _say(value: str | None) -> str:
    return f"is {value}" if value else "is not set"


def _describe(key: str, name: str) -> str:
    """Return a resource with its name, and what goes with it."""
    kind = NAME_TYPES[key]
    text = f"{kind.resource} {name}"
    if key == "resource_group":
        return f"{text} with everything in it"
    return f"{text} (if the stack has one)" if kind.optional else text
