"""What Azure charges for the resources of a plan: meters, each with the least and the most that a month may have."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from components.azure.vm_sizes import vm_size
from dryrun.facts import find_region, look_up, shorten_size
from dryrun.plan import Plan, Resource
from dryrun.tree import list_components

from . import machine_meters, service_meters
from .meter import Meter

NO_COMPONENT: Final = "no component"
# The annotation with which a Service asks for a load balancer that only the network reaches.
_INTERNAL: Final = "service.beta.kubernetes.io/azure-load-balancer-internal"
# The least vCPUs of a node, and the tier of its managed OS disk; then the most GiB of each tier. Sources: AKS, "Storage
# options for applications", default OS disk sizing; Azure, "Scalability and performance targets for VM disks".
_OS_DISK_TIERS: Final = ((64, "30"), (16, "20"), (8, "15"), (0, "10"))
_DISK_TIERS: Final = ((32, "4"), (64, "6"), (128, "10"), (256, "15"), (512, "20"), (1024, "30"), (2048, "40"))
# GiB. AKS gives a node an ephemeral OS disk, which is part of the VM, if its temporary disk has at least so many.
_EPHEMERAL_FROM: Final = 128
_TEMPORARY_GIB_PER_VCPU: Final = 37.5


@dataclass(frozen=True, kw_only=True)
class Charge:
    """A meter with its least and most units a month, of the meter's own kind: nodes, GiB, servers.

    `by_use`: nothing in the plan says how many; the price of a unit is shown alone.
    """

    name: str
    meter: Meter
    least: float = 1
    most: float = 1
    by_use: bool = False
    component: str = NO_COMPONENT


_Charges = Callable[[Resource, str], Iterator[Charge]]


def list_charges(plan: Plan) -> list[Charge]:
    """Return the charges of all resources of priced types by component, in the order of the program."""
    owners = {made.urn: part.name for part in list_components(plan) for made in part.resources}
    region = find_region(plan)
    equal: dict[tuple[str, str], list[Charge]] = {}
    for made in plan.resources:
        for charge in _charges_of(plan, made, region):
            owned = replace(charge, component=owners.get(made.urn, NO_COMPONENT))
            equal.setdefault((owned.component, owned.name), []).append(owned)
    return [_add_up(charges) for charges in equal.values()]


def _add_up(charges: list[Charge]) -> Charge:
    """Return charges of a component with one name as one, because the price of a meter may fall with the amount."""
    name = f"{charges[0].name}, {len(charges)} times" if len(charges) > 1 else charges[0].name
    least, most = (sum(getattr(charge, bound) for charge in charges) for bound in ("least", "most"))
    return replace(charges[0], name=name, least=least, most=most)


def _charges_of(plan: Plan, made: Resource, region: str) -> Iterator[Charge]:
    if made.type in _BY_TYPE:
        yield from _BY_TYPE[made.type](made, region)
    elif made.type in _BY_TYPE_IN_PLAN:
        yield from _BY_TYPE_IN_PLAN[made.type](plan, made, region)


def _cluster(made: Resource, region: str) -> Iterator[Charge]:
    tier = str(look_up(made.inputs, "sku", "tier") or "Free")
    if tier != "Free":
        yield Charge(name=f"control plane, {tier}", meter=machine_meters.cluster_management(region, tier))
    for pool in look_up(made.inputs, "agentPoolProfiles") or ():
        yield from _nodes(str(pool.get("name")), pool, region)
    if look_up(made.inputs, "networkProfile", "outboundType") == "loadBalancer":
        yield Charge(name="load balancer for outbound traffic", meter=service_meters.load_balancer(region))
        yield Charge(name="its public address, made by AKS", meter=service_meters.public_address(region))


def _pool(made: Resource, region: str) -> Iterator[Charge]:
    yield from _nodes(made.name.rpartition("-pool-")[2], made.inputs, region)


def _nodes(name: str, pool: Mapping[str, Any], region: str) -> Iterator[Charge]:
    size, spot = str(pool["vmSize"]), pool.get("scaleSetPriority") == "Spot"
    least = float(pool.get("minCount", pool.get("count", 0)))
    most = float(pool.get("maxCount", least))
    title = f"nodes {name}, {shorten_size(size)}{', spot' if spot else ''}"
    yield Charge(name=title, meter=machine_meters.virtual_machine(region, size, spot=spot), least=least, most=most)
    tier = _managed_disk_tier(size, pool.get("osDiskSizeGB"))
    if tier is not None:
        meter = machine_meters.managed_disk(region, tier)
        yield Charge(name=f"OS disks of nodes {name}, {tier}", meter=meter, least=least, most=most)


def _managed_disk_tier(size: str, gib: Any) -> str | None:
    """Return the tier of a node's managed OS disk, for example `P10`; None if the disk is ephemeral.

    A size with a temporary disk has the letter d among its features.
    """
    known = vm_size(size)
    vcpus = known.vcpus if known else 0
    features = re.fullmatch(r"Standard_[A-Z]+\d+(?:-\d+)?([a-z]*).*", size)
    letters = features[1] if features else ""
    if "d" in letters and vcpus * _TEMPORARY_GIB_PER_VCPU >= (gib or _EPHEMERAL_FROM):
        return None
    kind = "P" if "s" in letters else "E"
    if gib:
        return f"{kind}{next(tier for most, tier in _DISK_TIERS if gib <= most)}"
    return f"{kind}{next(tier for least, tier in _OS_DISK_TIERS if vcpus >= least)}"


def _database(made: Resource, region: str) -> Iterator[Charge]:
    sku, tier = str(look_up(made.inputs, "sku", "name")), str(look_up(made.inputs, "sku", "tier"))
    mode = look_up(made.inputs, "highAvailability", "mode")
    servers = 1 if mode in (None, "Disabled") else 2
    standby = ", with its standby" if servers > 1 else ""
    yield Charge(
        name=f"PostgreSQL {shorten_size(sku)}{standby}",
        meter=machine_meters.database_compute(region, tier, sku),
        least=servers,
        most=servers,
    )
    gib = float(look_up(made.inputs, "storage", "storageSizeGB") or 0)
    yield Charge(
        name=f"its storage, {gib:g} GiB{standby}",
        meter=machine_meters.database_storage(region),
        least=gib * servers,
        most=gib * servers,
    )


def _broker(made: Resource, region: str) -> Iterator[Charge]:
    sku = str(look_up(made.inputs, "sku", "name"))
    nodes = 2 if made.inputs.get("highAvailability") == "Enabled" else 1
    name = f"Managed Redis {sku}{', with its replica' if nodes > 1 else ''}"
    yield Charge(name=name, meter=machine_meters.managed_redis(region, sku), least=nodes, most=nodes)


def _registry(made: Resource, region: str) -> Iterator[Charge]:
    sku = str(look_up(made.inputs, "sku", "name"))
    yield Charge(name=f"registry, {sku}", meter=machine_meters.registry(region, sku))


def _gateway(plan: Plan, made: Resource, region: str) -> Iterator[Charge]:
    """The gateway's load balancer. A public one is that of the outbound traffic, if the cluster has one."""
    internal = _INTERNAL in json.dumps(made.inputs)
    clusters = plan.all("azure-native:containerservice:ManagedCluster")
    shared = any(look_up(one.inputs, "networkProfile", "outboundType") == "loadBalancer" for one in clusters)
    if internal or not shared:
        yield Charge(name="load balancer of the gateway", meter=service_meters.load_balancer(region))


def _share(plan: Plan, made: Resource, region: str) -> Iterator[Charge]:
    accounts = plan.all("azure-native:storage:StorageAccount")
    sku = next(
        str(look_up(one.inputs, "sku", "name"))
        for one in accounts
        if one.inputs.get("accountName") == made.inputs.get("accountName")
    )
    kind, _, redundancy = sku.partition("_")
    gib = float(made.inputs.get("shareQuota") or 0)
    if kind == "Premium":
        meter = service_meters.premium_file_storage(region, redundancy)
        yield Charge(name=f"file share, {gib:g} GiB, {sku}", meter=meter, least=gib, most=gib)
    else:
        meter = service_meters.file_storage(region, redundancy)
        yield Charge(name=f"file share, up to {gib:g} GiB, {sku}", meter=meter, least=0, most=gib)


def _account(made: Resource, region: str) -> Iterator[Charge]:
    kind, _, redundancy = str(look_up(made.inputs, "sku", "name")).partition("_")
    if kind == "Standard":
        meter = service_meters.blob_storage(region, redundancy)
        yield Charge(name=f"blobs, {redundancy}", meter=meter, by_use=True)


def _metric_alert(made: Resource, region: str) -> Iterator[Charge]:
    series = float(len(look_up(made.inputs, "criteria", "allOf") or ()))
    yield Charge(name=f"alert {made.name}", meter=service_meters.metric_alert(region), least=series, most=series)


def _log_alert(made: Resource, region: str) -> Iterator[Charge]:
    minutes = _minutes(str(made.inputs.get("evaluationFrequency")))
    yield Charge(name=f"alert {made.name}", meter=service_meters.log_alert(region, minutes))


def _minutes(duration: str) -> int:
    """Return an ISO 8601 duration such as `PT5M` or `PT1H` as minutes."""
    match = re.fullmatch(r"PT(\d+)([HM])", duration)
    return int(match[1]) * (60 if match[2] == "H" else 1) if match else 0


def _one(name: str, meter: Callable[[str], Meter], *, by_use: bool = False) -> _Charges:
    """Return the charges of a type that has one meter, whatever its inputs say."""
    return lambda _, region: iter([Charge(name=name, meter=meter(region), by_use=by_use)])


# The charges of each type by a resource and its region; those of the last part depend on other resources too.
_BY_TYPE: Final[Mapping[str, _Charges]] = {
    "azure-native:containerregistry:Registry": _registry,
    "azure-native:containerservice:AgentPool": _pool,
    "azure-native:containerservice:ManagedCluster": _cluster,
    "azure-native:dbforpostgresql:Server": _database,
    "azure-native:keyvault:Vault": _one("operations on secrets", service_meters.key_vault_operations, by_use=True),
    "azure-native:monitor:MetricAlert": _metric_alert,
    "azure-native:monitor:ScheduledQueryRule": _log_alert,
    "azure-native:network:NatGateway": _one("NAT gateway", service_meters.nat_gateway),
    "azure-native:network:PrivateEndpoint": _one("private endpoint", service_meters.private_endpoint),
    "azure-native:network:PublicIPAddress": _one("public address", service_meters.public_address),
    "azure-native:operationalinsights:Workspace": _one("logs taken in", service_meters.log_ingestion, by_use=True),
    "azure-native:privatedns:PrivateZone": _one("private DNS zone", service_meters.private_zone),
    "azure-native:redisenterprise:RedisEnterprise": _broker,
    "azure-native:storage:StorageAccount": _account,
}
_BY_TYPE_IN_PLAN: Final[Mapping[str, Callable[[Plan, Resource, str], Iterator[Charge]]]] = {
    "azure-native:storage:FileShare": _share,
    "kubernetes:gateway.envoyproxy.io/v1alpha1:EnvoyProxy": _gateway,
}
PRICED: Final = frozenset({*_BY_TYPE, *_BY_TYPE_IN_PLAN})
