"""The base class of the sections of a stack file, and the types that several sections use."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BaseModel, ConfigDict, StringConstraints
from pydantic.alias_generators import to_camel


class Section(BaseModel):
    """A part of the stack file: read-only, strict types, camelCase keys, and no unknown keys."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        extra="forbid",
        frozen=True,
        hide_input_in_errors=True,
        strict=True,
        validate_by_alias=True,
        validate_by_name=True,
        validate_default=True,
    )


def _ipv4_range(text: str) -> str:
    try:
        network = ipaddress.IPv4Network(text)
    except ValueError as error:
        raise ValueError("must be an IPv4 range in CIDR form, for example 203.0.113.0/24") from error
    return str(network)


def _each_once(items: tuple[Any, ...]) -> tuple[Any, ...]:
    seen: set[str] = set()
    for item in items:
        key = str(item).lower()
        if key in seen:
            raise ValueError(f"{item} is listed twice")
        seen.add(key)
    return items


# For lists without duplicates. Azure compares ids without regard to case, so "A" and "a" are duplicates.
EachOnce = AfterValidator(_each_once)
Cidr = Annotated[str, AfterValidator(_ipv4_range)]
MailAddress = Annotated[str, StringConstraints(max_length=320, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")]
# The pattern of a GUID in a resource id, where case does not matter.
GUID: Final = "[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
Guid = Annotated[
    str,
    StringConstraints(pattern=r"^[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}$"),
]
VmSize = Annotated[str, StringConstraints(max_length=64, pattern=r"^Standard_[A-Za-z0-9-]+(_[A-Za-z0-9-]+)*$")]
