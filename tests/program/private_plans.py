"""Plans with `network.private`, and the private endpoints in them."""

from __future__ import annotations

from typing import Any

import pytest

from dryrun.plan import Plan, Resource
from tests.plans import plan_of
from tests.stack_file.wrong_private import CLOSED

PRIVATE: dict[str, Any] = {"network.private": True}
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "dev": ("dev", CLOSED),
    "prod": ("prod", PRIVATE),
    "celery": ("prod", {**PRIVATE, "airflow.executor": "CeleryExecutor"}),
    "shares": ("prod", {**PRIVATE, "logs": {"delivery": "azureFiles", "sizeGb": 50}, "dags.delivery": "azureFiles"}),
    "premium shares": ("prod", {**PRIVATE, "logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"}}),
    "blobfuse and csi": ("prod", {**PRIVATE, "logs.delivery": "blobfuse", "secrets.delivery": "csi"}),
    "2.9": ("prod", {**PRIVATE, "airflow.release": "2.9"}),
}
every = pytest.mark.parametrize("case", CASES)


def plan(case: str) -> Plan:
    return plan_of(*CASES[case])


def azure(case: str) -> list[Resource]:
    return [resource for resource in plan(case).resources if resource.type.startswith("azure-native:")]


def endpoints(case: str) -> dict[str, str]:
    """The zone of each endpoint, by the part of the service that it leads to."""
    names = {zone.inputs["privateZoneName"] for zone in plan(case).all("azure-native:privatedns:PrivateZone")}
    found = {}
    for group in plan(case).all("azure-native:network:PrivateDnsZoneGroup"):
        (config,) = group.inputs["privateDnsZoneConfigs"]
        found[config["name"]] = config["privateDnsZoneId"].rpartition("/")[2]
    assert set(found.values()) <= names
    return found
