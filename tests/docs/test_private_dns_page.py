"""The section on private DNS: its examples are stack files, and its tables are what the program checks."""

from __future__ import annotations

import re
from typing import Any, get_args

import pytest
import yaml

from components.azure.existing_zones import zone_name
from components.settings.private_dns import ExistingZones, PrivateDnsSettings
from components.stack_file.checker import check
from tests.docs.pages import blocks, text_of
from tests.landing_zone_cases import LANDING_ZONE, OF_LANDING_ZONE, ZONES
from tests.plans import PROJECT, ROOT, changed, shipped

PAGE = text_of(ROOT / "docs" / "existing-network.md")
SECTION = PAGE[PAGE.index("## Private DNS") :]
ZONES_EXAMPLE, SERVERS_EXAMPLE = (
    yaml.safe_load(text)["config"]["airflow-aks:network"] for text in blocks(SECTION, "yaml")
)


def rows(first: str) -> list[list[str]]:
    """The cells of the table with this first column."""
    _, found, rest = SECTION.partition(f"\n| {first} |")
    assert found
    return [
        [cell.strip() for cell in line.strip("| ").split(" | ")] for line in rest.partition("\n\n")[0].split("\n")[2:]
    ]


def problems(changes: dict[str, Any]) -> list[Any]:
    config = changed(shipped("prod"), changes)
    return check(config.values, set(config.secret_keys), PROJECT, "prod")[1]


def test_the_example_of_zones_is_a_stack_file() -> None:
    private_dns = ZONES_EXAMPLE["privateDns"]
    assert set(private_dns["zones"]) == set(OF_LANDING_ZONE)
    assert private_dns["grantAccess"] is PrivateDnsSettings().grant_access
    filled = {**private_dns, "zones": OF_LANDING_ZONE}
    assert problems({**LANDING_ZONE, "network.privateDns": filled}) == []


def test_the_example_of_dns_servers_is_a_stack_file() -> None:
    assert problems({f"network.{key}": value for key, value in SERVERS_EXAMPLE.items()}) == []


def test_every_mode_is_described() -> None:
    modes = get_args(PrivateDnsSettings.model_fields["mode"].annotation)
    assert [row[0].strip("`") for row in rows("`mode`")] == list(modes)


def test_every_zone_has_a_row_with_its_name() -> None:
    table = {row[0].strip("`"): row for row in rows("zone")}
    assert list(table) == [field.alias for field in ExistingZones.model_fields.values()]
    for key in set(ZONES) - {"database", "cluster"}:
        assert table[key][1] == f"`{zone_name(key, '<region>').words}`"
    assert ".postgres.database.azure.com" in table["database"][1]
    assert table["cluster"][1].startswith(f"`{zone_name('cluster', '<region>').words.partition(' ')[0]}`")


@pytest.mark.parametrize("output", ["nodeSubnetId", "nodeNetwork", "zones.cluster"])
def test_what_grants_are_for_is_on_the_page_of_outputs(output: str) -> None:
    assert f"`{output}`" in text_of(ROOT / "docs" / "outputs.md")


def test_the_page_of_troubles_knows_the_errors_of_zones() -> None:
    page = text_of(ROOT / "docs" / "troubleshooting.md")
    assert re.search(r"Cannot create more than one private dns zone groups.*privateDns\.mode: policy", page)
