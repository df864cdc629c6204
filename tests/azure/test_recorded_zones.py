"""The zones of API server and database, held against those that a stack has."""

from __future__ import annotations

import json
from typing import Any

import pulumi
import pytest

from components.azure.recorded_zones import (
    DATABASE_ZONE,
    database_zone_to_record,
    describe_changed_database_zone,
    may_change_database_zone,
)
from components.azure.stack_record import LOCATION, check_record, made_with
from components.settings.model import Settings
from tests.azure.test_stack_record import HERE, check, settings
from tests.landing_zone_cases import ZONES

CLUSTER, DATABASE = ZONES["cluster"], ZONES["database"]


def with_zones(mode: str = "existing", *, standby: str = "Disabled", access: str = "private", **zones: str) -> Settings:
    return settings(
        network={"privateDns": {"mode": mode, "zones": zones}},
        database={"access": access, "highAvailability": standby, "tier": "GeneralPurpose", "sku": "Standard_D2ds_v5"},
    )


def told(before: Settings, now: Settings) -> list[str]:
    """What the check says of the database: its record keeps the zone as long as the zone cannot change."""
    source = now if may_change_database_zone(now) else before
    return list(describe_changed_database_zone(now, database_zone_to_record(source)))


def test_a_stack_with_zones_of_its_own_records_none() -> None:
    own = settings()
    assert [path for path in made_with(own, HERE) if "privateDns" in path] == []
    assert database_zone_to_record(own) == {}


def test_the_zone_of_the_api_server_is_fixed() -> None:
    with pytest.raises(pulumi.RunError, match=r"zones\.cluster: is .*/other\.privatelink.*Azure fixes it at creation"):
        check(with_zones(cluster=CLUSTER), with_zones(cluster=CLUSTER.replace("/privatelink", "/other.privatelink")))


def test_the_api_server_does_not_move_into_a_zone_of_others() -> None:
    own, existing = settings(), with_zones(cluster=CLUSTER)
    with pytest.raises(pulumi.RunError, match="is set, and AKS made the zone of the stack's API server") as refused:
        check(own, existing)
    assert "as airflow-aks:network.privateDns.mode policy or own allows, or move to a new stack" in str(refused.value)
    with pytest.raises(pulumi.RunError, match="1 setting differs"):
        check_record(existing, {LOCATION: '"canadacentral"'}, made_with(existing, HERE))


def test_the_api_server_does_not_move_out_of_a_zone_of_others() -> None:
    with pytest.raises(pulumi.RunError, match="is not set, and the stack was made with /subscriptions/"):
        check(with_zones(cluster=CLUSTER), with_zones("policy"))


def test_the_case_of_an_id_is_no_move() -> None:
    assert check(with_zones(cluster=CLUSTER), with_zones("policy", cluster=CLUSTER.replace("rg-dns", "RG-DNS")))
    standby = {"standby": "ZoneRedundant"}
    assert told(with_zones(database=DATABASE, **standby), with_zones(database=DATABASE.upper(), **standby)) == []


@pytest.mark.parametrize("standby", ["SameZone", "ZoneRedundant"])
@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"mode": "own"}, {"database": DATABASE}, "and the database is in a zone that the program makes"),
        ({"database": DATABASE}, {"mode": "own"}, "is a zone that the program makes, and the database is in /sub"),
        ({"database": DATABASE}, {"database": DATABASE.replace("contoso", "data")}, "is /subscriptions/"),
    ],
)
def test_a_database_with_a_standby_changes_no_zone(
    standby: str, before: dict[str, Any], now: dict[str, Any], said: str
) -> None:
    (text,) = told(with_zones(standby=standby, **before), with_zones(standby=standby, **now))
    assert text.startswith(f"{DATABASE_ZONE}: is ")
    assert said in text
    assert f"with airflow-aks:database.highAvailability: {standby}. Keep the zone, set the latter to Disabled" in text


def test_a_database_without_a_standby_changes_its_zone() -> None:
    assert told(settings(), with_zones(database=DATABASE)) == []
    assert told(with_zones(database=DATABASE), with_zones("own")) == []


def test_a_public_database_has_no_zone_to_change() -> None:
    before, now = with_zones("own", access="public"), with_zones("existing", access="public", standby="SameZone")
    assert told(before, now) == []


def test_the_record_holds_the_zone_without_its_letters_case() -> None:
    assert json.loads(database_zone_to_record(with_zones(database=DATABASE))[DATABASE_ZONE]) == DATABASE.lower()
