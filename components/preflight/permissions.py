"""The rights that the signed-in account has at a scope."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from .arm_client import ArmClient
from .operations import LIST_PERMISSIONS


@dataclass(frozen=True)
class Permissions:
    """The role assignments that apply to the account at a scope, those of its groups too; each has its own actions."""

    entries: Sequence[Mapping[str, Any]]

    @classmethod
    def at(cls, arm: ArmClient, scope: str) -> Self:
        """Read the rights at a scope. Raises ArmError."""
        return cls(tuple(arm.pages(LIST_PERMISSIONS, scope=scope)))

    def allow(self, action: str) -> bool | None:
        """Return whether the account may do something; None if it may under conditions only.

        What one role excludes, another can allow. Source: Azure, "Understand Azure role definitions".
        """
        allowing = [entry for entry in self.entries if _allows(entry, action)]
        if any(not _is_limited(entry, action) for entry in allowing):
            return True
        return None if allowing else False

    def allow_data(self, action: str) -> bool:
        """Return whether the account may do something with the data in a resource, under conditions or without."""
        return any(
            _matches(entry.get("dataActions"), action) and not _matches(entry.get("notDataActions"), action)
            for entry in self.entries
        )

    def conditions(self, action: str) -> str:
        """Return the conditions under which the account may do something."""
        return " ".join(str(entry["condition"]) for entry in self.entries if _is_limited(entry, action))


def _allows(entry: Mapping[str, Any], action: str) -> bool:
    return _matches(entry.get("actions"), action) and not _matches(entry.get("notActions"), action)


def _matches(patterns: Iterable[str] | None, action: str) -> bool:
    return any(
        re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), action, re.IGNORECASE) for pattern in patterns or ()
    )


def _is_limited(entry: Mapping[str, Any], action: str) -> bool:
    """Return whether a role's condition is about an action. A condition that names no action is about each."""
    condition = str(entry.get("condition") or "").lower()
    return bool(condition) and ("actionmatches" not in condition or action.lower() in condition)
