"""The VM sizes of the node pools: offered in the region and its zones, and not closed to the subscription."""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping
from typing import Any

from components.preflight.findings import Finding, fail, passed
from components.preflight.operations import LIST_COMPUTE_SKUS
from components.preflight.situation import NodePool, Situation

_REASONS = {
    "NotAvailableForSubscription": "Azure has closed it to this subscription",
    "QuotaId": "the offer of this subscription does not include it",
}

Sku = Mapping[str, Any]


def offered_sizes(situation: Situation) -> dict[str, Sku]:
    """Return the VM sizes of the region by their names in lower case, closed ones too. Raises ArmError."""
    query = {"$filter": f"location eq '{situation.location}'"}
    return {
        str(sku["name"]).lower(): sku
        for sku in situation.arm.pages(LIST_COMPUTE_SKUS, query)
        if sku.get("resourceType") == "virtualMachines"
    }


def check_vm_sizes(situation: Situation) -> Iterator[Finding]:
    """Azure offers the VM size of each pool to the subscription, in each zone of the pool."""
    sizes = offered_sizes(situation)
    problems = [problem for pool in situation.node_pools for problem in _check_pool(situation, pool, sizes)]
    yield from problems
    if not problems:
        names = dict.fromkeys(pool.settings.vm_size for pool in situation.node_pools)
        yield passed(f"{', '.join(names)} are offered in {situation.location}")


def _check_pool(situation: Situation, pool: NodePool, sizes: Mapping[str, Sku]) -> Iterator[Finding]:
    setting, size = f"{pool.path}.vmSize", pool.settings.vm_size
    sku = sizes.get(size.lower())
    if sku is None:
        names = [str(entry["name"]) for entry in sizes.values()]
        near = difflib.get_close_matches(size, names, n=3, cutoff=0.7)
        hint = f"for example {', '.join(near)}" if near else f"see `az vm list-skus --location {situation.location}`"
        yield fail(f"{size} is not offered in {situation.location}", f"choose another size, {hint}", setting)
        return
    restrictions = sku.get("restrictions") or ()
    for restriction in restrictions:
        if restriction.get("type") == "Location":
            reason = _REASONS.get(str(restriction.get("reasonCode")), str(restriction.get("reasonCode")))
            yield fail(
                f"{size} is restricted in {situation.location}: {reason}",
                "choose another size, or open a support request for the region and the size",
                setting,
            )
            return
    open_zones = _zones(sku, situation.location)
    for restriction in restrictions:
        if restriction.get("type") == "Zone":
            open_zones -= {str(zone) for zone in (restriction.get("restrictionInfo") or {}).get("zones") or ()}
    if missing := sorted(set(pool.zones) - open_zones):
        where = f"zones {', '.join(sorted(open_zones))}" if open_zones else "no zone"
        yield fail(
            f"{size} is not offered to this subscription in zone {', '.join(missing)}, but in {where}",
            f"set the zones to [{', '.join(sorted(open_zones))}], or choose another size",
            setting,
        )


def _zones(sku: Sku, location: str) -> set[str]:
    return {
        str(zone)
        for place in sku.get("locationInfo") or ()
        if str(place.get("location", "")).lower() == location
        for zone in place.get("zones") or ()
    }
