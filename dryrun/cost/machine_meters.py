"""The meters of machines: nodes and their disks, the control plane, database, broker and registry.

Names of services, products, SKUs and meters are those of the retail prices interface.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from .meter import Meter, make_meter


def virtual_machine(region: str, size: str, *, spot: bool) -> Meter:
    """A Linux VM by the hour; the interface has Windows, low-priority and spot machines of the same size too."""
    return make_meter(
        ("serviceName", "Virtual Machines"),
        ("armRegionName", region),
        ("armSkuName", size),
        regions=(region,),
        product=r"Virtual Machines [\w .-]+ Series",
        sku=".* Spot" if spot else "(?!.*(Spot|Low Priority)).*",
    )


def cluster_management(region: str, tier: str) -> Meter:
    """The control plane of AKS by the hour, on the tiers Standard and Premium."""
    meter = "Standard Long Term Support" if tier == "Premium" else "Standard Uptime SLA"
    return make_meter(
        ("serviceName", "Azure Kubernetes Service"),
        ("armRegionName", region),
        ("meterName", meter),
        regions=(region,),
        product="Azure Kubernetes Service",
    )


def managed_disk(region: str, tier: str) -> Meter:
    """A locally redundant managed disk by the month: `P10` is a Premium SSD of 128 GiB."""
    product = {"P": "Premium SSD Managed Disks", "E": "Standard SSD Managed Disks"}[tier[0]]
    return make_meter(
        ("serviceName", "Storage"),
        ("armRegionName", region),
        ("skuName", f"{tier} LRS"),
        regions=(region,),
        product=product,
        meter=f"{tier} LRS Disk",
    )


def database_compute(region: str, tier: str, sku: str) -> Meter:
    """A PostgreSQL flexible server by the hour, of a tier such as `GeneralPurpose` and a size in it."""
    service = ("serviceName", "Azure Database for PostgreSQL"), ("armRegionName", region)
    name, regions = "Azure Database for PostgreSQL Flexible Server", (region,)
    size = sku.removeprefix("Standard_")
    if tier == "Burstable":
        product = f"{name} Burstable BS Series Compute"
        return make_meter(*service, ("productName", product), regions=regions, sku=re.escape(size))
    words = " ".join(_words(tier))
    # D4ds_v5: 4 vCores of the series Ddsv5.
    parts = re.fullmatch(r"([A-Z]+)(\d+)([a-z]*)_(v\d+)", size)
    family, vcores, features, version = parts.groups() if parts else (size, "0", "", "")
    return make_meter(
        *service,
        ("skuName", f"{vcores} vCore"),
        regions=regions,
        product=f"{name} {words} (- )?{family}{features}{version} Series Compute",
        meter="vCore",
    )


def database_storage(region: str) -> Meter:
    """The storage of a PostgreSQL flexible server by GiB and month."""
    return make_meter(
        ("serviceName", "Azure Database for PostgreSQL"),
        ("armRegionName", region),
        ("meterName", "Storage Data Stored"),
        regions=(region,),
        product=r"(Azure Database|Az DB) for PostgreSQL Flex(ible)? Server Storage",
    )


def managed_redis(region: str, sku: str) -> Meter:
    """A node of Managed Redis by the hour: `Balanced_B0` is the size B0 of its family."""
    family, _, size = sku.partition("_")
    return make_meter(
        ("serviceName", "Redis Cache"),
        ("armRegionName", region),
        ("productName", f"Azure Managed Redis - {' '.join(_words(family))}"),
        ("skuName", size),
        regions=(region,),
        meter=f"{size} Cache Instance",
    )


def registry(region: str, sku: str) -> Meter:
    """A container registry by the day."""
    return make_meter(
        ("serviceName", "Container Registry"),
        ("armRegionName", region),
        ("skuName", sku),
        regions=(region,),
        meter=f"{sku} Registry Unit",
    )


def _words(name: str) -> Iterator[str]:
    """Yield the words of a name such as `MemoryOptimized`."""
    return (match[0] for match in re.finditer(r"[A-Z][a-z]*", name))
