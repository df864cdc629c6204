"""Rules for the physical names of a stack: they fit Azure's limits, differ, and are free in all of Azure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from typing import Final

from pydantic.alias_generators import to_camel

from components.azure.log_storage_plan import is_premium
from components.settings.model import Settings
from components.settings.name_types import NAME_TYPES, OTHER_NAME_TYPES
from components.settings.names import MAX_PREFIX_AND_STACK, existing_names, name_form, physical_names
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_PATTERN: Final = key_path("naming", "pattern")
# Names of resources of one type in one resource group or, for storage accounts and groups, one subscription.
_ALIKE: Final = (
    ("resource_group", "node_resource_group"),
    ("storage_account", "file_storage_account"),
    tuple(key for key in NAME_TYPES if key.endswith("_identity")),
)


def names_fit(context: Context) -> Iterator[Problem]:
    """Prefix and stack are short enough to stay readable in names of 24 characters."""
    settings = context.settings
    length = len(settings.naming.prefix) + len(settings.stack)
    if length > MAX_PREFIX_AND_STACK:
        yield Problem(
            path=key_path("naming", "prefix"),
            message=f"has {len(settings.naming.prefix)} characters, and the stack's name {settings.stack!r} has "
            f"{len(settings.stack)}: together they must have at most {MAX_PREFIX_AND_STACK}, so that every name fits "
            "Azure's limits; shorten the prefix or the stack's name",
        )


def names_of_the_pattern_fit(context: Context) -> Iterator[Problem]:
    """Each name that the pattern makes is one that Azure accepts."""
    settings = context.settings
    if settings.naming.pattern is None:
        return
    for key in _names_of_the_pattern(settings):
        kind, shown = NAME_TYPES[key], name_form(settings, key).shown
        name = shown.replace("<suffix>", "0" * 6)
        if not kind.accepts(name):
            yield Problem(
                path=_PATTERN,
                message=f"gives the {kind.resource} the name {shown} ({len(name)} characters), which must be "
                f"{kind.requirement}: change the pattern, or set {_name_path(key)}",
            )
    names = physical_names(settings, settings.naming.suffix or "0" * 6)
    for kind in dict.fromkeys(OTHER_NAME_TYPES.values()):
        name = names.by_pattern(kind.abbreviation, kind.ending)
        if not kind.accepts(name):
            yield Problem(
                path=_PATTERN,
                message=f"gives the {kind.resource} names such as {name} ({len(name)} characters), which must be "
                f"{kind.requirement}: change the pattern",
            )


def names_differ(context: Context) -> Iterator[Problem]:
    """Resources of one type have different names. Azure ignores case."""
    settings = context.settings
    names, chosen = asdict(physical_names(settings, "0" * 6)), settings.naming.names.chosen
    for keys in _ALIKE:
        seen: dict[str, str] = {}
        # The names that the stack file sets come last, so that the problem is theirs.
        for key in sorted(keys, key=lambda key: key in chosen):
            other = seen.setdefault(names[key].lower(), key)
            if other != key:
                yield Problem(
                    path=_name_path(key),
                    message=f"is {names[key]}, which is the name of the {NAME_TYPES[other].resource} too: each needs a "
                    "name of its own",
                )


def names_are_of_the_stack(context: Context) -> Iterator[Problem]:
    """A stack without Airflow names nothing that only Airflow needs. Other names may wait for their resources."""
    settings = context.settings
    for key in () if settings.has_airflow else settings.naming.names.chosen:
        if NAME_TYPES[key].of_airflow:
            yield Problem(
                path=_name_path(key),
                message=f"is the name of the {NAME_TYPES[key].resource}, which a stack without Airflow does not have "
                f"({key_path('airflow')} is null): remove it",
            )


def names_of_the_pattern_are_unique(context: Context) -> Iterator[Problem]:
    """Warn about names that another company may have, because nothing in them is the stack's alone."""
    settings = context.settings
    pattern = settings.naming.pattern
    if pattern is None or "{suffix}" in pattern:
        return
    names = [key for key in _names_of_the_pattern(settings) if NAME_TYPES[key].unique]
    if names:
        shown = ", ".join(name_form(settings, key).shown for key in names)
        yield Problem(
            path=_PATTERN,
            message=f"has no {{suffix}}, and these names must be unique in all of Azure: {shown}; `make preflight "
            f"STACK={settings.stack}` asks whether they are free",
        )


def _names_of_the_pattern(settings: Settings) -> list[str]:
    """Return the names that the stack needs and the pattern makes, by their fields."""
    unused = {"database_zone", *existing_names(settings)}
    unused |= set() if is_premium(settings.logs.redundancy) else {"file_storage_account"}
    if settings.registry.existing_id is not None:
        unused.add("registry")
    return [
        key
        for key, kind in NAME_TYPES.items()
        if key not in unused
        and key not in settings.naming.names.chosen
        and (settings.has_airflow or not kind.of_airflow)
    ]


def _name_path(key: str) -> str:
    return key_path("naming", "names", to_camel(key))


NAMING_ERRORS: tuple[Rule, ...] = (
    names_fit,
    names_of_the_pattern_fit,
    names_differ,
    names_are_of_the_stack,
)
NAMING_WARNINGS: tuple[Rule, ...] = (names_of_the_pattern_are_unique,)
