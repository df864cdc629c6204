"""What becomes of the names of private services when the private DNS zones change hands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dryrun.plan import Resource
from dryrun.words import pluralize

from .changes import Change, Comparison, Consequence
from .data import name_resource

_ENDPOINT: Final = "azure-native:network:PrivateEndpoint"
_GROUP: Final = "azure-native:network:PrivateDnsZoneGroup"
_SERVER: Final = "azure-native:dbforpostgresql:Server"
_ZONE: Final = "azure-native:privatedns:PrivateZone"


def list_name_changes(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what stops, or fails, while services keep their private endpoints and get names in other zones.

    Sources: Azure, "Azure Private Endpoint private DNS zone integration"; Azure Database for PostgreSQL, "Network with
    private access", use a private DNS zone.
    """
    moved = [consequence for change in comparison.changes for consequence in _describe(comparison, change)]
    yield from moved
    zones = [change for change in comparison.changes if change.type == _ZONE]
    if not moved:
        return
    if removed := _list_zones(zones, "removed"):
        text = f"{removed}: removed, with their links to the stack's network. Azure links one zone of a name to a "
        text += (
            "network: delete these links and link the other zones before the update, or nodes resolve no name during it"
        )
        yield Consequence(severity="stops", text=text)
    if added := _list_zones(zones, "added"):
        text = f"{added}: linked to the stack's network, which Azure refuses while another zone of the name is linked "
        yield Consequence(severity="note", text=f"{text}to it: have that link removed first")


def _describe(comparison: Comparison, change: Change) -> Iterator[Consequence]:
    # A server that is replaced gets its zone when it is made.
    in_place = change.type == _SERVER and change.action != "replaced"
    if in_place and change.old is not None and change.new is not None:
        yield from _describe_server(change, change.old, change.new)
    if change.type != _GROUP or not _keeps_endpoint(comparison, change):
        return
    name = f"private endpoint {change.resource.inputs.get('privateEndpointName', change.name)}"
    match change.action:
        case "replaced":
            text = f"{name}: its DNS zone group is replaced. Between the two, its service has no private name"
            yield Consequence(severity="stops", text=text, urn=change.urn)
        case "removed":
            text = (
                f"{name}: its DNS zone group is removed. Its service has no private name until Azure Policy attaches "
            )
            text += "another: start a remediation task of the policy"
            yield Consequence(severity="stops", text=text, urn=change.urn)
        case "added":
            text = f"{name} has the DNS zone group of Azure Policy, and Azure allows one, so `pulumi up` fails: exempt "
            text += "the endpoint from the policy, and delete that group first"
            yield Consequence(severity="refused", text=text, urn=change.urn)


def _describe_server(change: Change, old: Resource, new: Resource) -> Iterator[Consequence]:
    was, now = (side.inputs.get("network", {}).get("privateDnsZoneArmResourceId") for side in (old, new))
    if was is None or now is None or was == now:
        return
    name = name_resource(new)
    if old.inputs.get("highAvailability", {}).get("mode", "Disabled") != "Disabled":
        text = f"{name}: Azure changes no private DNS zone of a server with a standby, so `pulumi up` fails: disable "
        text += "high availability first, in an update of its own"
        yield Consequence(severity="refused", text=text, urn=change.urn)
    else:
        text = f"{name}: its record moves to another private DNS zone, and connections drop until pods resolve it there"
        yield Consequence(severity="stops", text=text, urn=change.urn)


def _keeps_endpoint(comparison: Comparison, change: Change) -> bool:
    """Return whether the private endpoint of a zone group exists before and after the change."""
    name = change.resource.inputs.get("privateEndpointName")
    sides = [
        {item.urn for item in plan.all(_ENDPOINT) if item.inputs.get("privateEndpointName") == name}
        for plan in (comparison.old, comparison.new)
    ]
    gone = {found.urn for found in comparison.changes if found.is_gone}
    return bool((sides[0] & sides[1]) - gone)


def _list_zones(zones: list[Change], action: str) -> str:
    names = [str(change.resource.inputs.get("privateZoneName")) for change in zones if change.action == action]
    return f"{pluralize(len(names), 'private DNS zone')} ({', '.join(names)})" if names else ""
