"""Complete connection strings for the vault, so that nothing in the cluster has to assemble them."""

from __future__ import annotations

from typing import Final, Literal
from urllib.parse import quote

from components.airflow.names import NAMESPACE, RELEASE
from components.azure.endpoints import BROKER_PORT, DATABASE_POOLER_PORT, DATABASE_PORT

Pooler = Literal["pgbouncer", "server", "none"]

PGBOUNCER_PORT: Final = 6543
PGBOUNCER_HOST: Final = f"{RELEASE}-pgbouncer.{NAMESPACE}"
PGBOUNCER_DATABASE: Final = "airflow-metadata"
PGBOUNCER_RESULTS: Final = "airflow-result-backend"
# Connections per PgBouncer pod. Two pods together stay below 35, the number of connections that the smallest server has
# for users.
POOL_SIZE: Final = 15
# Few connections suffice: a worker writes one row when a task ends, and the scheduler reads all rows at once.
RESULT_POOL_SIZE: Final = 5
MAX_CLIENTS: Final = 1000
_MAX_PREPARED_STATEMENTS: Final = 200


def direct_connection(host: str, database: str, login: str, password: str) -> str:
    """Return the direct connection to the server, over TLS. A pooler would lose the lock that the migration takes."""
    return _uri("postgresql+psycopg2", login, password, host, DATABASE_PORT, database, "sslmode=require")


def metadata_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """Return the connection of Airflow's pods to the metadata database."""
    match pooler:
        case "pgbouncer":
            # The chart's PgBouncer takes no TLS from its clients; it speaks TLS to the server.
            return _uri("postgresql+psycopg2", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_DATABASE)
        case "server":
            return _uri("postgresql+psycopg2", login, password, host, DATABASE_POOLER_PORT, database, "sslmode=require")
        case "none":
            return direct_connection(host, database, login, password)


def async_metadata_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """Return the connection of Airflow's asynchronous engine, whose driver accepts `ssl` instead of `sslmode`.

    Without this connection, Airflow derives one from the synchronous connection, with `sslmode`; its first use fails.
    """
    match pooler:
        case "pgbouncer":
            return _uri("postgresql+asyncpg", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_DATABASE)
        case "server":
            return _uri("postgresql+asyncpg", login, password, host, DATABASE_POOLER_PORT, database, "ssl=require")
        case "none":
            return _uri("postgresql+asyncpg", login, password, host, DATABASE_PORT, database, "ssl=require")


def result_backend(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """Return the URL where Celery stores results: the metadata database, not Redis, through a separate PgBouncer pool.

    The URL names Airflow's driver, because newer versions of SQLAlchemy have another default.
    """
    match pooler:
        case "pgbouncer":
            return _uri("db+postgresql+psycopg2", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_RESULTS)
        case "server" | "none":
            return f"db+{metadata_connection(pooler, host, database, login, password)}"


def keda_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """Return the connection with which KEDA counts tasks. KEDA's driver accepts only the plain scheme `postgresql`."""
    match pooler:
        case "pgbouncer":
            return _uri(
                "postgresql", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_DATABASE, "sslmode=disable"
            )
        case "server":
            return _uri("postgresql", login, password, host, DATABASE_POOLER_PORT, database, "sslmode=require")
        case "none":
            return _uri("postgresql", login, password, host, DATABASE_PORT, database, "sslmode=require")


def broker_url(host: str, key: str) -> str:
    """Return the URL of Celery's broker, with TLS and a check of the server's certificate.

    Without `ssl_cert_reqs` the client would accept any certificate. The broker has no database other than 0.
    """
    return f"rediss://:{quote(key, safe='')}@{host}:{BROKER_PORT}/0?ssl_cert_reqs=required"


def pgbouncer_ini(host: str, database: str, login: str, *, results: bool = False) -> str:
    """Return the pgbouncer.ini of the chart's pooler, with a pool for Celery's results if `results`."""
    pools = {PGBOUNCER_DATABASE: POOL_SIZE}
    if results:
        pools = {PGBOUNCER_DATABASE: POOL_SIZE - RESULT_POOL_SIZE, PGBOUNCER_RESULTS: RESULT_POOL_SIZE}
    return "\n".join(
        (
            "[databases]",
            *(
                f"{pool} = host={host} dbname={database} port={DATABASE_PORT} pool_size={size}"
                for pool, size in pools.items()
            ),
            "",
            "[pgbouncer]",
            "pool_mode = transaction",
            f"listen_port = {PGBOUNCER_PORT}",
            "listen_addr = *",
            "auth_type = scram-sha-256",
            "auth_file = /etc/pgbouncer/users.txt",
            f"stats_users = {login}",
            "ignore_startup_parameters = extra_float_digits",
            f"max_client_conn = {MAX_CLIENTS}",
            f"max_prepared_statements = {_MAX_PREPARED_STATEMENTS}",
            "verbose = 0",
            "log_disconnections = 0",
            "log_connections = 0",
            "server_tls_sslmode = require",
            "",
        )
    )


def pgbouncer_users(login: str, password: str) -> str:
    """Return PgBouncer's users.txt, in which quotes are doubled."""
    return '"{}" "{}"\n'.format(*(text.replace('"', '""') for text in (login, password)))


def pgbouncer_stats_connection(login: str, password: str) -> str:
    """Return the connection of the metrics exporter, which runs in PgBouncer's pod."""
    return _uri("postgresql", login, password, "127.0.0.1", PGBOUNCER_PORT, "pgbouncer", "sslmode=disable")


def fernet_key(random_base64: str) -> str:
    """Return a Fernet key from 32 random bytes in standard base64."""
    return random_base64.replace("+", "-").replace("/", "_")


def _uri(scheme: str, login: str, password: str, host: str, port: int, database: str, options: str = "") -> str:
    query = f"?{options}" if options else ""
    return f"{scheme}://{quote(login, safe='')}:{quote(password, safe='')}@{host}:{port}/{database}{query}"
