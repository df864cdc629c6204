"""Validates one section of a stack file, and returns the section without its wrong values."""

from __future__ import annotations

import json
from typing import Any, Final, NamedTuple

from pydantic import TypeAdapter, ValidationError

from .problems import NESTED_TOO_DEEPLY, Location, Problem, describe_errors, find_model, key_path, show_location

# Each level of nested validators needs one round. The models have fewer than five levels, so there is a margin.
_MOST_ROUNDS: Final = 20


class SectionResult(NamedTuple):
    """A section without its wrong values (None if nothing is left), and its problems.

    `moved`: the path prefixes of lists that lost an item, so that their indexes no longer match the file.
    """

    value: Any
    problems: list[Problem]
    moved: tuple[str, ...]


def validate_section(section: str, annotation: Any, text: str) -> SectionResult:
    """Validate a section by its annotation in StackFile; `text` is Pulumi's config value.

    Raises:
        RuntimeError: the rounds do not end, which is an error in the models.

    """
    try:
        return _validate(section, annotation, text)
    except RecursionError:
        return SectionResult(None, [Problem(path=key_path(section), message=NESTED_TOO_DEEPLY)], ())


def _validate(section: str, annotation: Any, text: str) -> SectionResult:
    """Validate a section in rounds.

    Some validators look at a whole list, or at two fields together. Pydantic runs them only when every item or field is
    valid by itself, so one pass does not find everything. Each round reports and removes the wrong values, and the next
    round validates the rest. The result is valid, as the rules across sections require.
    """
    adapter: TypeAdapter[Any] = TypeAdapter(annotation)
    model = find_model(annotation)
    problems: dict[str, Problem] = {}
    moved: tuple[str, ...] = ()
    data = _parse(text)
    for _ in range(_MOST_ROUNDS):
        try:
            # Validated as JSON, because the models are strict: pydantic accepts a list for a tuple from JSON, not from
            # Python.
            value = adapter.validate_json(json.dumps(data), strict=True, by_alias=True, by_name=False)
            return SectionResult(value, list(problems.values()), moved)
        except ValidationError as error:
            for problem in describe_errors(section, model, error):
                if not problem.path.startswith(moved):
                    problems.setdefault(problem.path, problem)
            wrong = {_find_existing(data, show_location(detail)) for detail in error.errors()}
        if () in wrong:
            return SectionResult(None, list(problems.values()), moved)
        _remove(data, wrong)
        moved += tuple(f"{key_path(section, *parents)}[" for *parents, last in wrong if isinstance(last, int))
    raise RuntimeError(f"{key_path(section)} is not valid after {_MOST_ROUNDS} rounds without its wrong values")


def _parse(text: str) -> Any:
    """Parse a config value: Pulumi passes objects, lists, numbers and booleans as JSON, and text as it is."""
    try:
        return json.loads(text)
    except ValueError:
        return text


def _find_existing(data: Any, location: Location) -> Location:
    """Return the longest part of a location that exists. For a missing key, that is the mapping that lacks the key."""
    for end, part in enumerate(location):
        try:
            data = data[part]
        except (KeyError, IndexError, TypeError):
            return location[:end]
    return location


def _remove(data: Any, locations: set[Location]) -> None:
    """Remove values from the back, so that no removal changes the location of another value."""
    for *parents, last in sorted(locations, reverse=True):
        parent = data
        for part in parents:
            parent = parent[part]
        del parent[last]
