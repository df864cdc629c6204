"""Warnings about addresses that restricted egress does not open."""

from __future__ import annotations

from typing import Any

import pytest

from tests.stack_file.connections import EGRESS, checked, environment
from tests.stack_file.wrong_egress import HOSTS, RESTRICTED

CONNECTION = "AIRFLOW_CONN_WAREHOUSE"
WAREHOUSE = {CONNECTION: "postgres://user@warehouse.example.com:5432/dwh"}
PATH = f"airflow.environment.{CONNECTION}"


def warned(changes: dict[str, Any], path: str) -> str | None:
    errors, warnings = checked(changes)
    assert errors == {}
    return warnings.get(path)


def test_a_connection_that_tasks_cannot_open_is_named_with_the_entry_that_opens_it() -> None:
    warning = warned({**RESTRICTED, **environment(**WAREHOUSE)}, PATH)
    assert warning is not None
    assert "{host: warehouse.example.com, port: 5432, for: [triggerer, workers]}" in warning


def test_with_open_egress_tasks_reach_every_connection() -> None:
    assert warned(environment(**WAREHOUSE), PATH) is None


@pytest.mark.parametrize(
    ("entry", "opens"),
    [
        ({"host": "warehouse.example.com", "port": 5432}, True),
        ({"host": "WAREHOUSE.example.com.", "port": 5432}, True),
        ({"host": "other.example.com", "port": 5432}, False),
        ({"host": "warehouse.example.com", "port": 5433}, False),
        ({"cidr": "10.20.0.0/24", "port": 5432}, False),
    ],
)
def test_an_entry_for_another_host_does_not_end_the_warning(entry: dict[str, Any], opens: bool) -> None:
    warning = warned({**RESTRICTED, **environment(**WAREHOUSE), EGRESS: [entry]}, PATH)
    assert (warning is None) is opens


def test_an_address_on_port_443_is_no_longer_open_to_all() -> None:
    api = environment(PRICES_URL="https://api.example.com/prices")
    path = "airflow.environment.PRICES_URL"
    assert warned(api, path) is None
    assert warned({**RESTRICTED, **api}, path) is not None
    for hosts in (["api.example.com"], ["*.example.com"]):
        assert warned({**RESTRICTED, **api, HOSTS: hosts}, path) is None


def test_hosts_that_the_program_opens_itself_give_no_warning() -> None:
    assert (
        warned({**RESTRICTED, **environment(VAULT_ADDR="https://vault.example.com")}, "airflow.environment.VAULT_ADDR")
        is None
    )


def test_a_secret_that_may_hold_an_address_is_not_excused_by_port_443() -> None:
    secrets = {"airflow.keyVaultSecrets": {"HTTPS_PROXY": "proxy-address"}}
    path = "airflow.keyVaultSecrets.HTTPS_PROXY"
    assert "unless the port is 443" in (warned(secrets, path) or "")
    assert "unless the port is 443" not in (warned({**RESTRICTED, **secrets}, path) or "unless the port is 443")
