"""The pages on landing zones and existing networks: the example is a stack file, the hosts those of `make egress`."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml

from components.airflow.outside_hosts import outside_hosts
from components.azure.own_network import DATABASE_DELEGATION
from components.azure.subnet_plan import POD_CIDR, SERVICE_CIDR, SMALLEST_DATABASE_PREFIX
from components.settings.existing_network import ExistingSubnets
from components.settings.names import stack_names
from components.settings.network_section import NetworkSettings
from components.stack_file.checker import check
from tests.docs.pages import blocks, text_of
from tests.landing_zone_cases import SUBNETS
from tests.plans import PROJECT, ROOT, changed, shipped

PAGE = text_of(ROOT / "docs" / "landing-zone.md")
NETWORK = text_of(ROOT / "docs" / "existing-network.md")
SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
# Everything public that a stack can have, and everything that names a host.
PUBLIC: dict[str, Any] = {
    "registry.publicAccess": True,
    "keyVault.publicAccess": True,
    "logs": {"delivery": "azureFiles", "publicAccess": True},
    "database": {"access": "public", "pooler": "server", "tier": "GeneralPurpose", "sku": "Standard_D2ds_v5"},
    "airflow.executor": "CeleryExecutor",
    "monitoring": {},
    "access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}},
}


def example() -> dict[str, Any]:
    """The stack file of the page, with the ids of the tests in the place of those that a reader fills in."""
    text = next(blocks(NETWORK, "yaml"))
    sections = yaml.safe_load(text)["config"]
    network = sections["airflow-aks:network"]
    assert set(network["existing"]) == {*SUBNETS, "grantAccess"}
    network["existing"] |= SUBNETS
    return {key.removeprefix(f"{PROJECT}:"): value for key, value in sections.items()}


def test_the_example_is_a_stack_file() -> None:
    config = changed(shipped("prod"), {"network": None, **example()})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert errors == []
    assert settings is not None
    assert settings.network.existing is not None


def test_every_subnet_and_way_out_is_described() -> None:
    for field in ExistingSubnets.model_fields.values():
        assert f"`{field.alias}" in NETWORK or f"{field.alias}:" in NETWORK
    (choices,) = [NetworkSettings.model_json_schema()["properties"]["outbound"]["enum"]]
    section = NETWORK.partition("## The way out")[2].partition("\n## ")[0]
    rows = re.findall(r"^\| `(\w+)` \|", section, re.MULTILINE)
    assert sorted(rows) == sorted(choices)


@pytest.mark.parametrize(
    "fact", [DATABASE_DELEGATION, POD_CIDR, SERVICE_CIDR, f"/{SMALLEST_DATABASE_PREFIX} or larger"]
)
def test_the_page_says_what_the_program_checks(fact: str) -> None:
    assert fact in NETWORK


def test_every_host_of_the_list_is_on_the_page() -> None:
    config = changed(shipped("prod"), PUBLIC)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None, errors
    names = stack_names(settings, SUBSCRIPTION)
    placeholders = {
        names.registry: "<registry>",
        names.vault: "<vault>",
        names.storage_account: "<account>",
        names.database_server: "<server>",
        names.broker: "<broker>",
        settings.location: "<region>",
    }
    missing = set()
    for host in outside_hosts(settings, names):
        text = host.host
        for name, placeholder in placeholders.items():
            text = text.replace(name, placeholder)
        if f"`{text}`" not in PAGE and not text.endswith("monitor.azure.com"):
            missing.add(text)
        assert host.port in (443, 445, 5432, 6432, 10000)
    # The host of the repository is the reader's own.
    assert missing == {"github.com"}
