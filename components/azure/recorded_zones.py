"""Compares the private DNS zones of API server and database with those that the stack has, because few can change."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Final

from components.settings.model import Settings

CLUSTER_ZONE: Final = "airflow-aks:network.privateDns.zones.cluster"
DATABASE_ZONE: Final = "airflow-aks:network.privateDns.zones.database"
_MODE: Final = "airflow-aks:network.privateDns.mode"
_HIGH_AVAILABILITY: Final = "airflow-aks:database.highAvailability"


def cluster_zone_to_record(settings: Settings) -> dict[str, object]:
    """Return the zone of others that has the record of the API server; nothing if AKS makes the zone."""
    zone_id = settings.network.private_dns.zones.cluster
    return {} if zone_id is None else {CLUSTER_ZONE: zone_id.lower()}


def database_zone_to_record(settings: Settings) -> dict[str, str]:
    """Return the zone of others that the database is in; nothing if the program makes the zone, or none is needed."""
    zone_id = settings.network.private_dns.zones.database
    return {} if zone_id is None else {DATABASE_ZONE: json.dumps(zone_id.lower())}


def may_change_database_zone(settings: Settings) -> bool:
    """Return whether Azure moves the database to another zone.

    Source: Azure Database for PostgreSQL, "Network with private access", use a private DNS zone.
    """
    database = settings.database
    return settings.has_airflow and database.access == "private" and database.high_availability == "Disabled"


def describe_changed_cluster_zone(
    recorded: Mapping[str, str], current: Mapping[str, str], remedy: str
) -> Iterator[str]:
    """Yield a line if the API server would get its record in a zone of others, or no longer. `remedy` ends the line.

    A record without a zone is of a stack whose zone AKS made, or that is older than the setting.
    """
    was, now = CLUSTER_ZONE in recorded, CLUSTER_ZONE in current
    if now and not was:
        yield (
            f"{CLUSTER_ZONE}: is set, and AKS made the zone of the stack's API server: Azure fixes it at creation, and "
            f"another one would replace the cluster. Remove it, as {_MODE} policy or own allows, {remedy}"
        )
    elif was and not now:
        yield (
            f"{CLUSTER_ZONE}: is not set, and the stack was made with {_show(recorded[CLUSTER_ZONE])}: Azure fixes "
            f"it at creation, and another one would replace the cluster. Set it back, as {_MODE} existing or policy "
            f"allows, {remedy}"
        )


def describe_changed_database_zone(settings: Settings, newest: Mapping[str, str]) -> Iterator[str]:
    """Yield a line if the database would move to another zone while it has a standby.

    `newest`: the record, whose zone stays as it is until the database may move.
    """
    was, now = newest.get(DATABASE_ZONE), database_zone_to_record(settings).get(DATABASE_ZONE)
    if was == now or settings.database.access != "private" or may_change_database_zone(settings):
        return
    standby = settings.database.high_availability
    yield (
        f"{DATABASE_ZONE}: is {_show(now)}, and the database is in {_show(was)}: Azure changes the zone of no database "
        f"with {_HIGH_AVAILABILITY}: {standby}. Keep the zone, set the latter to Disabled and run `pulumi up`; then "
        f"change the zone and run it again; then set {standby} again"
    )


def _show(recorded: str | None) -> str:
    return "a zone that the program makes" if recorded is None else str(json.loads(recorded))
