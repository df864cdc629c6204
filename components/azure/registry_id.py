"""A container registry by its resource id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class RegistryId:
    """A registry that exists already, maybe in another subscription."""

    subscription_id: str
    resource_group_name: str
    name: str

    @classmethod
    def of(cls, registry_id: str) -> Self:
        """Take a resource id apart. Azure ignores case in ids."""
        _, _, subscription, _, group, *_, name = registry_id.split("/")
        return cls(subscription_id=subscription.lower(), resource_group_name=group, name=name)
