"""A resource of others by its id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class ResourceId:
    """A resource that stands in a resource group already, maybe in another subscription."""

    subscription_id: str
    resource_group_name: str
    name: str

    @classmethod
    def of(cls, resource_id: str) -> Self:
        """Take a resource id apart. Azure ignores case in ids."""
        _, _, subscription, _, group, *_, name = resource_id.split("/")
        return cls(subscription_id=subscription.lower(), resource_group_name=group, name=name)
