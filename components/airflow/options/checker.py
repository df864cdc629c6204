"""Finds options in `airflow.config` and `airflow.environment` that the version of Airflow does not know."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Mapping
from typing import Final

from components.airflow.owned.checker import option_of

from .table import OPEN_SECTIONS, Options

# Options with these endings hold a command, or a name in a secrets backend, from which Airflow gets the value.
_SOURCES: Final = ("_cmd", "_secret")
_CUTOFF: Final = 0.7
Found = Iterator[tuple[str, str]]


def unknown_options(config: Mapping[str, Mapping[str, object]], options: Options) -> Found:
    """Find sections and options of `airflow.config` that the version does not know, each with its path."""
    for section, given in config.items():
        if not _known_section(section, options):
            yield section, _unknown_section(section, options)
            continue
        for option in given:
            if (message := _describe(section, option, options)) is not None:
                yield f"{section}.{option}", message


def unknown_variables(environment: Iterable[str], options: Options) -> Found:
    """Find variables of `airflow.environment` that set an option unknown to the version, each with its name."""
    for name in environment:
        section, option = option_of(name)
        if not section:
            continue
        if not _known_section(section, options):
            yield name, _unknown_section(section, options)
        elif (message := _describe(section, option, options)) is not None:
            yield name, message


def _known_section(section: str, options: Options) -> bool:
    """Return whether a section exists or existed earlier. If so, each of its options gets its own message."""
    old = (place.rpartition(".")[0] for place in (*options.moved, *options.removed))
    return section in options.sections or section in OPEN_SECTIONS or section in old


def _unknown_section(section: str, options: Options) -> str:
    near = difflib.get_close_matches(section, options.sections, n=1, cutoff=_CUTOFF)
    hint = f"did you mean {near[0]}?" if near else "nothing reads it, unless a package in your image does"
    return f"Airflow {options.version} has no section {section}; {hint}"


def _describe(section: str, option: str, options: Options) -> str | None:
    """Return the message for an option that the version does not know; None if the version knows it."""
    known = options.sections.get(section, {})
    base = next((option.removesuffix(end) for end in _SOURCES if option.endswith(end)), option)
    if option in known or base in known or section in OPEN_SECTIONS:
        return None
    place = f"{section}.{base}"
    if (new := options.moved.get(place)) is not None:
        ending = option.removeprefix(base)
        return f"moved in Airflow {options.version}: set airflow-aks:airflow.config.{new}{ending} instead"
    if place in options.removed:
        return f"Airflow {options.version} has removed this option: it has no effect"
    if (near := _nearest(section, base, options)) is not None:
        return f"Airflow {options.version} has no such option; did you mean {near}?"
    return f"Airflow {options.version} has no such option: nothing reads it, unless a package in your image does"


def _nearest(section: str, option: str, options: Options) -> str | None:
    """Return the option of the section with the most similar name, at its new place if it has moved.

    If no name is similar, return the option of the same name in another section.
    """
    there = dict.fromkeys(options.sections.get(section, {}))
    went = {old.rpartition(".")[2]: new for old, new in options.moved.items() if old.rpartition(".")[0] == section}
    if near := difflib.get_close_matches(option, [*there, *went], n=1, cutoff=_CUTOFF):
        return went.get(near[0], near[0])
    return next((f"{other}.{option}" for other, known in options.sections.items() if option in known), None)
