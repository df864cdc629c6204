"""The section on a proxy and authorities of one's own, held against the program."""

from __future__ import annotations

import re

import yaml

from components.airflow.direct_hosts import direct_for_pods
from components.kubernetes.way_out import BUNDLE_FILE, CERTIFICATE_VARIABLES, CONFIG_MAP
from components.settings.names import physical_names
from components.stack_file.checker import check
from components.stack_file.rules.proxy_rules import _MOST_WITH_PROXY, _MOST_WITHOUT_PROXY
from tests.authorities import ROOT
from tests.docs.pages import blocks
from tests.plans import PROJECT, changed, shipped
from tests.plans import ROOT as FOLDER

SECTION = (FOLDER / "docs" / "company-proxy.md").read_text(encoding="utf-8")


def test_the_example_is_a_stack_file() -> None:
    given = yaml.safe_load(next(blocks(SECTION, "yaml")))["config"]["airflow-aks:proxy"]
    config = changed(shipped("prod"), {"proxy": {**given, "trustedCa": ROOT}})
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None, errors


def test_every_entry_that_the_program_adds_is_explained() -> None:
    changes = {"proxy": {"http": "http://proxy.example.com:3128"}, "airflow.executor": "CeleryExecutor"}
    config = changed(shipped("prod"), changes)
    settings, _, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None
    told = SECTION.replace("<region>", settings.location).replace(
        "network.addressSpace", settings.network.address_space
    )
    services = (".azurecr.io", ".vault.azure.net", ".postgres.database.azure.com", ".redis.azure.net")
    for entry in direct_for_pods(settings, physical_names(settings, "a1b2c3")):
        assert f"`{entry}`" in told or entry.endswith(services), entry


def test_the_file_and_its_variables_are_named() -> None:
    assert f"`{BUNDLE_FILE}`" in SECTION
    assert f"ConfigMap `{CONFIG_MAP}`" in SECTION
    assert all(f"`{name}`" in SECTION for name in CERTIFICATE_VARIABLES)


def test_the_numbers_of_certificates_are_those_of_the_rules() -> None:
    found = re.search(r"(\d+) certificates beside a proxy, (\d+) without one", SECTION)
    assert found is not None
    assert [int(number) for number in found.groups()] == [_MOST_WITH_PROXY, _MOST_WITHOUT_PROXY]


def test_the_command_names_a_cluster_as_the_program_does() -> None:
    config = shipped("prod")
    settings, _, _ = check(config.values, set(config.secret_keys), PROJECT, "prod")
    assert settings is not None
    names = physical_names(settings, "a1b2c3")
    (command,) = [line for block in blocks(SECTION, "bash") for line in block.splitlines() if line.startswith("az ")]
    assert f"--resource-group {names.resource_group} --name {names.cluster} " in command
