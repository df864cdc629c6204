"""Rules that exist only because the program also supports Airflow 2; remove them with components/airflow/airflow_2."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from components.airflow.airflow_2.settings import knows_several_executors, other_line, settings_unknown_to
from components.airflow.executors import several_executors
from components.airflow.release_lines import family_of
from components.settings import nested
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# The number of parts in the path of a section of airflow.cfg, for example airflow.config.api.
_SECTION_PARTS: Final = 3


def settings_of_the_line(context: Context) -> Iterator[Problem]:
    """Refuse a setting that the release line would ignore, and name a release line that knows it."""
    settings = context.settings
    release, pinned = settings.airflow.release, settings.pins.airflow
    if release not in pinned:
        return
    line = family_of(release)
    other = other_line(line)
    known_by = " and ".join(sorted(name for name in pinned if family_of(name) is other)) or other.title
    content = settings.model_dump(by_alias=True, include={"airflow", "dags"}, warnings=False)
    for unknown in settings_unknown_to(line):
        for path in (path.split(".") for path in unknown.paths):
            value = nested.get(content, path, nested.MISSING)
            given = [(path, value)] if value is not nested.MISSING and unknown.value in (None, value) else []
            for place, shown in (*given, *_variables(settings.airflow.environment, path)):
                yield Problem(
                    path=key_path(*place),
                    message=f"{_shown(shown)}is for {known_by}, and {key_path('airflow', 'release')} is {release}: "
                    f"{unknown.instead}",
                )


def _variables(environment: Mapping[str, str], path: Sequence[str]) -> Iterator[tuple[Sequence[str], Any]]:
    """Yield the environment variables that set an option of airflow.cfg, or any option of a section."""
    if path[:2] != ["airflow", "config"]:
        return
    prefix = "__".join(("AIRFLOW", *path[2:])).upper()
    for name in environment:
        if name == prefix or (len(path) == _SECTION_PARTS and name.startswith(f"{prefix}__")):
            yield ("airflow", "environment", name), {}


def _shown(value: Any) -> str:
    """Return a value as the beginning of a message; an empty text for a mapping."""
    return "" if isinstance(value, Mapping) else f"{value!r} "


def release_knows_the_executor(context: Context) -> Iterator[Problem]:
    """Refuse two executors at once on a release line that runs only one."""
    airflow, lines = context.settings.airflow, context.settings.pins.airflow
    if airflow.release not in lines or not several_executors(airflow.executor):
        return
    if not knows_several_executors(airflow.release):
        able = ", ".join(sorted(line for line in lines if knows_several_executors(line)))
        yield Problem(
            path=key_path("airflow", "executor"),
            message=f"{airflow.executor} is two executors, and Airflow {airflow.release} runs one at a time: choose "
            f"one of them, or set {key_path('airflow', 'release')} to {able}",
        )


def database_was_tested_with_the_line(context: Context) -> Iterator[Problem]:
    """Warn about a version of PostgreSQL that is newer than the versions that the release line was tested with."""
    settings = context.settings
    newest = family_of(settings.airflow.release).newest_postgresql
    if newest is not None and int(settings.database.version) > newest:
        yield Problem(
            path=key_path("database", "version"),
            message=f"{settings.database.version} is newer than {newest}, the last that Airflow "
            f"{settings.airflow.release} was tested with; move to a newer {key_path('airflow', 'release')} soon",
        )


RELEASE_LINE_ERRORS: tuple[Rule, ...] = (settings_of_the_line, release_knows_the_executor)
RELEASE_LINE_WARNINGS: tuple[Rule, ...] = (database_was_tested_with_the_line,)
