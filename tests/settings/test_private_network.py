"""What `network.private` sets in the other sections."""

from __future__ import annotations

from typing import Any

import pytest

from components.settings.model import GitCredentials, Settings
from components.settings.pins import load_pins
from components.settings.private_network import WITHOUT_PUBLIC_ADDRESS, close_services
from tests.stack_file.connections import checked
from tests.stack_file.wrong_private import CLOSED


def closed(**changes: object) -> Settings:
    given: dict[str, Any] = {"project": "airflow-aks", "stack": "dev", "location": "canadacentral", **changes}
    return close_services(Settings(git_credentials=GitCredentials(), pins=load_pins(), **given))


def decided(settings: Settings) -> dict[tuple[str, str], object]:
    return {place: getattr(getattr(settings, place[0]), place[1]) for place in WITHOUT_PUBLIC_ADDRESS}


def test_a_private_network_takes_the_public_address_of_every_service() -> None:
    assert decided(closed(network={"private": True})) == WITHOUT_PUBLIC_ADDRESS


def test_without_it_each_service_has_its_own_setting() -> None:
    found = decided(closed(registry={"publicAccess": False}, logs={"publicAccess": False}))
    assert found == {
        ("cluster", "private_api_server"): False,
        ("database", "access"): "private",
        ("key_vault", "public_access"): True,
        ("logs", "public_access"): False,
        ("registry", "public_access"): False,
    }


def test_a_setting_that_the_stack_file_makes_stays_for_the_rule_to_refuse() -> None:
    assert closed(network={"private": True}, registry={"publicAccess": True}).registry.public_access


def test_the_other_settings_of_a_section_stay() -> None:
    found = closed(network={"private": True}, logs={"retentionDays": 7})
    assert (found.logs.retention_days, found.logs.public_access) == (7, False)


def test_every_setting_of_a_public_address_is_among_them() -> None:
    fields = {
        (section, field)
        for section, info in Settings.model_fields.items()
        for field in getattr(info.annotation, "model_fields", {})
        if field in ("public_access", "access", "private_api_server") and section != "access"
    }
    assert fields == set(WITHOUT_PUBLIC_ADDRESS)


@pytest.mark.parametrize("same", [{"registry.publicAccess": False}, {"cluster.privateApiServer": True}])
def test_a_setting_that_says_the_same_is_no_problem(same: dict[str, Any]) -> None:
    assert checked({**CLOSED, **same})[0] == {}
