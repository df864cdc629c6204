"""An Azure DNS zone by its resource id, and the names that it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self


@dataclass(frozen=True, kw_only=True)
class DnsZone:
    """A public DNS zone that exists already, maybe in another subscription."""

    zone_id: str
    subscription_id: str
    resource_group_name: str
    name: str

    @classmethod
    def of(cls, zone_id: str) -> Self:
        """Take a resource id apart: /subscriptions/<id>/resourceGroups/<group>/providers/<type>/<name>."""
        _, _, subscription, _, group, _, _, _, name = zone_id.split("/")
        return cls(zone_id=zone_id, subscription_id=subscription, resource_group_name=group, name=name.lower())

    def holds(self, host: str) -> bool:
        """Return whether a host name is the zone's own name or below it."""
        return host == self.name or host.endswith(f".{self.name}")

    def record_name(self, host: str) -> str:
        """Return the name of a host's record inside the zone; `@` is the zone's own name."""
        return host.removesuffix(self.name).rstrip(".") or "@"
