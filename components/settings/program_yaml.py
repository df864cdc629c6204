"""Reads the YAML files that belong to the program, and validates them against a model."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

import yaml
from pulumi import RunError
from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

Content = TypeVar("Content", bound=BaseModel)
_EXPECTED = {
    "extra_forbidden": "unknown key",
    "missing": "is required",
    "date_type": "must be a day, for example 2027-03-31",
    "date_from_datetime_parsing": "must be a day, for example 2027-03-31",
    "model_type": "must be a mapping of keys to values",
    "string_type": "must be text, in quotes",
    "tuple_type": "must be a list",
}


def load_yaml(path: Path, model: type[Content], name: str, forms: Mapping[str, str] | None = None) -> Content:
    """Read a file into its model. Errors call the file by `name`.

    `forms` maps the name of a key to the words with which an error describes the form that the key's text must have.

    Raises:
        pulumi.RunError: the file is wrong; the message lists every problem with its path.

    """
    try:
        # Uses libyaml, if it is installed, because a run reads several files and libyaml is much faster.
        loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=loader)  # noqa: S506 - both are safe
        return model.model_validate(content, strict=False)
    except ValidationError as error:
        details = error.errors(include_url=False)
        count = "1 problem" if len(details) == 1 else f"{len(details)} problems"
        problems = (f"  {_problem(detail, forms or {})}" for detail in details)
        raise RunError("\n".join((f"{count} in {name}:", *problems))) from error
    except (OSError, ValueError, yaml.YAMLError) as error:
        # A ValueError is a text that is not UTF-8, or a date that no calendar has, such as 2027-02-30.
        raise RunError(f"{name} cannot be read: {' '.join(str(error).split())}") from error


def _problem(detail: ErrorDetails, forms: Mapping[str, str]) -> str:
    """Return a problem as `airflow."3.3".images.statsd.digest: must be ...`, with the wrong value if it is text."""
    # The name of a release line has a dot, and the file has it in quotes.
    parts = [f'"{part}"' if "." in str(part) else str(part) for part in detail["loc"] if part != "[key]"]
    path = ".".join(parts) or "the file"
    kind, given = detail["type"], detail["input"]
    if kind == "string_pattern_mismatch":
        form = next((forms[part] for part in reversed(parts) if part in forms), "has the wrong form")
        message = f"{form} (is {given!r})"
    elif kind == "value_error":
        message = str(detail["ctx"]["error"])
    else:
        message = _EXPECTED.get(kind, detail["msg"])
    return f"{path}: {message}"
