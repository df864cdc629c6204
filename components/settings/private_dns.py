"""`network.privateDns`: whose private DNS zones resolve the names of services without a public address."""

from __future__ import annotations

import ipaddress
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints
from pydantic.alias_generators import to_camel

from .base import GUID, EachOnce, Section

# Source: Azure, "Naming rules and restrictions for Azure resources", Microsoft.Network.
PrivateZoneId = Annotated[
    str,
    StringConstraints(
        pattern=rf"(?i)^/subscriptions/{GUID}/resourceGroups/[^/]+/providers/Microsoft\.Network/privateDnsZones/[^/]+$"
    ),
]


def _ipv4_address(text: str) -> str:
    try:
        address = ipaddress.IPv4Address(text)
    except ValueError as error:
        raise ValueError("must be an IPv4 address, for example 10.0.0.4") from error
    if address.is_loopback or address.is_multicast or address.is_unspecified or address.is_link_local:
        raise ValueError(f"{text} is no address that nodes reach: name the address of a DNS server")
    return text


DnsServers = Annotated[tuple[Annotated[str, AfterValidator(_ipv4_address)], ...], EachOnce]
# Source: Azure, "Azure subscription and service limits, quotas, and constraints", DNS servers per virtual network.
MOST_DNS_SERVERS: Final = 20


class ExistingZones(Section):
    """Ids of private DNS zones of others, by what they are for: read, and neither changed nor deleted.

    They may be in other resource groups and subscriptions. Only those that the stack needs may be given.
    """

    registry: PrivateZoneId | None = Field(None, description="The zone `privatelink.azurecr.io`.")
    key_vault: PrivateZoneId | None = Field(None, description="The zone `privatelink.vaultcore.azure.net`.")
    blob: PrivateZoneId | None = Field(None, description="The zone `privatelink.blob.core.windows.net`.")
    file: PrivateZoneId | None = Field(None, description="The zone `privatelink.file.core.windows.net`.")
    database: PrivateZoneId | None = Field(
        None,
        description="A zone whose name ends in `.postgres.database.azure.com`. While `database.highAvailability` is "
        "on, it cannot change.",
    )
    broker: PrivateZoneId | None = Field(None, description="The zone `privatelink.redis.azure.net`.")
    cluster: PrivateZoneId | None = Field(
        None,
        description="The zone `privatelink.<region>.azmk8s.io`, or `<name>.privatelink.<region>.azmk8s.io`. Fixed at "
        "creation. AKS writes the record of the API server there, and links the zone to the network of the nodes.",
    )

    @property
    def ids(self) -> dict[str, str]:
        """The ids that are given, by their keys in the stack file."""
        found = {to_camel(name): getattr(self, name) for name in type(self).model_fields}
        return {key: zone_id for key, zone_id in found.items() if zone_id is not None}


class PrivateDnsSettings(Section):
    """Whose private DNS zones resolve the names of services without a public address."""

    mode: Literal["own", "existing", "policy"] = Field(
        "own",
        description="own: the program creates the zones and links them to its network. existing: the zones are in "
        "`zones`, and somebody else links them. policy: Azure Policy puts the private endpoints into its zones. See "
        "docs/existing-network.md.",
    )
    zones: ExistingZones = Field(
        ExistingZones(),
        description="Ids of the zones. With `mode: existing`, all that the stack needs; with `mode: policy`, that of a "
        "private database, and that of a private API server unless AKS makes one.",
    )
    grant_access: bool = Field(
        True,
        description="True: the cluster's identity gets its role on `zones.cluster`. False: the output `requiredGrants` "
        "lists it for somebody else to assign.",
    )
