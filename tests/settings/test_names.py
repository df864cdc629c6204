"""Physical names."""

from __future__ import annotations

import dataclasses
import re

import pytest

from components.azure.regions import PUBLIC_REGIONS
from components.settings.model import GitCredentials, Settings
from components.settings.name_types import NAME_TYPES
from components.settings.names import MAX_PREFIX_AND_STACK, Names, default_suffix, name_form, physical_names
from components.settings.naming import NamesSettings, NamingSettings
from components.settings.pins import load_pins
from components.settings.region_codes import REGION_CODES

LIMITS = {
    "resource_group": (90, r"[a-z0-9-]+"),
    "node_resource_group": (80, r"[a-z0-9-]+"),
    "network": (64, r"[a-z0-9-]+"),
    "cluster": (63, r"[a-z0-9-]+"),
    "dns_prefix": (54, r"[a-z0-9-]+"),
    "registry": (50, r"[a-z0-9]{5,}"),
    "vault": (24, r"[a-z](-?[a-z0-9])*"),
    "storage_account": (24, r"[a-z0-9]{3,}"),
    "file_storage_account": (24, r"[a-z0-9]{3,}"),
    "database_server": (63, r"[a-z0-9](-?[a-z0-9])*"),
    "broker": (60, r"[a-z0-9](-?[a-z0-9])*"),
    "database_zone": (120, r"[a-z0-9-]+\.private\.postgres\.database\.azure\.com"),
    "control_plane_identity": (128, r"[a-z0-9-]+"),
    "kubelet_identity": (128, r"[a-z0-9-]+"),
    "airflow_identity": (128, r"[a-z0-9-]+"),
    "gateway_address": (80, r"[a-z0-9-]+"),
    "certificate_identity": (128, r"[a-z0-9-]+"),
    "log_workspace": (54, r"[a-z0-9-]+"),
    "secret_sync_identity": (128, r"[a-z0-9-]+"),
    "remote_identity": (128, r"[a-z0-9-]+"),
}
UNIQUE = {"registry", "vault", "storage_account", "file_storage_account", "database_server", "broker"}
STACKS = ["dev", "a", "My_Stack.1", "x" * (MAX_PREFIX_AND_STACK - 7), "production-eu-west-blue", "-a-"]


def settings(stack: str, location: str = "canadacentral", **naming: object) -> Settings:
    return Settings(
        project="airflow-aks",
        stack=stack,
        location=location,
        git_credentials=GitCredentials(),
        pins=load_pins(),
        naming=NamingSettings.model_validate(naming),
    )


def by_field(names: Names) -> dict[str, str]:
    """The names of resources, by their fields."""
    return {key: getattr(names, key) for key in NAME_TYPES}


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("prefix", ["airflow", "a", "data-platform"])
def test_every_name_fits_its_type(prefix: str, stack: str) -> None:
    names = by_field(physical_names(settings(stack, prefix=prefix), "a1b2c3"))
    assert set(names) == set(LIMITS)
    for kind, name in names.items():
        limit, form = LIMITS[kind]
        assert len(name) <= limit, (kind, name)
        assert re.fullmatch(form, name), (kind, name)


def test_short_names_are_plain() -> None:
    names = physical_names(settings("dev"), "a1b2c3")
    assert (names.resource_group, names.vault, names.storage_account) == (
        "rg-airflow-dev",
        "kv-airflow-dev-a1b2c3",
        "stairflowdeva1b2c3",
    )


def test_long_names_keep_both_ends() -> None:
    vault = physical_names(settings("production-eu-west"), "a1b2c3").vault
    assert vault.startswith("kv-airf-")
    assert vault.endswith("west-a1b2c3")


@pytest.mark.parametrize(
    ("one", "other"), [("my_stack", "my-stack"), ("My-Stack", "my-stack"), ("x" * 30, "x" * 31), ("a.b", "a_b")]
)
def test_stacks_that_look_alike_have_different_names(one: str, other: str) -> None:
    first = by_field(physical_names(settings(one), "a1b2c3"))
    second = by_field(physical_names(settings(other), "a1b2c3"))
    assert all(first[kind] != second[kind] for kind in first)


def test_suffix_follows_subscription_and_stack() -> None:
    suffixes = {
        default_suffix(subscription, "airflow-aks", stack) for subscription in ("s1", "s2") for stack in ("dev", "prod")
    }
    assert len(suffixes) == 4
    assert all(re.fullmatch(r"[a-z0-9]{6}", suffix) for suffix in suffixes)


def test_every_name_has_a_type_and_a_setting() -> None:
    fields = [field.name for field in dataclasses.fields(Names)]
    assert [*NAME_TYPES, "pattern"] == [*NamesSettings.model_fields, "pattern"] == fields


@pytest.mark.parametrize("stack", STACKS)
def test_every_name_of_the_program_is_accepted_as_a_setting(stack: str) -> None:
    names = by_field(physical_names(settings(stack), "a1b2c3"))
    assert NamesSettings.model_validate(names).chosen == names


def test_a_chosen_name_is_taken_as_it_is_and_changes_no_other() -> None:
    plain = by_field(physical_names(settings("dev"), "a1b2c3"))
    chosen = by_field(physical_names(settings("dev", names={"vault": "kv-contoso-7"}), "a1b2c3"))
    assert chosen == plain | {"vault": "kv-contoso-7"}


def test_a_pattern_makes_every_name_but_that_of_the_zone() -> None:
    names = physical_names(settings("prod", pattern="{type}-{workload}-{environment}-{region}"), "a1b2c3")
    assert by_field(names) == {
        "resource_group": "rg-airflow-prod-cnc",
        "node_resource_group": "rg-airflow-prod-cnc-nodes",
        "network": "vnet-airflow-prod-cnc",
        "cluster": "aks-airflow-prod-cnc",
        "dns_prefix": "aks-airflow-prod-cnc",
        "registry": "crairflowprodcnc",
        "vault": "kv-airflow-prod-cnc",
        "storage_account": "stairflowprodcnc",
        "file_storage_account": "stfairflowprodcnc",
        "database_server": "psql-airflow-prod-cnc",
        "database_zone": "airflow-prod.private.postgres.database.azure.com",
        "broker": "redis-airflow-prod-cnc",
        "control_plane_identity": "id-airflow-prod-cnc-aks",
        "kubelet_identity": "id-airflow-prod-cnc-kubelet",
        "airflow_identity": "id-airflow-prod-cnc-airflow",
        "gateway_address": "pip-airflow-prod-cnc-gateway",
        "certificate_identity": "id-airflow-prod-cnc-certificate",
        "secret_sync_identity": "id-airflow-prod-cnc-secrets",
        "remote_identity": "id-airflow-prod-cnc-remote",
        "log_workspace": "log-airflow-prod-cnc",
    }


def test_a_pattern_precedes_the_names_of_other_resources() -> None:
    names = physical_names(settings("prod", pattern="{type}-{workload}-{environment}-{region}"), "a1b2c3")
    assert names.by_pattern("nsg", "network-nodes-security") == "nsg-airflow-prod-cnc-network-nodes-security"
    assert physical_names(settings("prod"), "a1b2c3").by_pattern("nsg", "network-nodes-security") == (
        "network-nodes-security"
    )


def test_a_pattern_may_have_text_and_suffix_anywhere() -> None:
    names = physical_names(settings("prod", pattern="contoso-{suffix}-{type}-{environment}", prefix="a"), "a1b2c3")
    assert (names.vault, names.registry) == ("contoso-a1b2c3-kv-prod", "contosoa1b2c3crprod")


def test_a_region_without_a_code_keeps_its_name_in_a_pattern() -> None:
    names = physical_names(settings("dev", location="polandcentral", pattern="{type}-{region}"), "a1b2c3")
    assert names.cluster == "aks-polandcentral"


def test_every_code_belongs_to_one_region() -> None:
    assert REGION_CODES.keys() <= PUBLIC_REGIONS
    assert len(set(REGION_CODES.values())) == len(REGION_CODES)


@pytest.mark.parametrize("stack", ["My_Stack.1", "_"])
def test_a_stacks_name_that_azure_does_not_take_stays_different_in_a_pattern(stack: str) -> None:
    name = physical_names(settings(stack, pattern="{type}-{environment}"), "a1b2c3").cluster
    assert re.fullmatch(r"aks-(my-stack-1-)?[0-9a-f]{4}", name)


def test_names_that_are_unique_in_azure_have_the_suffix() -> None:
    names = by_field(physical_names(settings("dev"), "a1b2c3"))
    assert {key for key, name in names.items() if "a1b2c3" in name} == UNIQUE
    assert {key for key, kind in NAME_TYPES.items() if kind.unique} == UNIQUE


@pytest.mark.parametrize(
    ("naming", "shown", "name"),
    [
        ({}, "kv-airflow-dev-<suffix>", "kv-airflow-dev-0a1b2c"),
        ({"suffix": "abc"}, "kv-airflow-dev-abc", "kv-airflow-dev-abc"),
        ({"names": {"vault": "kv-contoso"}}, "kv-contoso", "kv-contoso"),
        ({"pattern": "{type}-{suffix}-{workload}"}, "kv-<suffix>-airflow", "kv-0a1b2c-airflow"),
    ],
)
def test_a_name_is_known_as_far_as_the_stack_file_says_it(naming: dict[str, object], shown: str, name: str) -> None:
    form = name_form(settings("dev", **naming), "vault")
    assert form.shown == shown
    assert form.is_known == ("<suffix>" not in shown)
    assert form.pattern.fullmatch(name)
    assert not form.pattern.fullmatch(f"{name}-2")
