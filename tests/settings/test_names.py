"""Physical names."""

from __future__ import annotations

import dataclasses
import re

import pytest

from components.settings.names import MAX_PREFIX_AND_STACK, default_suffix, physical_names

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
    "secret_sync_identity": (128, r"[a-z0-9-]+"),
    "remote_identity": (128, r"[a-z0-9-]+"),
}
STACKS = ["dev", "a", "My_Stack.1", "x" * (MAX_PREFIX_AND_STACK - 7), "production-eu-west-blue", "-a-"]


@pytest.mark.parametrize("stack", STACKS)
@pytest.mark.parametrize("prefix", ["airflow", "a", "data-platform"])
def test_every_name_fits_its_type(prefix: str, stack: str) -> None:
    names = dataclasses.asdict(physical_names(prefix, stack, "a1b2c3"))
    assert set(names) == set(LIMITS)
    for kind, name in names.items():
        limit, form = LIMITS[kind]
        assert len(name) <= limit, (kind, name)
        assert re.fullmatch(form, name), (kind, name)


def test_short_names_are_plain() -> None:
    names = physical_names("airflow", "dev", "a1b2c3")
    assert (names.resource_group, names.vault, names.storage_account) == (
        "rg-airflow-dev",
        "kv-airflow-dev-a1b2c3",
        "stairflowdeva1b2c3",
    )


def test_long_names_keep_both_ends() -> None:
    vault = physical_names("airflow", "production-eu-west", "a1b2c3").vault
    assert vault.startswith("kv-airf-")
    assert vault.endswith("west-a1b2c3")


@pytest.mark.parametrize(
    ("one", "other"), [("my_stack", "my-stack"), ("My-Stack", "my-stack"), ("x" * 30, "x" * 31), ("a.b", "a_b")]
)
def test_stacks_that_look_alike_have_different_names(one: str, other: str) -> None:
    first = dataclasses.asdict(physical_names("airflow", one, "a1b2c3"))
    second = dataclasses.asdict(physical_names("airflow", other, "a1b2c3"))
    assert all(first[kind] != second[kind] for kind in first)


def test_suffix_follows_subscription_and_stack() -> None:
    suffixes = {
        default_suffix(subscription, "airflow-aks", stack) for subscription in ("s1", "s2") for stack in ("dev", "prod")
    }
    assert len(suffixes) == 4
    assert all(re.fullmatch(r"[a-z0-9]{6}", suffix) for suffix in suffixes)
