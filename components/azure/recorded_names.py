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
MADE: Final = "the names in Azure"
_OTHERS: Final = "security groups, private endpoints, NAT gateway, data collection rule and alerts that the stack has"


def names_to_record(settings: Settings, suffix: str) -> dict[str, object]:
    """Return the pattern, the chosen names and every name; nothing if all names are the program's own."""
    pattern, chosen = settings.naming.pattern, settings.naming.names.chosen
    if pattern is None and not chosen:
        return {}
    made = asdict(physical_names(settings, suffix))
    if settings.registry.existing_id is not None:
        del made["registry"]
    return {PATTERN: pattern, NAMES: chosen, MADE: made}


def describe_changed_names(settings: Settings, recorded: Mapping[str, str], suffix: str, remedy: str) -> list[str]:
    """Return a line for each setting that gives resources other names than the stack was made with.

    A record without names is of a stack whose names are the program's own, or that is older than these settings.
    Another pattern with the same result is no change. `remedy` ends each line.
    """
    naming, chosen = settings.naming, settings.naming.names.chosen
    pattern, chosen_before = json.loads(recorded.get(PATTERN, "null")), json.loads(recorded.get(NAMES, "{}"))
    after = asdict(physical_names(settings, suffix))
    if MADE in recorded:
        before = json.loads(recorded[MADE])
    else:
        plain = naming.model_copy(update={"pattern": None, "names": NamesSettings()})
        before = asdict(physical_names(settings.model_copy(update={"naming": plain}), suffix))
    moved = [
        key
        for key, kind in NAME_TYPES.items()
        if before.get(key, after[key]) != after[key]
        and (settings.has_airflow or not kind.of_airflow)
        # A stack may take a registry that exists, and return to one of its own: docs/existing-services.md.
        and (key != "registry" or settings.registry.existing_id is None)
    ]
    formed_anew = before.get("pattern") != after["pattern"]
    by_pattern = [key for key in moved if formed_anew and chosen.get(key) == chosen_before.get(key)]
    lines = [
        f"{NAMES}.{to_camel(key)}: {_say(chosen.get(key))}, and the stack was made with {before[key]}: "
        f"the change would replace the {_describe(key, before[key])}. Set it to {before[key]}, {remedy}"
        for key in moved
        if key not in by_pattern
    ]
    if formed_anew:
        back = f"Set it back to {pattern}" if pattern else "Remove it"
        replaced = ", the ".join((*(_describe(key, before[key]) for key in by_pattern), _OTHERS))
        lines.append(
            f"{PATTERN}: {_say(naming.pattern)}, and the stack was made {f'with {pattern}' if pattern else 'without'}: "
            f"the change would replace the {replaced}. {back}, {remedy}"
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
