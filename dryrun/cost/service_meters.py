"""The meters of network, storage and monitoring.

Names of services, products, SKUs and meters are those of the retail prices interface. Some meters have no region: they
stand under `Global`, `Zone 1` or an empty name, and so their filter has no region either.
"""

from __future__ import annotations

from typing import Final

from .meter import Meter, make_meter

_ANYWHERE: Final = ("Global", "Zone 1", "")


def nat_gateway(region: str) -> Meter:
    """A NAT gateway by the hour."""
    return make_meter(
        ("serviceName", "NAT Gateway"),
        ("meterName", "Standard Gateway"),
        regions=(region, *_ANYWHERE),
        product="NAT Gateway",
    )


def public_address(region: str) -> Meter:
    """A static public IPv4 address by the hour."""
    return make_meter(
        ("serviceName", "Virtual Network"),
        ("productName", "IP Addresses"),
        ("meterName", "Standard IPv4 Static Public IP"),
        regions=(region, *_ANYWHERE),
    )


def private_endpoint(region: str) -> Meter:
    """A private endpoint by the hour."""
    return make_meter(
        ("serviceName", "Virtual Network"),
        ("productName", "Virtual Network Private Link"),
        ("meterName", "Standard Private Endpoint"),
        regions=(region, *_ANYWHERE),
    )


def load_balancer(region: str) -> Meter:
    """A load balancer with up to five rules by the hour."""
    return make_meter(
        ("serviceName", "Load Balancer"),
        ("meterName", "Standard Included LB Rules and Outbound Rules"),
        regions=(region, *_ANYWHERE),
        product="Load Balancer",
    )


def private_zone(region: str) -> Meter:
    """A private DNS zone by the month."""
    return make_meter(
        ("serviceName", "Azure DNS"), ("meterName", "Private Zone"), regions=(region, *_ANYWHERE), product="Azure DNS"
    )


def metric_alert(region: str) -> Meter:
    """A time series that an alert on a metric watches, by the month."""
    return make_meter(
        ("serviceName", "Azure Monitor"),
        ("meterName", "Alerts Metric Monitored"),
        regions=(region, *_ANYWHERE),
        product="Azure Monitor",
    )


def log_alert(region: str, minutes: int) -> Meter:
    """An alert on logs that runs every so many minutes, by the month."""
    return make_meter(
        ("serviceName", "Azure Monitor"),
        ("meterName", f"Alerts System Log Monitored at {minutes} Minute Frequency"),
        regions=(region, *_ANYWHERE),
        product="Azure Monitor",
    )


def blob_storage(region: str, redundancy: str) -> Meter:
    """Blobs of the hot tier by GB and month: `ZRS` is zone-redundant."""
    return make_meter(
        ("serviceName", "Storage"),
        ("armRegionName", region),
        ("skuName", f"Hot {redundancy}"),
        regions=(region,),
        product="General Block Blob v2",
        meter=f"Hot {redundancy} Data Stored",
    )


def file_storage(region: str, redundancy: str) -> Meter:
    """A standard file share by the GB that is in it, and month."""
    return make_meter(
        ("serviceName", "Storage"),
        ("armRegionName", region),
        ("skuName", f"Standard {redundancy}"),
        regions=(region,),
        product="Files v2",
        meter=f"{redundancy} Data Stored",
    )


def premium_file_storage(region: str, redundancy: str) -> Meter:
    """A premium file share by the GiB of its size, and month."""
    return make_meter(
        ("serviceName", "Storage"),
        ("armRegionName", region),
        ("skuName", f"Premium {redundancy}"),
        regions=(region,),
        product="Premium Files",
        meter=f"Premium {redundancy} Provisioned",
    )


def key_vault_operations(region: str) -> Meter:
    """Operations on secrets of a standard Key Vault."""
    return make_meter(
        ("serviceName", "Key Vault"),
        ("armRegionName", region),
        ("meterName", "Operations"),
        regions=(region,),
        sku="Standard",
    )


def log_ingestion(region: str) -> Meter:
    """Logs that a workspace takes in, by the GB."""
    return make_meter(
        ("serviceName", "Log Analytics"),
        ("armRegionName", region),
        ("meterName", "Analytics Logs Data Ingestion"),
        regions=(region,),
        sku="Analytics Logs",
    )
