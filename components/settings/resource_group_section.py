"""The section of the stack file for the resource group."""

from __future__ import annotations

from typing import Any, Final

from pydantic import Field, field_validator

from .base import Section
from .name_types import NAME_TYPES

_TYPE: Final = NAME_TYPES["resource_group"]
_SCHEMA: Final[dict[str, Any]] = {
    "minLength": _TYPE.shortest,
    "maxLength": _TYPE.longest,
    "pattern": f"^{_TYPE.form}$",
}


class ResourceGroupSettings(Section):
    """The resource group that holds the stack: its own, or one that exists."""

    existing_name: str | None = Field(
        None,
        description="Name of a resource group that exists in the stack's subscription, instead of one of the stack's "
        "own: see docs/existing-services.md. Fixed at the first update.",
        json_schema_extra=_SCHEMA,
    )

    @field_validator("existing_name")
    @classmethod
    def _is_the_name_of_a_group(cls, name: str | None) -> str | None:
        if name is not None and not _TYPE.accepts(name):
            raise ValueError(
                f"must be the name of a resource group, not its id: {_TYPE.requirement} (is {name[:100]!r}, "
                f"{len(name)} characters)"
            )
        return name
