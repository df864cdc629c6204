"""What a stack was made with, held against what its settings say now."""

from __future__ import annotations

import json

import pulumi
import pytest

from components.azure.stack_record import LOCATION, SUBSCRIPTION, SUFFIX, check_record, made_with
from components.settings.model import GitCredentials, Settings
from components.settings.names import default_suffix
from components.settings.pins import load_pins
from components.settings.private_network import close_services

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
