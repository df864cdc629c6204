"""Connection texts."""

from __future__ import annotations

import base64
import configparser

import pytest

from components.airflow.vault import connections

DATABASE = ("db.example.com", "airflow", "air flow", 'p@s/s"w:d%')


@pytest.mark.parametrize(
    ("pooler", "sync", "asynchronous"),
    [
        (
            "pgbouncer",
            "postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@airflow-pgbouncer.airflow:6543/airflow-metadata",
            "postgresql+asyncpg://air%20flow:p%40s%2Fs%22w%3Ad%25@airflow-pgbouncer.airflow:6543/airflow-metadata",
        ),
        (
            "server",
            "postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:6432/airflow?sslmode=require",
            "postgresql+asyncpg://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:6432/airflow?ssl=require",
        ),
        (
            "none",
            "postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:5432/airflow?sslmode=require",
            "postgresql+asyncpg://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:5432/airflow?ssl=require",
        ),
    ],
)
def test_connections_go_through_the_pooler(pooler: connections.Pooler, sync: str, asynchronous: str) -> None:
    assert connections.metadata_connection(pooler, *DATABASE) == sync
    assert connections.async_metadata_connection(pooler, *DATABASE) == asynchronous


def test_migrations_go_straight_to_the_server() -> None:
    assert connections.direct_connection(*DATABASE).endswith("@db.example.com:5432/airflow?sslmode=require")


def test_pgbouncer_ini_is_read_by_a_parser() -> None:
    ini = configparser.ConfigParser()
    ini.read_string(connections.pgbouncer_ini("db.example.com", "airflow", "airflow"))
    assert "host=db.example.com dbname=airflow port=5432" in ini["databases"]["airflow-metadata"]
    assert ini["pgbouncer"]["server_tls_sslmode"] == "require"


def test_pgbouncer_keeps_prepared_statements_apart() -> None:
    assert "max_prepared_statements = 200" in connections.pgbouncer_ini("h", "d", "u")


def test_quotes_in_users_txt_are_written_twice() -> None:
    assert connections.pgbouncer_users("airflow", 'a"b') == '"airflow" "a""b"\n'


def test_exporter_asks_the_pooler_in_its_own_pod() -> None:
    assert connections.pgbouncer_stats_connection("airflow", "p") == (
        "postgresql://airflow:p@127.0.0.1:6543/pgbouncer?sslmode=disable"
    )


def test_fernet_key_is_url_safe() -> None:
    key = connections.fernet_key(base64.b64encode(b"\xfb\xff" * 16).decode())
    assert len(key) == 44
    assert base64.urlsafe_b64decode(key) == b"\xfb\xff" * 16


@pytest.mark.parametrize(
    ("pooler", "results", "counted"),
    [
        (
            "pgbouncer",
            "db+postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@airflow-pgbouncer.airflow:6543/airflow-result-backend",
            "postgresql://air%20flow:p%40s%2Fs%22w%3Ad%25@airflow-pgbouncer.airflow:6543/airflow-metadata?sslmode=disable",
        ),
        (
            "server",
            "db+postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:6432/airflow?sslmode=require",
            "postgresql://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:6432/airflow?sslmode=require",
        ),
        (
            "none",
            "db+postgresql+psycopg2://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:5432/airflow?sslmode=require",
            "postgresql://air%20flow:p%40s%2Fs%22w%3Ad%25@db.example.com:5432/airflow?sslmode=require",
        ),
    ],
)
def test_results_and_counts_go_the_way_of_the_pooler(pooler: connections.Pooler, results: str, counted: str) -> None:
    assert connections.result_backend(pooler, *DATABASE) == results
    assert connections.keda_connection(pooler, *DATABASE) == counted


def test_rediss_without_ssl_cert_reqs_would_not_check_the_certificate() -> None:
    url = connections.broker_url("redis.canadacentral.redis.azure.net", "abc+/=")
    assert url == "rediss://:abc%2B%2F%3D@redis.canadacentral.redis.azure.net:10000/0?ssl_cert_reqs=required"


@pytest.mark.parametrize(
    ("results", "pools"),
    [(False, ["airflow-metadata"]), (True, ["airflow-metadata", "airflow-result-backend"])],
)
def test_pooler_has_a_pool_for_results_where_celery_keeps_some(results: bool, pools: list[str]) -> None:
    ini = configparser.ConfigParser(interpolation=None)
    ini.read_string(connections.pgbouncer_ini("db.example.com", "airflow", "airflow", results=results))
    assert [*ini["databases"]] == pools
    assert all("dbname=airflow " in target for target in ini["databases"].values())
