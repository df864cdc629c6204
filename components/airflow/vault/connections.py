"""Connection texts: what goes into the vault whole, so that nothing has to be put together in the cluster."""

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
# Per PgBouncer pod. Two pods stay below the 35 connections that the smallest server has for users.
POOL_SIZE: Final = 15
# Workers write a row when a task ends, the scheduler reads them in one go.
RESULT_POOL_SIZE: Final = 5
MAX_CLIENTS: Final = 1000
_MAX_PREPARED_STATEMENTS: Final = 200


def direct_connection(host: str, database: str, login: str, password: str) -> str:
    """Straight to the server, over TLS: what a migration needs, whose lock a pooler would lose."""
    return _uri("postgresql+psycopg2", login, password, host, DATABASE_PORT, database, "sslmode=require")


def metadata_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """What Airflow connects with."""
    match pooler:
        case "pgbouncer":
            # The chart's PgBouncer takes no TLS from its clients; it speaks TLS to the server.
            return _uri("postgresql+psycopg2", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_DATABASE)
        case "server":
            return _uri(
                "postgresql+psycopg2",
                login,
                password,
                host,
                DATABASE_POOLER_PORT,
                database,
                "sslmode=require",
            )
        case "none":
            return direct_connection(host, database, login, password)


def async_metadata_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """The same for Airflow's asynchronous engine, whose driver knows `ssl` and not `sslmode`.

    Airflow would derive it from the other one, options and all, and fail at the first use.
    """
    match pooler:
        case "pgbouncer":
            return _uri("postgresql+asyncpg", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_DATABASE)
        case "server":
            return _uri("postgresql+asyncpg", login, password, host, DATABASE_POOLER_PORT, database, "ssl=require")
        case "none":
            return _uri("postgresql+asyncpg", login, password, host, DATABASE_PORT, database, "ssl=require")


def result_backend(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """Where Celery keeps results: the same database, which redis never is, by a pool of its own.

    The driver is named, as Airflow's is: without it a newer SQLAlchemy would take another one.
    """
    match pooler:
        case "pgbouncer":
            return _uri("db+postgresql+psycopg2", login, password, PGBOUNCER_HOST, PGBOUNCER_PORT, PGBOUNCER_RESULTS)
        case "server" | "none":
            return f"db+{metadata_connection(pooler, host, database, login, password)}"


def keda_connection(pooler: Pooler, host: str, database: str, login: str, password: str) -> str:
    """What KEDA counts tasks with. Its driver is not Python's, and knows the plain scheme only."""
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
    """What Celery gets tasks from: TLS, and a server whose certificate is checked.

    Without `ssl_cert_reqs` the connection is encrypted to whoever answers. There is no other database than 0.
    """
    return f"rediss://:{quote(key, safe='')}@{host}:{BROKER_PORT}/0?ssl_cert_reqs=required"


def pgbouncer_ini(host: str, database: str, login: str, *, results: bool = False) -> str:
    """The whole pgbouncer.ini of the chart's pooler; with a pool for Celery's results where there are some."""
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
    """PgBouncer's users.txt, in which a quote is written twice."""
    return '"{}" "{}"\n'.format(*(text.replace('"', '""') for text in (login, password)))


def pgbouncer_stats_connection(login: str, password: str) -> str:
    """What the metrics exporter, in the same pod, connects with."""
    return _uri("postgresql", login, password, "127.0.0.1", PGBOUNCER_PORT, "pgbouncer", "sslmode=disable")


def fernet_key(random_base64: str) -> str:
    """A Fernet key from 32 random bytes in standard base64."""
    return random_base64.replace("+", "-").replace("/", "_")


def _uri(scheme: str, login: str, password: str, host: str, port: int, database: str, options: str = "") -> str:
    query = f"?{options}" if options else ""
    return f"{scheme}://{quote(login, safe='')}:{quote(password, safe='')}@{host}:{port}/{database}{query}"
