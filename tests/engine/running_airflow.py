"""What running Airflow does with its database: it signs in with what the vault holds, reads rows, and re-encrypts."""

from __future__ import annotations

from urllib.parse import urlsplit

from cryptography.fernet import Fernet, MultiFernet

from .database_servers import Moment
from .simulated_cloud import SimulatedCloud

_SECRET = "azure-native:keyvault:Secret"


def vault_value(cloud: SimulatedCloud, name: str) -> str:
    """The value of a secret of the program; the names of some end in random letters."""
    found = [
        str(item.inputs["properties"]["value"])
        for item in cloud.objects.values()
        if item.type == _SECRET and item.inputs["secretName"].startswith(name)
    ]
    assert len(found) == 1, f"{len(found)} secrets {name}"
    return found[0]


def used_server(cloud: SimulatedCloud) -> str:
    """The server that the connection in the vault names."""
    return str(urlsplit(vault_value(cloud, "airflow-migration-connection")).hostname).partition(".")[0]


def sign_in(cloud: SimulatedCloud) -> Moment:
    """Connect as the Jobs do, and as PgBouncer does; the database that they see."""
    server = used_server(cloud)
    assert f"host={server}." in vault_value(cloud, "airflow-pgbouncer-ini")
    passwords = {
        urlsplit(vault_value(cloud, "airflow-migration-connection")).password,
        urlsplit(vault_value(cloud, "airflow-metadata-connection")).password,
        vault_value(cloud, "airflow-pgbouncer-users").split('"')[3],
    }
    there = cloud.servers.now(server)
    assert passwords == {there.password}, "the server refuses a password that the vault holds"
    return there


def store_connection(cloud: SimulatedCloud, name: str, text: str) -> None:
    """What somebody does in the UI: keep a connection in the database, encrypted with the newest key."""
    rows = sign_in(cloud).rows
    cloud.servers.write(used_server(cloud), {**rows, name: _keys(cloud)[0].encrypt(text.encode()).decode()})


def read_connections(cloud: SimulatedCloud) -> dict[str, str]:
    """The connections as a task sees them; raises InvalidToken if none of the keys fits one."""
    keys = MultiFernet(_keys(cloud))
    return {name: keys.decrypt(token.encode()).decode() for name, token in sign_in(cloud).rows.items()}


def rotate_fernet_key(cloud: SimulatedCloud) -> None:
    """`airflow rotate-fernet-key`: encrypt every row anew with the first key."""
    keys = MultiFernet(_keys(cloud))
    rows = {name: keys.rotate(token.encode()).decode() for name, token in sign_in(cloud).rows.items()}
    cloud.servers.write(used_server(cloud), rows)


def _keys(cloud: SimulatedCloud) -> list[Fernet]:
    """The keys that the pods have, the newest first."""
    return [Fernet(key) for key in vault_value(cloud, "airflow-fernet-key").split(",")]
