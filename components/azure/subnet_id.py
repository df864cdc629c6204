"""A subnet by its resource id."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class SubnetId:
    """A subnet that exists already, maybe in another subscription."""

    subscription_id: str
    resource_group_name: str
    network_id: str
    network_name: str
    name: str

    @classmethod
    def of(cls, subnet_id: str) -> Self:
        """Take a resource id apart: <id of the virtual network>/subnets/<name>."""
        network_id, _, name = subnet_id.rsplit("/", 2)
        _, _, subscription, _, group, *_, network_name = network_id.split("/")
        return cls(
            subscription_id=subscription.lower(),
            resource_group_name=group,
            network_id=network_id,
            network_name=network_name,
            name=name,
        )

    def is_in(self, other: SubnetId) -> bool:
        """Return whether another subnet is in the same virtual network. Azure ignores case in ids."""
        return self.network_id.lower() == other.network_id.lower()
