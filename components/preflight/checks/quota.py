"""The vCPU quota in the region: of each VM family, of spot nodes, and of all other nodes together."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.azure.vm_sizes import vm_size
from components.preflight.findings import Finding, fail, passed, unsure, warn
from components.preflight.node_demand import Demand, demand_of, nodes_at_start, running_nodes
from components.preflight.operations import LIST_COMPUTE_USAGE
from components.preflight.situation import Situation

from .vm_sizes import offered_sizes

# Source: the usages that Microsoft.Compute lists.
_REGION: Final = "cores"
_SPOT: Final = "lowPriorityCores"


def check_quota(situation: Situation) -> Iterator[Finding]:
    """Each quota has room for the nodes at the start, and for `maxNodes` while AKS upgrades every pool.

    Existing nodes of the stack count as free, because Azure's figures of usage include them.
    """
    sizes = offered_sizes(situation)
    usage = {
        str(entry["name"]["value"]).lower(): entry
        for entry in situation.arm.pages(LIST_COMPUTE_USAGE, location=situation.location)
    }
    demand: dict[str, Demand] = {}
    own: dict[str, int] = {}
    counts = nodes_at_start(situation.settings, situation.node_pools)
    for pool, nodes in zip(situation.node_pools, counts, strict=True):
        sku = sizes.get(pool.settings.vm_size.lower(), {})
        vcpus = _vcpus(pool.settings.vm_size, sku)
        if vcpus is None:
            yield unsure(
                f"the vCPUs of {pool.settings.vm_size} are unknown", "compare its quota yourself", f"{pool.path}.vmSize"
            )
            continue
        for quota in _quotas(sku, spot=pool.spot):
            demand[quota] = demand.get(quota, Demand()).plus(demand_of(pool, nodes, vcpus))
    for size, nodes, spot in running_nodes(situation.stack.node_pools):
        sku = sizes.get(size.lower(), {})
        for quota in _quotas(sku, spot=spot):
            own[quota] = own.get(quota, 0) + nodes * (_vcpus(size, sku) or 0)
    for quota, needed in demand.items():
        yield _compare(situation.location, quota, needed, usage.get(quota.lower()), own.get(quota, 0))


def _compare(location: str, quota: str, needed: Demand, entry: Mapping[str, Any] | None, own: int) -> Finding:
    if entry is None:
        return unsure(f"Azure lists no quota {quota} in {location}", "compare it in the portal: Quotas, Compute")
    name = str(entry["name"].get("localizedValue") or quota)
    limit = int(entry["limit"])
    free = max(limit - int(entry["currentValue"]) + own, 0)
    remedy = f"ask for {limit - free + needed.at_most} in the portal (Quotas, Compute), or use fewer or smaller nodes"
    have = f"{name}: {free} of {limit} are free"
    if needed.at_start > free:
        return fail(f"{have}, and the first nodes need {needed.at_start}", remedy)
    if needed.at_most > free:
        return warn(f"{have}, and `maxNodes` with an upgrade needs {needed.at_most}", remedy)
    return passed(f"{have}, {needed.at_most} are needed at most")


def _quotas(sku: Mapping[str, Any], *, spot: bool) -> list[str]:
    """Return the quotas that a node counts in. Spot nodes have one quota for all families."""
    if spot:
        return [_SPOT]
    family = sku.get("family")
    return [_REGION, str(family)] if family else [_REGION]


def _vcpus(size: str, sku: Mapping[str, Any]) -> int | None:
    """Return the vCPUs of a size: those that Azure lists, or else those that its name tells."""
    listed = {str(entry.get("name")): str(entry.get("value")) for entry in sku.get("capabilities") or ()}
    if listed.get("vCPUs", "").isdecimal():
        return int(listed["vCPUs"])
    known = vm_size(size)
    return known.vcpus if known else None
