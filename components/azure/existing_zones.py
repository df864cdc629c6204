"""Private DNS zones of others: what they must be named, and who uses which."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pulumi import Input

from components.settings.network_section import NetworkSettings

from .endpoints import BLOB_ZONE, BROKER_ZONE, FILE_ZONE, KEY_VAULT_ZONE, REGISTRY_ZONE
from .roles import NETWORK_CONTRIBUTOR, PRIVATE_DNS_ZONE_CONTRIBUTOR, RoleGrant

# The purposes of private_zones in endpoints.py, by the keys of `network.privateDns.zones`. The cluster has no private
# endpoint of the program's: AKS makes that of the API server.
PURPOSES: Final[Mapping[str, str]] = {
    "registry": "registry",
    "keyVault": "key-vault",
    "blob": "blob",
    "file": "file",
    "database": "database",
    "broker": "broker",
}
_LINK_ZONES: Final[Mapping[str, str]] = {
    "registry": REGISTRY_ZONE,
    "keyVault": KEY_VAULT_ZONE,
    "blob": BLOB_ZONE,
    "file": FILE_ZONE,
    "broker": BROKER_ZONE,
}
_LABEL: Final = "[a-z0-9]([a-z0-9-]*[a-z0-9])?"
# Source: Azure Database for PostgreSQL, "Network with private access".
_DATABASE_SUFFIX: Final = ".postgres.database.azure.com"
# The longest name of a zone below that of the region. Source: AKS, "Create a private cluster".
_LONGEST_SUBZONE: Final = 32


@dataclass(frozen=True, kw_only=True)
class ZoneName:
    """The required name of a zone: a regular expression, and the same in words."""

    form: str
    words: str

    def fits(self, zone_id: str) -> bool:
        """Return whether the zone has such a name. Azure ignores case."""
        return re.fullmatch(self.form, name_of(zone_id)) is not None


def name_of(zone_id: str) -> str:
    """Return the name of a zone in lower case."""
    return zone_id.rpartition("/")[2].lower()


def zone_name(key: str, location: str) -> ZoneName:
    """Return the required name of the zone for a key of `network.privateDns.zones`."""
    match key:
        case "cluster":
            zone = _cluster_zone(location)
            return ZoneName(
                form=rf"([a-z0-9-]{{1,{_LONGEST_SUBZONE}}}\.)?{re.escape(zone)}",
                words=f"{zone} or <name>.{zone}, the name up to {_LONGEST_SUBZONE} characters",
            )
        case "database":
            return ZoneName(
                form=rf"({_LABEL}\.)*{_LABEL}{re.escape(_DATABASE_SUFFIX)}",
                words=f"<name>{_DATABASE_SUFFIX}",
            )
        case _:
            return ZoneName(form=re.escape(_LINK_ZONES[key]), words=_LINK_ZONES[key])


def _cluster_zone(location: str) -> str:
    return f"privatelink.{location}.azmk8s.io"


@dataclass(frozen=True, kw_only=True)
class ClusterZone:
    """The zone of others that has the record of a private API server, and the roles that the cluster needs for it.

    `in_subzone`: whether the zone is one below that of the region, whose clusters have no subdomain of their own.
    """

    zone_id: str
    in_subzone: bool
    grants: tuple[RoleGrant, ...]

    def host_names(self, name: Input[str]) -> dict[str, Input[str]]:
        """Return the argument of a cluster that begins its host name.

        AKS takes a subdomain in the zone of a region only. Source: AKS, "Create a private cluster".
        """
        return {"dns_prefix" if self.in_subzone else "fqdn_subdomain": name}


def cluster_zone(settings: NetworkSettings, network_id: Input[str]) -> ClusterZone | None:
    """Return the zone of the API server; None if AKS makes one, or none is needed.

    AKS writes the record into the zone, and links the zone to the network of the nodes, even if it is linked to a hub.
    Both need a role before the cluster is created. Source: AKS, "Create a private cluster", hub and spoke with custom
    DNS.
    """
    zone_id = settings.private_dns.zones.cluster
    if zone_id is None:
        return None
    in_zone = RoleGrant(name="zone", role=PRIVATE_DNS_ZONE_CONTRIBUTOR, scope=zone_id)
    in_network = RoleGrant(name="zone-network", role=NETWORK_CONTRIBUTOR, scope=network_id)
    return ClusterZone(
        zone_id=zone_id,
        in_subzone=not name_of(zone_id).startswith("privatelink."),
        grants=(
            *([in_zone] if settings.private_dns.grant_access else []),
            *([in_network] if settings.grants_subnets else []),
        ),
    )
