"""What a living stack says of another name, another pattern, or another part of its names."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.azure.recorded_names import MADE, NAMES, PATTERN
from components.azure.stack_record import check_record, made_with
from components.settings.name_types import NAME_TYPES
from components.settings.names import default_suffix, physical_names

from .test_stack_record import HERE, check, settings


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        (
            {},
            {"names": {"vault": "kv-contoso"}},
            "airflow-aks:naming.names.vault: is kv-contoso, and the stack was made with kv-airflow-dev-abc123: the "
            "change would replace the Key Vault kv-airflow-dev-abc123. Set it to kv-airflow-dev-abc123, or move",
        ),
        (
            {"names": {"vault": "kv-contoso"}},
            {},
            "airflow-aks:naming.names.vault: is not set, and the stack was made with kv-contoso: the change would "
            "replace the Key Vault kv-contoso. Set it to kv-contoso, or move",
        ),
        (
            {"names": {"vault": "kv-contoso"}},
            {"names": {"vault": "kv-other"}},
            "is kv-other, and the stack was made with kv-contoso",
        ),
        (
            {"names": {"resourceGroup": "rg-a"}},
            {"names": {"resourceGroup": "rg-b"}},
            "would replace the resource group rg-a with everything in it",
        ),
        (
            {},
            {"names": {"broker": "redis-contoso"}},
            "would replace the broker redis-airflow-dev-abc123 (if the stack has one)",
        ),
        (
            {"pattern": "{type}-{environment}-{suffix}"},
            {"pattern": "{type}-{environment}-{suffix}", "names": {"cluster": "aks-contoso"}},
            "airflow-aks:naming.names.cluster: is aks-contoso, and the stack was made with aks-dev-abc123",
        ),
    ],
)
def test_another_name_is_refused_with_what_it_would_replace(
    was: dict[str, object], now: dict[str, object], said: str
) -> None:
    suffix = {"suffix": "abc123"}
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(naming=was | suffix), settings(naming=now | suffix))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    ("was", "now", "said", "back"),
    [
        (
            None,
            "{type}-{environment}-{suffix}",
            "is {type}-{environment}-{suffix}, and the stack was made without",
            "Remove",
        ),
        (
            "{type}-x-{suffix}",
            None,
            "is not set, and the stack was made with {type}-x-{suffix}",
            "Set it back to {type}-x",
        ),
        ("{type}-x-{suffix}", "{type}-y-{suffix}", "is {type}-y-{suffix}, and the stack was made with", "Set it back"),
    ],
)
def test_another_pattern_is_refused_with_every_name_that_it_would_replace(
    was: str | None, now: str | None, said: str, back: str
) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(naming={"pattern": was}), settings(naming={"pattern": now}))
    message = str(refused.value)
    assert f"{PATTERN}: {said}" in message
    assert back in message
    for resource in ("resource group rg-", "cluster aks-", "Key Vault kv-", "database server psql-", "registry cr"):
        assert resource in message
    assert "the security groups, private endpoints, NAT gateway" in message
    assert "private DNS zone" not in message


def test_another_pattern_is_refused_where_every_name_is_chosen() -> None:
    names = {key: getattr(physical_names(settings(), "abc123"), key) for key in NAME_TYPES}
    chosen = {"suffix": "abc123", "names": names}
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(naming=chosen), settings(naming=chosen | {"pattern": "{type}-x"}))
    assert "the change would replace the security groups, private endpoints" in str(refused.value)


def test_another_pattern_with_the_same_result_is_no_change() -> None:
    was, now = {"pattern": "{type}-airflow-{suffix}"}, {"pattern": "{type}-{workload}-{suffix}"}
    assert check(settings(naming=was), settings(naming=now)) == default_suffix(HERE, "airflow-aks", "dev")


@pytest.mark.parametrize("naming", [{"names": {"vault": "kv-contoso"}}, {"pattern": "{type}-{environment}-{suffix}"}])
def test_names_that_stay_are_no_change(naming: dict[str, object]) -> None:
    assert check(settings(naming=naming), settings(naming=naming)) == default_suffix(HERE, "airflow-aks", "dev")


@pytest.mark.parametrize(
    "naming",
    [
        {"names": {"vault": f"kv-airflow-dev-{default_suffix(HERE, 'airflow-aks', 'dev')}"}},
        {"names": {"cluster": "aks-airflow-dev", "network": "vnet-airflow-dev"}},
    ],
)
def test_a_setting_that_repeats_the_names_of_the_stack_is_no_change(naming: dict[str, object]) -> None:
    assert check(settings(), settings(naming=naming)) == check(settings(naming=naming), settings())


def test_a_chosen_name_outlives_another_subscription_only_with_the_recorded_suffix() -> None:
    naming = {"pattern": "{type}-{environment}-{suffix}"}
    recorded = made_with(settings(naming=naming | {"suffix": "abc123"}), HERE)
    assert check_record(settings(naming=naming), recorded, made_with(settings(naming=naming), HERE)) == "abc123"


def test_names_that_a_later_release_would_make_otherwise_are_refused() -> None:
    now = settings(naming={"pattern": "{type}-{suffix}"})
    recorded = made_with(now, HERE)
    recorded[MADE] = json.dumps({**json.loads(recorded[MADE]), "cluster": "cl-abc123"})
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check_record(now, recorded, made_with(now, HERE))
    assert "naming.names.cluster: is not set, and the stack was made with cl-abc123" in str(refused.value)
    assert "Set it to cl-abc123" in str(refused.value)


def test_a_stack_whose_names_are_the_programs_own_records_none() -> None:
    assert not {PATTERN, NAMES, MADE} & made_with(settings(), HERE).keys()


@pytest.mark.parametrize("changes", [{"location": "eastus2"}, {"stack": "qa"}, {"naming": {"prefix": "data"}}])
def test_a_part_of_names_that_changes_is_named_once(changes: dict[str, Any]) -> None:
    pattern = {"pattern": "{type}-{workload}-{environment}-{region}"}
    with pytest.raises(pulumi.RunError, match="1 setting differs"):
        check(settings(naming=pattern), settings(**{**changes, "naming": pattern | changes.get("naming", {})}))


def test_a_changed_prefix_and_a_changed_name_are_both_named() -> None:
    with pytest.raises(pulumi.RunError, match="2 settings differ") as refused:
        check(settings(), settings(naming={"prefix": "data", "names": {"cluster": "aks-contoso"}}))
    assert "airflow-aks:naming.prefix: is data" in str(refused.value)
    assert "airflow-aks:naming.names.cluster: is aks-contoso" in str(refused.value)
