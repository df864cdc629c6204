"""Warns about the environments of a stack file: only the Pulumi CLI resolves them, so their values are missing here."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .checker import PLAIN_KEYS, SECRET_KEYS, SECTIONS
from .location import LOCATION
from .problems import NAMESPACE


def describe_environments(environment: Any, config: Mapping[str, str]) -> str | None:
    """Return the warning about the `environment` of a stack file; None if the file has none.

    The warning names the environments, and every key that the file leaves out, because the environments may set that
    key. A key in the file overrides the environments' key. Sections that both set are merged.
    """
    if not environment:
        return None
    known = [LOCATION, *(f"{NAMESPACE}:{key}" for key in (*SECTIONS, *SECRET_KEYS, *PLAIN_KEYS))]
    absent = [key for key in known if not config.get(key)]
    named = f" ({', '.join(names)})" if (names := _names(environment)) else ""
    return (
        f"environment: the environments{named} are not resolved here, only by the Pulumi CLI; what they set is "
        f"missing, which may be any of {', '.join(absent)}, and parts of the sections that this file has"
    )


def _names(environment: Any) -> list[str]:
    """Return the names of the environments, from a list or an inline definition, whose own values have no name."""
    inline = environment.get("values") if isinstance(environment, dict) else None
    items = environment.get("imports") if isinstance(environment, dict) else environment
    listed = items if isinstance(items, list) else [items] if items else []
    names = [str(next(iter(item), "") if isinstance(item, dict) else item) for item in listed]
    return [*names, *(["its own values"] if inline else [])]
