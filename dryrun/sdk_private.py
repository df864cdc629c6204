"""Checks that names outside the Pulumi SDK's public interface exist, before the dry run uses them.

A release of the SDK may drop or change these names. A run would then fail inside the SDK, or record wrong values.
"""

from __future__ import annotations

import inspect
from collections.abc import Iterable
from importlib.metadata import version
from operator import attrgetter
from typing import Any

# An owner, a dotted path below it, and the required shape: the type of a value, or the parameters of a function.
PrivateName = tuple[Any, str, type | tuple[str, ...]]


class SdkChangedError(RuntimeError):
    """The installed SDK lacks private names, or has changed them; the message lists all of them."""


def require(names: Iterable[PrivateName]) -> None:
    """Raise SdkChangedError unless the installed SDK has every name in its expected shape."""
    if problems := [problem for name in names if (problem := _find_problem(*name))]:
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
