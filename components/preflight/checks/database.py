"""PostgreSQL Flexible Server: whether the region offers what the stack file sets."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.preflight.findings import Finding, fail, passed
from components.preflight.operations import LIST_DATABASE_CAPABILITIES
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import DATABASE
from components.stack_file.location import LOCATION

_SECTION: Final = "airflow-aks:database"

Capability = Mapping[str, Any]


def check_database(situation: Situation) -> Iterator[Finding]:
    """The region offers the tier, the size, the version, the standby and the backups that the stack file sets."""
    if not situation.settings.has_airflow:
        yield passed("the stack has no database")
        return
    settings, location = situation.settings.database, situation.location
    capabilities = list(situation.arm.pages(LIST_DATABASE_CAPABILITIES, location=location))
    if not capabilities or _has_feature(capabilities[0], "OfferRestricted", "restricted"):
        if situation.stack.has(DATABASE, situation.names.database_server):
            yield passed(f"{location} is closed to new servers, and the stack has its own")
        else:
            reason = str(capabilities[0].get("reason") or "") if capabilities else ""
            yield fail(
                f"Azure has closed {location} to new PostgreSQL servers of this subscription. {reason}".strip(),
                f"open a support request for the region, or choose another {LOCATION}",
                LOCATION,
            )
        return
    (capability,) = capabilities[:1]
    problems = [
        *_check_size(capability, settings.tier, settings.sku, settings.high_availability),
        *_check_version(capability, settings.version),
        *_check_redundancy(capability, settings.high_availability, geo=settings.geo_redundant_backup),
    ]
    yield from problems
    if not problems:
        standby = settings.high_availability
        yield passed(f"{settings.sku}, version {settings.version}, standby {standby} are offered in {location}")


def _check_size(capability: Capability, tier: str, sku: str, standby: str) -> Iterator[Finding]:
    editions = _usable(capability.get("supportedServerEditions"))
    if tier not in editions:
        yield fail(f"tier {tier} is not offered", f"use one of {', '.join(editions)}", f"{_SECTION}.tier")
        return
    sizes = _usable(editions[tier].get("supportedServerSkus"))
    size = next((entry for name, entry in sizes.items() if name.lower() == sku.lower()), None)
    if size is None:
        near = difflib.get_close_matches(sku, sizes, n=3, cutoff=0.5) or list(sizes)[:3]
        yield fail(f"{sku} is not offered", f"use another size, for example {', '.join(near)}", f"{_SECTION}.sku")
    elif standby != "Disabled" and standby not in (modes := size.get("supportedHaMode") or ()):
        yield fail(
            f"{sku} has no standby of kind {standby}",
            f"use {' or '.join(['Disabled', *modes])}, or another size",
            f"{_SECTION}.highAvailability",
        )


def _check_version(capability: Capability, version: str) -> Iterator[Finding]:
    versions = _usable(capability.get("supportedServerVersions"))
    if version not in versions:
        yield fail(
            f"version {version} is not offered", f"use one of {', '.join(sorted(versions))}", f"{_SECTION}.version"
        )


def _check_redundancy(capability: Capability, standby: str, *, geo: bool) -> Iterator[Finding]:
    zones = standby == "ZoneRedundant"
    if zones and not _has_feature(capability, "ZoneRedundantHa", "zoneRedundantHaSupported"):
        yield fail(
            "the region offers no standby in another zone",
            "use SameZone or Disabled, or another region",
            f"{_SECTION}.highAvailability",
        )
    elif geo and not _has_feature(capability, "GeoBackup", "geoBackupSupported"):
        yield fail("the region offers no geo-redundant backups", "set it to false", f"{_SECTION}.geoRedundantBackup")
    elif (
        geo
        and zones
        and not _has_feature(capability, "ZoneRedundantHaAndGeoBackup", "zoneRedundantHaAndGeoBackupSupported")
    ):
        yield fail(
            "the region does not offer a standby in another zone together with geo-redundant backups",
            "give up one of the two",
            f"{_SECTION}.geoRedundantBackup",
        )


def _usable(entries: Any) -> dict[str, Capability]:
    """Return the capabilities that the subscription may use, by their names."""
    return {str(entry["name"]): entry for entry in entries or () if entry.get("status") != "Disabled"}


def _has_feature(capability: Capability, name: str, older: str) -> bool:
    """Return whether a feature is enabled: by the list of features, or by the property that the list replaces."""
    listed = {entry.get("name"): entry.get("status") for entry in capability.get("supportedFeatures") or ()}
    return listed.get(name, capability.get(older)) == "Enabled"
