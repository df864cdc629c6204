"""A property of the stack's resources that others set."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Foreign:
    """Property paths of a resource type, with the reason why the program must not set them.

    `except_on`: the logical names of resources on which the program sets them nevertheless. `if_unset`: the entry
    applies only to resources on which the program leaves the property out.
    """

    paths: tuple[str, ...]
    reason: str
    except_on: tuple[str, ...] = ()
    if_unset: bool = False
