"""What a stack was made with, held against what its settings say now."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.azure.recorded_names import MADE, NAMES, PATTERN
from components.azure.stack_record import LOCATION, SUBSCRIPTION, SUFFIX, check_record, made_with
from components.settings.model import GitCredentials, Settings
from components.settings.name_types import NAME_TYPES
from components.settings.names import default_suffix, physical_names
from components.settings.pins import load_pins
from components.settings.private_network import close_services
from tests.landing_zone_cases import EXISTING_REGISTRY

HERE = "00000000-0000-0000-0000-000000000001"
THERE = "00000000-0000-0000-0000-000000000002"


def settings(**changes: object) -> Settings:
    given = {"project": "airflow-aks", "stack": "dev", "location": "canadacentral", **changes}
    return Settings(git_credentials=GitCredentials(), pins=load_pins(), **given)  # type: ignore[arg-type]


def check(before: Settings, after: Settings, was: str = HERE, now: str = HERE) -> str:
    return check_record(after, made_with(before, was), made_with(after, now))


def test_a_first_update_takes_the_derived_suffix() -> None:
    assert check(settings(), settings()) == default_suffix(HERE, "airflow-aks", "dev")


def test_the_recorded_suffix_outlives_another_way_to_derive_one() -> None:
    recorded = made_with(settings(), HERE) | {SUFFIX: '"abc123"'}
    assert check_record(settings(), recorded, made_with(settings(), HERE)) == "abc123"


NODES = (
    f"/subscriptions/{HERE}/resourceGroups/rg-network/providers/Microsoft.Network/virtualNetworks/vnet-spoke/subnets/"
    "snet-nodes"
)


def in_subnet(subnet: str) -> Settings:
    return settings(network={"existing": {"nodeSubnetId": subnet}})


def test_a_stack_does_not_move_into_subnets_that_exist() -> None:
    with pytest.raises(pulumi.RunError, match="is set, and the stack was made in a network of its own"):
        check(settings(), in_subnet(NODES))


def test_a_stack_of_an_older_release_does_not_move_into_subnets_that_exist() -> None:
    with pytest.raises(pulumi.RunError, match="Remove it, or move to a new stack"):
        check_record(in_subnet(NODES), {LOCATION: '"canadacentral"'}, made_with(in_subnet(NODES), HERE))


def test_a_stack_does_not_move_out_of_subnets_that_exist() -> None:
    with pytest.raises(pulumi.RunError, match="is not set, and the stack was made in subnets that existed"):
        check(in_subnet(NODES), settings())


def test_a_stack_does_not_move_to_another_subnet() -> None:
    with pytest.raises(pulumi.RunError, match=r"airflow-aks:network.existing.nodeSubnetId: is .*snet-other, and the"):
        check(in_subnet(NODES), in_subnet(NODES.replace("nodes", "other")))


def test_the_case_of_a_subnets_id_is_no_move() -> None:
    assert check(in_subnet(NODES), in_subnet(NODES.replace("rg-network", "RG-Network")))


def test_a_record_of_an_older_release_is_held_against_what_it_holds() -> None:
    recorded = {LOCATION: '"canadacentral"'}
    current = made_with(settings(), HERE)
    assert check_record(settings(), recorded, current) == json.loads(current[SUFFIX])


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"location": "eastus2"}, "azure-native:location: is eastus2, and the stack was made with canadacentral"),
        ({"stack": "qa"}, "`pulumi stack rename dev`"),
        ({"naming": {"prefix": "data"}}, "airflow-aks:naming.prefix: is data, and the stack was made with airflow"),
        ({"naming": {"suffix": "abc123"}}, "airflow-aks:naming.suffix: is abc123"),
        ({"database": {"access": "public"}}, "airflow-aks:database.access: is public"),
        ({"database": {"geoRedundantBackup": True}}, "airflow-aks:database.geoRedundantBackup: is true"),
        ({"keyVault": {"softDeleteDays": 90}}, "airflow-aks:keyVault.softDeleteDays: is 90"),
        ({"cluster": {"privateApiServer": True}}, "airflow-aks:cluster.privateApiServer: is true"),
        ({"cluster": {"zones": ("1",)}}, 'airflow-aks:cluster.zones: is ["1"], and the stack was made with ["1", "2"'),
        ({"cluster": {"systemPool": {"vmSize": "Standard_D8ds_v5"}}}, "airflow-aks:cluster.systemPool.vmSize: is"),
    ],
)
def test_a_setting_that_cannot_change_is_refused_by_its_path(changes: dict[str, object], said: str) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(), settings(**changes))
    assert said in str(refused.value)


def test_another_subscription_is_refused_with_the_command_that_goes_back() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check(settings(), settings(), HERE, THERE)
    assert f"{SUBSCRIPTION}: the deployment is signed in to {THERE}" in str(refused.value)
    assert f"`az account set --subscription {HERE}`" in str(refused.value)


def test_every_difference_is_named_in_one_message() -> None:
    with pytest.raises(pulumi.RunError, match="3 settings differ") as refused:
        check(settings(), settings(location="eastus2", stack="qa"), HERE, THERE)
    assert str(refused.value).count("\n") == 3


@pytest.mark.parametrize(
    "changes", [{"database": {"version": "18"}}, {"cluster": {"tier": "Free"}}, {"logs": {"retentionDays": 5}}]
)
def test_a_setting_that_azure_changes_in_place_is_free(changes: dict[str, object]) -> None:
    assert check(settings(), settings(**changes)) == default_suffix(HERE, "airflow-aks", "dev")


def test_a_private_network_is_named_where_it_would_change_what_is_fixed() -> None:
    was = settings(database={"access": "public"})
    with pytest.raises(pulumi.RunError, match="2 settings differ") as refused:
        check(was, close_services(settings(network={"private": True})))
    for setting in ("cluster.privateApiServer: is true", "database.access: is private"):
        assert f"airflow-aks:{setting} because of airflow-aks:network.private" in str(refused.value)
    assert "Set airflow-aks:network.private to false" in str(refused.value)


def test_a_stack_with_airflow_refuses_to_lose_it_whatever_its_record_holds() -> None:
    alone = settings(has_airflow=False)
    for recorded in (made_with(settings(), HERE), {LOCATION: '"canadacentral"'}):
        with pytest.raises(pulumi.RunError, match=r"^airflow-aks:airflow: is null, and the stack dev has Airflow"):
            check_record(alone, recorded, made_with(alone, HERE))


def test_a_stack_without_airflow_keeps_what_its_cluster_was_made_with() -> None:
    alone = settings(has_airflow=False)
    assert check(alone, alone) == default_suffix(HERE, "airflow-aks", "dev")
    with pytest.raises(pulumi.RunError, match="2 settings differ"):
        check(alone, settings(has_airflow=False, location="eastus2", cluster={"privateApiServer": True}))


def test_the_record_of_a_stack_without_airflow_says_nothing_of_what_it_has_not() -> None:
    assert not [path for path in made_with(settings(has_airflow=False), HERE) if ":database." in path]


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


VAULT = f"/subscriptions/{HERE}/resourceGroups/rg-security/providers/Microsoft.KeyVault/vaults/kv-platform"
IN_GROUP = {"resourceGroup": {"existingName": "rg-data"}}
IN_VAULT = {"keyVault": {"existingId": VAULT}}


@pytest.mark.parametrize(
    ("before", "after", "said", "back"),
    [
        (
            {},
            IN_GROUP,
            "airflow-aks:resourceGroup.existingName: is set, and the stack was made in a resource group of its own: "
            "the change would replace every resource, those that hold data too, and delete the stack's own group",
            "Remove it, or move to a new stack",
        ),
        (
            IN_GROUP,
            {},
            "airflow-aks:resourceGroup.existingName: is not set, and the stack was made in a resource group that "
            "existed",
            "Set it to rg-data, or move",
        ),
        (
            IN_GROUP,
            {"resourceGroup": {"existingName": "rg-other"}},
            "airflow-aks:resourceGroup.existingName: is rg-other, and the stack was made in rg-data: the change would "
            "replace every resource",
            "Set it back, or move",
        ),
        (
            {},
            IN_VAULT,
            "airflow-aks:keyVault.existingId: is set, and the stack was made in a Key Vault of its own: the change "
            "would delete the stack's own vault with everything that others keep in it",
            "Remove it, or move",
        ),
        (
            IN_VAULT,
            {},
            "airflow-aks:keyVault.existingId: is not set, and the stack was made in a Key Vault that existed: the "
            "change would write the stack's secrets into another vault",
            f"Set it to {VAULT}, or move",
        ),
        (
            IN_VAULT,
            {"keyVault": {"existingId": f"{VAULT}-2"}},
            f"airflow-aks:keyVault.existingId: is {VAULT}-2, and the stack was made in {VAULT}: the change would write",
            "Set it back, or move",
        ),
    ],
)
def test_a_stack_does_not_move_into_what_exists_or_out(
    before: dict[str, object], after: dict[str, object], said: str, back: str
) -> None:
    with pytest.raises(pulumi.RunError, match="1 setting differs") as refused:
        check(settings(**before), settings(**after))
    assert said in str(refused.value)
    assert back in str(refused.value)


@pytest.mark.parametrize("naming", [{"pattern": "{type}-x-{suffix}"}, {"names": {"cluster": "aks-contoso"}}])
def test_a_move_of_a_stack_with_chosen_names_is_told_once(naming: dict[str, object]) -> None:
    for before, after in (({}, {**IN_GROUP, **IN_VAULT}), ({**IN_GROUP, **IN_VAULT}, {})):
        with pytest.raises(pulumi.RunError, match="2 settings differ"):
            check(settings(naming=naming, **before), settings(naming=naming, **after))


def test_the_case_of_a_groups_name_is_no_move() -> None:
    assert check(settings(**IN_GROUP), settings(resourceGroup={"existingName": "RG-Data"}))


@pytest.mark.parametrize("change", [{"grantAccess": False}, {"deleteSecrets": False}])
def test_rights_and_deletion_of_secrets_are_free_to_change(change: dict[str, object]) -> None:
    assert check(settings(**IN_VAULT), settings(keyVault={"existingId": VAULT, **change}))


def test_a_stack_in_its_own_places_records_none() -> None:
    assert not [path for path in made_with(settings(), HERE) if "existing" in path]


EXISTING = {"registry": EXISTING_REGISTRY["registry"]}


@pytest.mark.parametrize("naming", [{}, {"names": {"registry": "crcontoso"}}, {"pattern": "{type}-{suffix}"}])
def test_a_stack_takes_a_registry_that_exists_and_one_of_its_own_again(naming: dict[str, Any]) -> None:
    own = settings(naming=naming)
    without_name = {key: value for key, value in naming.items() if key != "names"}
    assert check(own, settings(naming=without_name, **EXISTING))
    assert check(settings(naming=without_name, **EXISTING), settings(naming=without_name))
    assert check(own, own)


def test_a_pattern_beside_a_registry_that_exists_gives_no_name_to_one() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        check(settings(**EXISTING), settings(naming={"pattern": "{type}-{suffix}"}, **EXISTING))
    assert "the cluster aks-airflow-dev" in str(refused.value)
    assert "container registry" not in str(refused.value)
