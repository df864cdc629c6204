"""A stand-in for Azure's retail prices interface on the loopback address. Every price in it is made up.

It takes filters as strictly as the interface does: known fields, `eq`, `and`, values in quotes that are compared with
their case. It answers in pages, and refuses the first requests with 429 if told so.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

PATH = "/api/retail/prices"
# Source: Azure, "Azure Retail Prices overview", supported filters.
FILTER_FIELDS = {
    "armRegionName",
    "Location",
    "meterId",
    "meterName",
    "productId",
    "skuId",
    "productName",
    "skuName",
    "serviceName",
    "serviceId",
    "serviceFamily",
    "priceType",
    "armSkuName",
}
CONDITION = re.compile(r"(\w+) eq '((?:[^']|'')*)'")
REGION = "canadacentral"


def item(service: str, product: str, sku: str, meter: str, price: float, unit: str, **more: Any) -> dict[str, Any]:
    """An item with the fields of the interface; the price is made up."""
    return {
        "currencyCode": "USD",
        "tierMinimumUnits": 0.0,
        "retailPrice": price,
        "unitPrice": price,
        "armRegionName": REGION,
        "location": "CA Central",
        "effectiveStartDate": "2026-01-01T00:00:00Z",
        "meterId": "00000000-0000-0000-0000-000000000000",
        "meterName": meter,
        "productId": "MADEUP",
        "skuId": "MADEUP/0000",
        "productName": product,
        "skuName": sku,
        "serviceName": service,
        "serviceId": "MADEUP",
        "serviceFamily": "Made up",
        "unitOfMeasure": unit,
        "type": "Consumption",
        "isPrimaryMeterRegion": True,
        "armSkuName": "",
        **more,
    }


def machine(size: str, series: str, price: float, **more: Any) -> list[dict[str, Any]]:
    """A VM size with what stands beside it: Windows, spot, low priority, a reservation, and another region."""
    name, product = size.removeprefix("Standard_").replace("_", " "), f"Virtual Machines {series} Series"
    same = {"armSkuName": size, **more}
    hour = "1 Hour"
    return [
        item("Virtual Machines", f"{product} Windows", name, name, price * 2, hour, **same),
        item("Virtual Machines", product, f"{name} Low Priority", f"{name} Low Priority", price / 4, hour, **same),
        item("Virtual Machines", product, f"{name} Spot", f"{name} Spot", price / 5, hour, **same),
        item("Virtual Machines", product, name, name, price, hour, **same),
        item("Virtual Machines", product, name, name, 1000, hour, **same, type="Reservation", reservationTerm="1 Year"),
        item("Virtual Machines", product, name, name, 99, hour, **{**same, "armRegionName": "westeurope"}),
    ]


def _items() -> list[dict[str, Any]]:
    anywhere = {"armRegionName": "Global"}
    aks = ("Azure Kubernetes Service", "Azure Kubernetes Service", "Standard")
    disks = ("Storage", "Premium SSD Managed Disks")
    blobs = ("Storage", "General Block Blob v2")
    redis = ("Redis Cache", "Azure Managed Redis - Balanced")
    registry = ("Container Registry", "Container Registry")
    addresses = ("Virtual Network", "IP Addresses", "Standard", "Standard IPv4 Static Public IP")
    endpoint = ("Virtual Network", "Virtual Network Private Link", "Standard", "Standard Private Endpoint")
    balancer = ("Load Balancer", "Load Balancer", "Standard", "Standard Included LB Rules and Outbound Rules")
    zone = ("Azure DNS", "Azure DNS", "Private", "Private Zone")
    alerts = ("Azure Monitor", "Azure Monitor", "Alerts")
    logs = ("Log Analytics", "Log Analytics", "Analytics Logs", "Analytics Logs Data Ingestion")
    return [
        *machine("Standard_D4ds_v5", "Ddsv5", 0.2),
        *machine("Standard_D8ds_v5", "Ddsv5", 0.4),
        *machine("Standard_D4s_v5", "Dsv5", 0.1),
        item(*aks, "Standard Uptime SLA", 0.1, "1 Hour"),
        item(*aks, "Standard Long Term Support", 0.6, "1 Hour"),
        item(*disks, "P10 LRS", "P10 LRS Disk", 20, "1/Month"),
        item(*disks, "P10 LRS", "P10 LRS Disk Mount", 1, "1/Month"),
        item(*disks, "P15 LRS", "P15 LRS Disk", 40, "1/Month"),
        *_postgresql(),
        item(*redis, "B0", "B0 Cache Instance", 0.02, "1 Hour"),
        item(*registry, "Basic", "Basic Registry Unit", 0.2, "1/Day"),
        item(*registry, "Premium", "Premium Registry Unit", 1.5, "1/Day"),
        item("NAT Gateway", "NAT Gateway", "Standard", "Standard Gateway", 0.045, "1 Hour", **anywhere),
        item(*addresses, 0.005, "1 Hour", **anywhere),
        item(*addresses, 0.007, "1 Hour"),
        item(*endpoint, 0.01, "1 Hour", **anywhere),
        item(*balancer, 0.03, "1/Hour", **anywhere),
        item(*zone, 0.5, "1/Month", armRegionName="Zone 1"),
        item(*zone, 0.1, "1/Month", armRegionName="Zone 1", tierMinimumUnits=25.0),
        item(*alerts, "Alerts Metric Monitored", 0.1, "1/Month"),
        item(*alerts, "Alerts System Log Monitored at 5 Minute Frequency", 1.5, "1/Month"),
        item(*alerts, "Alerts System Log Monitored at 10 Minute Frequency", 1, "1/Month"),
        item(*alerts, "Alerts System Log Monitored at 15 Minute Frequency", 0.5, "1/Month"),
        item(*blobs, "Hot ZRS", "Hot ZRS Data Stored", 0.02, "1 GB/Month"),
        item(*blobs, "Hot ZRS", "Hot ZRS Write Operations", 0.06, "10K"),
        item(*blobs, "Hot LRS", "Hot LRS Data Stored", 0.01, "1 GB/Month"),
        item("Storage", "Files v2", "Standard ZRS", "ZRS Data Stored", 0.08, "1 GB/Month"),
        item("Storage", "Premium Files", "Premium ZRS", "Premium ZRS Provisioned", 0.2, "1 GiB/Month"),
        item("Key Vault", "Key Vault", "Standard", "Operations", 0.03, "10K"),
        item(*logs, 0, "1 GB"),
        item(*logs, 3, "1 GB", tierMinimumUnits=5.0),
    ]


def _postgresql() -> list[dict[str, Any]]:
    service = "Azure Database for PostgreSQL"
    flexible = f"{service} Flexible Server"
    storage = ("Storage", "Storage Data Stored")
    return [
        item(service, f"{flexible} General Purpose Ddsv5 Series Compute", "4 vCore", "vCore", 0.5, "1 Hour"),
        item(service, f"{flexible} Memory Optimized Edsv5 Series Compute", "4 vCore", "vCore", 0.7, "1 Hour"),
        item(service, f"{flexible} General Purpose Dadsv5 Series Compute", "4 vCore", "vCore", 0.3, "1 Hour"),
        item(service, f"{flexible} General Purpose - Dsv3 Series Compute", "2 vCore", "vCore", 0.25, "1 Hour"),
        item(service, f"{flexible} Burstable BS Series Compute", "B2S", "B2S", 0.05, "1 Hour"),
        item(service, f"{flexible} Burstable BS Series Compute", "B2MS", "B2MS vCore", 0.08, "1 Hour"),
        item(service, f"{service} Flex Server Storage", *storage, 0.1, "1 GB/Month"),
        item(service, f"{service} Single Server General Purpose - Storage", *storage, 9, "1 GB/Month"),
    ]


ITEMS = _items()


class BadFilterError(Exception):
    """The interface would answer 400."""


def matching(text: str, items: Sequence[dict[str, Any]] = ITEMS) -> list[dict[str, Any]]:
    """The items that a filter lets through."""
    conditions = []
    for part in re.split(r" and (?=\w+ eq ')", text):
        match = CONDITION.fullmatch(part)
        if match is None or match[1] not in FILTER_FIELDS:
            raise BadFilterError(part)
        name = "type" if match[1] == "priceType" else match[1]
        conditions.append((name, match[2].replace("''", "'")))
    return [row for row in items if all(row[name] == value for name, value in conditions)]


@dataclass
class PriceServer:
    """What the stand-in answers, and what it was asked."""

    address: str = ""
    items: list[dict[str, Any]] = field(default_factory=lambda: [*ITEMS])
    page_size: int = 2
    busy: int = 0
    retry_after: str | None = "7"
    next_address: str | None = None
    body: bytes | None = None
    status: int = 200
    asked: list[str] = field(default_factory=list)

    def answer(self, path: str) -> tuple[int, bytes]:
        """The status and body for a request."""
        parts = urlsplit(path)
        query = parse_qs(parts.query, strict_parsing=True)
        if self.busy:
            self.busy -= 1
            return 429, b"busy"
        if self.body is not None or self.status != 200:
            return self.status, self.body or b"{}"
        if parts.path != PATH or query.get("api-version") != ["2023-01-01-preview"]:
            return 404, b"{}"
        if query.get("currencyCode") != ["'USD'"] or "'" not in parts.query:
            return 400, b"{}"
        (text,) = query["$filter"]
        skip = int(query.get("$skip", ["0"])[0])
        try:
            found = matching(text, self.items)
        except BadFilterError:
            return 400, b'{"Error": "Invalid OData parameters supplied"}'
        if not skip:
            self.asked.append(text)
        page = found[skip : skip + self.page_size]
        link = None
        if skip + self.page_size < len(found):
            given = f"api-version=2023-01-01-preview&currencyCode='USD'&$filter={quote(text, safe='')}"
            link = f"{self.next_address or self.address}?{given}&$skip={skip + self.page_size}"
        content = {
            "BillingCurrency": "USD",
            "CustomerEntityId": "Default",
            "CustomerEntityType": "Retail",
            "Items": page,
            "NextPageLink": link,
            "Count": len(page),
        }
        return 200, json.dumps(content).encode()


@contextmanager
def serving() -> Iterator[PriceServer]:
    """A server that answers until the end of the block."""
    state = PriceServer()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = state.answer(self.path)
            self.send_response(status)
            if status == 429 and state.retry_after is not None:
                self.send_header("Retry-After", state.retry_after)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    state.address = f"http://127.0.0.1:{server.server_address[1]}{PATH}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield state
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
