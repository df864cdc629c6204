"""The region and its availability zones."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from components.preflight.findings import Finding, fail, passed
from components.preflight.situation import Situation
from components.stack_file.location import LOCATION


def check_region(situation: Situation) -> Iterator[Finding]:
    """The subscription knows the region, and the region has the zones that the stack file names."""
    regions = situation.regions()
    region = regions.get(situation.location)
    if region is None or not _is_place(region):
        places = {name: str(entry.get("displayName", "")) for name, entry in regions.items() if _is_place(entry)}
        near = difflib.get_close_matches(situation.location, places, n=3, cutoff=0.5)
        yield fail(
            f"{situation.location} is no region of this subscription",
            f"did you mean {' or '.join(near)}?" if near else "run `az account list-locations --output table`",
            LOCATION,
        )
        return
    zones = {str(entry["logicalZone"]) for entry in region.get("availabilityZoneMappings") or ()}
    yield from _check_zones(situation, zones)
    has = f"zones {', '.join(sorted(zones))}" if zones else "no availability zones"
    yield passed(f"{region['displayName']}, {has}")


def _check_zones(situation: Situation, zones: set[str]) -> Iterator[Finding]:
    has = f"has the zones {', '.join(sorted(zones))}" if zones else "has no availability zones"
    named = {pool.zones_setting: pool.zones for pool in situation.node_pools}
    for setting, wanted in named.items():
        if missing := sorted(set(wanted) - zones):
            yield fail(
                f"zone {', '.join(missing)} is named, and {situation.location} {has}",
                f"set it to [{', '.join(sorted(zones))}]",
                setting,
            )
    redundancy = situation.settings.logs.redundancy
    if situation.settings.has_airflow and "ZRS" in redundancy and not zones:
        yield fail(
            f"{redundancy} needs availability zones, and {situation.location} has none",
            "use Standard_LRS or Standard_GRS",
            "airflow-aks:logs.redundancy",
        )


def _is_place(region: Mapping[str, Any]) -> bool:
    """Return whether resources can be created in a region. Logical regions, such as `europe`, hold none."""
    metadata = region.get("metadata")
    return not isinstance(metadata, Mapping) or metadata.get("regionType", "Physical") == "Physical"
