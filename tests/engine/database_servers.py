"""What database servers hold, and since when: the password that is valid, and rows that Airflow encrypted."""

from __future__ import annotations

import datetime
from dataclasses import dataclass, field
from typing import Any, Final

from . import clock
from .refusal import CloudError

SERVER: Final = "azure-native:dbforpostgresql:Server"
# Older than any backup: how far back a restore goes depends on the days that backups are kept.
_AGE: Final = datetime.timedelta(days=60)


@dataclass(frozen=True)
class Moment:
    """A server from a time on: its login's password, and its rows, each an id and an encrypted text."""

    since: datetime.datetime
    password: str
    rows: dict[str, str] = field(default_factory=dict)


@dataclass
class DatabaseServers:
    """The history of each server, by its physical name."""

    history: dict[str, list[Moment]] = field(default_factory=dict)
    restored: set[str] = field(default_factory=set)

    def now(self, name: str) -> Moment:
        """A server as it is."""
        return self.history[name][-1]

    def create(self, inputs: dict[str, Any]) -> None:
        """Make a server. A restored one has the rows and the password of the point in time.

        Source: Azure Database for PostgreSQL, "Backup and restore". The rest of what it says is in `check_restore`.
        """
        name = inputs["serverName"]
        moment = Moment(clock.now() - _AGE, inputs["administratorLoginPassword"])
        if inputs["createMode"] == "PointInTimeRestore":
            source = inputs["sourceServerResourceId"].rpartition("/")[2]
            point = datetime.datetime.fromisoformat(inputs["pointInTimeUTC"])
            was = [moment for moment in self.history[source] if moment.since <= point][-1]
            moment = Moment(clock.now() - _AGE, was.password, dict(was.rows))
            self.restored.add(name)
        self.history[name] = [moment]

    def update(self, inputs: dict[str, Any]) -> None:
        """Change a server: its password is that of the update from now on."""
        name, password = inputs["serverName"], inputs["administratorLoginPassword"]
        if self.now(name).password != password:
            self.history[name].append(Moment(clock.now(), password, dict(self.now(name).rows)))

    def delete(self, name: str) -> None:
        """Delete a server with its backups."""
        del self.history[name]
        self.restored.discard(name)

    def write(self, name: str, rows: dict[str, str]) -> None:
        """Change the rows of a server."""
        self.history[name].append(Moment(clock.now(), self.now(name).password, dict(rows)))


def check_create(objects: dict[str, Any], inputs: dict[str, Any]) -> None:
    """Refuse a server that Azure cannot make in the way that is asked for."""
    match inputs["createMode"]:
        case "PointInTimeRestore":
            check_restore(objects, inputs)
        case "Update":
            raise CloudError(f"ResourceNotFound: server {inputs['serverName']}, which createMode Update would change")


def check_update(old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse to restore into a server that exists: a restore always makes a new one."""
    if new["createMode"] == "PointInTimeRestore" != old["createMode"]:
        raise CloudError(f"ServerNameAlreadyExists: {new['serverName']}")


def check_restore(objects: dict[str, Any], inputs: dict[str, Any]) -> None:
    """Azure Database for PostgreSQL, "Backup and restore": same region, kind of access and version; no standby yet."""
    key = inputs["sourceServerResourceId"].lower()
    source = next((item.inputs for name, item in objects.items() if name.lower() == key), None)
    if source is None:
        raise CloudError(f"ResourceNotFound: the source server {inputs['sourceServerResourceId']}")
    if source["location"] != inputs["location"]:
        raise CloudError(f"SourceServerRegionMismatch: the source is in {source['location']}")
    if source["network"]["publicNetworkAccess"] != inputs["network"]["publicNetworkAccess"]:
        raise CloudError("RestoreNetworkModeMismatch: public access restores to public access, private to private")
    if source["version"] != inputs["version"]:
        raise CloudError(f"RestoreVersionMismatch: the source has version {source['version']}")
    if source["storage"]["storageSizeGB"] > inputs["storage"]["storageSizeGB"]:
        raise CloudError(f"RestoreStorageTooSmall: the source has {source['storage']['storageSizeGB']} GB")
    if inputs["highAvailability"]["mode"] != "Disabled":
        raise CloudError("RestoreWithHighAvailability: a standby is added after the restore")
    days = datetime.timedelta(days=source["backup"]["backupRetentionDays"])
    point = datetime.datetime.fromisoformat(inputs["pointInTimeUTC"])
    if not clock.now() - days <= point <= clock.now():
        raise CloudError(
            f"InvalidRestorePoint: {inputs['pointInTimeUTC']} is outside of the {days.days} days of backups"
        )
