"""Checks names of the Pulumi SDK that are not part of its public interface before they are used.

A release of the SDK may drop or change them. Without the check a run would then fail somewhere inside the SDK, or
record something else than the program asks for.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib.metadata import version
from operator import attrgetter
from typing import Any

# An owner, the dotted path below it, and what must be there: a value of a type, or a function with these parameters.
PrivateName = tuple[Any, str, type | tuple[str, ...]]


class SdkChangedError(RuntimeError):
    """The installed SDK lacks a private name, or has another thing under it; the message lists all of them."""


def require(names: Iterable[PrivateName]) -> None:
    """Raise SdkChangedError unless the installed SDK has every name in its expected shape."""
    problems = [problem for problem in (_find_problem(*name) for name in names) if problem]
    if problems:
        raise SdkChangedError(
            f"dry runs do not work with pulumi {version('pulumi')}: {'; '.join(problems)}. Install the release that "
            "requirements.txt pins, or adapt the modules in dryrun/ that use these names"
        )


def _find_problem(owner: Any, path: str, shape: type | tuple[str, ...]) -> str | None:
    name = f"{getattr(owner, '__name__', type(owner).__name__)}.{path}"
    try:
        value = attrgetter(path)(owner)
    except AttributeError:
        return f"{name} is missing"
    if isinstance(shape, type):
        return None if isinstance(value, shape) else f"{name} is not of type {shape.__name__}"
    if not callable(value):
        return f"{name} is not a function"
    missing = [parameter for parameter in shape if parameter not in inspect.signature(value).parameters]
    return f"{name} does not take {', '.join(missing)}" if missing else None
