"""The database and the ways to it, as a whole program."""

from __future__ import annotations

import pytest

from tests.cases import EVERY
from tests.plans import plan_of, planned, secret

every = pytest.mark.parametrize("name", EVERY)


def test_private_database_has_a_zone_and_no_firewall() -> None:
    plan = planned("database-private")
    network = plan.one("azure-native:dbforpostgresql:Server").inputs["network"]
    assert network["publicNetworkAccess"] == "Disabled"
    assert network["delegatedSubnetResourceId"].endswith("/subnets/database")
    assert network["privateDnsZoneArmResourceId"].endswith(".private.postgres.database.azure.com")
    assert not plan.all("azure-native:dbforpostgresql:FirewallRule")


def test_private_dns_zone_is_linked_before_the_server_is_made() -> None:
    plan = planned("database-private")
    link = plan.one("azure-native:privatedns:VirtualNetworkLink", "network-database-zone-link")
    assert link.urn in plan.one("azure-native:dbforpostgresql:Server").dependencies


def test_public_database_is_open_to_azure_services() -> None:
    plan = planned("database-public")
    rule = plan.one("azure-native:dbforpostgresql:FirewallRule")
    assert (rule.inputs["startIpAddress"], rule.inputs["endIpAddress"]) == ("0.0.0.0", "0.0.0.0")


def test_allowed_ranges_become_first_and_last_address() -> None:
    plan = plan_of("dev", {"database.allowedIpRanges": ["203.0.113.0/24"]})
    rule = plan.one("azure-native:dbforpostgresql:FirewallRule", "database-allow-203-0-113-0-24")
    assert (rule.inputs["startIpAddress"], rule.inputs["endIpAddress"]) == ("203.0.113.0", "203.0.113.255")


@every
def test_database_requires_tls(name: str) -> None:
    plan = planned(name)
    parameter = plan.one("azure-native:dbforpostgresql:Configuration", "database-require-secure-transport")
    assert (parameter.inputs["value"], parameter.inputs["source"]) == ("on", "user-override")


def test_chart_pooler_sits_between_airflow_and_the_database() -> None:
    plan = planned("pooler-pgbouncer")
    assert "@airflow-pgbouncer.airflow:6543/airflow-metadata" in plan.vault["airflow-metadata-connection"]
    assert "sslmode" not in plan.vault["airflow-metadata-connection"]


def test_server_pooler_is_switched_on_before_its_parameters() -> None:
    plan = planned("pooler-server")
    enabled = plan.one("azure-native:dbforpostgresql:Configuration", "database-pgbouncer-enabled")
    statements = plan.one("azure-native:dbforpostgresql:Configuration", "database-pgbouncer-max-prepared-statements")
    assert enabled.urn in statements.dependencies
    assert ":6432/airflow?sslmode=require" in plan.vault["airflow-metadata-connection"]


def test_without_a_pooler_airflow_goes_straight_to_the_server() -> None:
    plan = planned("pooler-none")
    assert ":5432/airflow?sslmode=require" in plan.vault["airflow-metadata-connection"]
    assert not [name for name in plan.vault if "pgbouncer" in name]


@every
def test_migrations_go_straight_to_the_server(name: str) -> None:
    assert ":5432/airflow?sslmode=require" in secret(planned(name), "airflow-migration-connection")


@every
def test_async_connection_has_no_option_that_its_driver_refuses(name: str) -> None:
    connection = secret(planned(name), "airflow-metadata-async-connection")
    assert connection.startswith("postgresql+asyncpg://")
    assert "sslmode" not in connection
