"""Moves of a stack to private DNS zones of others, and which zones its names stand in."""

from __future__ import annotations

from typing import Any

import yaml

from tests.engine.existing_zones import GROUP, ZONE
from tests.landing_zone_cases import LANDING_ZONE, SUBNETS, ZONES

from .workspace import Workspace

SERVER = "azure-native:dbforpostgresql:Server"


def into_landing_zone(workspace: Workspace, private_dns: dict[str, Any], **existing: Any) -> None:
    """Write a stack file of the landing zone."""
    content = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))
    content["config"]["airflow-aks:network"] = {
        "existing": {**SUBNETS, **existing},
        "outbound": "userDefinedRouting",
        "private": True,
        "privateDns": private_dns,
    }
    content["config"]["airflow-aks:access"] = LANDING_ZONE["access"]
    workspace.stack_file.write_text(yaml.safe_dump(content, sort_keys=False), encoding="utf-8")


def changes_nothing(workspace: Workspace) -> None:
    assert workspace.up().changes.keys() == {"unchanged"}


def group_zones(workspace: Workspace) -> set[str]:
    groups = [item for item in workspace.cloud.objects.values() if item.type == GROUP]
    return {config["privateDnsZoneId"] for group in groups for config in group.inputs["privateDnsZoneConfigs"]}


def own_zones(workspace: Workspace) -> list[str]:
    return [key for key, item in workspace.cloud.objects.items() if item.type == ZONE and key not in ZONES.values()]


def database_zone(workspace: Workspace) -> str:
    zone: str = workspace.cloud.find(SERVER).inputs["network"]["privateDnsZoneArmResourceId"]
    return zone
