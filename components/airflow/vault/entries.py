"""The values that the vault stores for Airflow, and the Kubernetes Secrets that get them.

`secrets.py` creates the random values.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulumi import Input, Output

from components.airflow import names
from components.airflow.line_family import LineFamily
from components.airflow.values.dags import git_connection
from components.settings.airflow_sections import DagsSettings
from components.settings.model import GitCredentials

from . import connections

# Host, database, login and password.
Database = Output[list[str]]


@dataclass(frozen=True, kw_only=True)
class VaultEntry:
    """A value to store in the vault, and the keys of the Kubernetes Secret that receive it.

    `comes_and_goes`: a setting can remove the secret and bring it back. `part`: the end of its logical name in Pulumi;
    if it is empty, `vault_name` without `airflow-` is used. `synced`: false if nothing in the cluster reads the
    secret, so that only the vault holds it.
    """

    kubernetes_secret: str
    keys: tuple[str, ...]
    vault_name: str
    value: Output[str]
    part: str = ""
    comes_and_goes: bool = False
    synced: bool = True

    @property
    def logical_ending(self) -> str:
        """The end of the secret's logical name in Pulumi."""
        return self.part or self.vault_name.removeprefix("airflow-")


def connection_entries(database: Database, pooler: connections.Pooler, line: LineFamily) -> Iterator[VaultEntry]:
    """Yield the database connections: through the pooler for Airflow, direct for migrations."""
    yield VaultEntry(
        kubernetes_secret=names.METADATA_SECRET,
        keys=(names.CONNECTION_KEY,),
        vault_name="airflow-metadata-connection",
        value=database.apply(lambda d: connections.metadata_connection(pooler, *d)),
    )
    yield VaultEntry(
        kubernetes_secret=names.METADATA_SECRET,
        keys=(names.ASYNC_CONNECTION_KEY,),
        vault_name="airflow-metadata-async-connection",
        value=database.apply(lambda d: connections.async_metadata_connection(pooler, *d)),
        synced=line.async_engine,
    )
    yield VaultEntry(
        kubernetes_secret=names.MIGRATION_SECRET,
        keys=(names.CONNECTION_KEY,),
        vault_name="airflow-migration-connection",
        value=database.apply(lambda d: connections.direct_connection(*d)),
    )


def pgbouncer_entries(database: Database, *, results: bool) -> Iterator[VaultEntry]:
    """Yield the configuration of the chart's PgBouncer, with a pool for Celery's results if `results`."""
    config, stats = names.PGBOUNCER_CONFIG_SECRET, names.PGBOUNCER_STATS_SECRET
    ini = database.apply(lambda d: connections.pgbouncer_ini(d[0], d[1], d[2], results=results))
    users = database.apply(lambda d: connections.pgbouncer_users(d[2], d[3]))
    exporter = database.apply(lambda d: connections.pgbouncer_stats_connection(d[2], d[3]))
    for secret, key, vault_name, value in (
        (config, names.PGBOUNCER_INI_KEY, "airflow-pgbouncer-ini", ini),
        (config, names.PGBOUNCER_USERS_KEY, "airflow-pgbouncer-users", users),
        (stats, names.CONNECTION_KEY, "airflow-pgbouncer-stats", exporter),
    ):
        yield VaultEntry(kubernetes_secret=secret, keys=(key,), vault_name=vault_name, value=value, comes_and_goes=True)


def broker_entries(
    host: Input[str], key: Input[str], database: Database, pooler: connections.Pooler
) -> Iterator[VaultEntry]:
    """Yield the URLs of Celery's broker and of its result backend."""
    url = Output.all(host, key).apply(lambda b: connections.broker_url(*b))
    yield _connection(names.BROKER_SECRET, url)
    yield _connection(names.RESULT_BACKEND_SECRET, database.apply(lambda d: connections.result_backend(pooler, *d)))


def keda_entries(database: Database, pooler: connections.Pooler) -> Iterator[VaultEntry]:
    """Yield the connection with which KEDA counts tasks."""
    yield _connection(names.KEDA_SECRET, database.apply(lambda d: connections.keda_connection(pooler, *d)))


def git_entries(dags: DagsSettings, credentials: GitCredentials) -> Iterator[VaultEntry]:
    """Yield the git credentials with which git-sync, or Airflow itself, clones DAGs."""
    match dags.delivery:
        case "gitSync":
            yield from _git_sync(dags, credentials)
        case "gitBundle":
            yield from _git_bundle(dags, credentials)
        case "azureFiles" | "image":
            return


def storage_entries(credentials: Mapping[str, Input[str]]) -> Iterator[VaultEntry]:
    """Yield the name and the key of the storage account whose shares are mounted."""
    for key, value in credentials.items():
        ending = names.STORAGE_VAULT_ENDINGS[key]
        yield VaultEntry(
            kubernetes_secret=names.STORAGE_SECRET,
            keys=(key,),
            vault_name=f"{names.STORAGE_VAULT_SECRET}-{ending}",
            value=Output.secret(value),
            part=f"storage-{ending.lower()}",
            comes_and_goes=True,
        )


def remote_entries(connections: Mapping[str, Input[str]]) -> Iterator[VaultEntry]:
    """Yield Airflow's connections to other clusters, by the environment variables that hold them."""
    for variable, connection in connections.items():
        name = variable.removeprefix("AIRFLOW_CONN_").lower().replace("_", "-")
        yield VaultEntry(
            kubernetes_secret=names.REMOTE_CONNECTIONS,
            keys=(variable,),
            vault_name=f"airflow-remote-cluster-{name}",
            value=Output.secret(connection),
            comes_and_goes=True,
        )


def sign_in_entry(client_secret: Output[str]) -> VaultEntry:
    """Return the client secret with which Airflow proves itself to Entra."""
    return VaultEntry(
        kubernetes_secret=names.SIGN_IN_SECRET,
        keys=(names.SIGN_IN_SECRET_KEY,),
        vault_name="airflow-sign-in-client-secret",
        # A shell may have added a newline, which is part of no client secret.
        value=client_secret.apply(str.strip),
        comes_and_goes=True,
    )


def _git_sync(dags: DagsSettings, credentials: GitCredentials) -> Iterator[VaultEntry]:
    """Yield the credentials of git-sync. The chart reads the user name under two keys and requires both."""
    match dags.git.auth:
        case "ssh" if credentials.ssh_key is not None:
            yield VaultEntry(
                kubernetes_secret=names.GIT_SSH_SECRET,
                keys=(names.GIT_SSH_KEY,),
                vault_name="airflow-git-ssh-key",
                # A shell may have stripped the last newline, without which ssh refuses a key.
                value=credentials.ssh_key.apply(lambda text: f"{text.rstrip()}\n"),
                comes_and_goes=True,
            )
        case "token" if credentials.token is not None:
            for keys, vault_name, value in (
                (names.GIT_USERNAME_KEYS, "airflow-git-username", Output.secret(credentials.username)),
                (names.GIT_PASSWORD_KEYS, "airflow-git-token", credentials.token),
            ):
                yield VaultEntry(
                    kubernetes_secret=names.GIT_TOKEN_SECRET,
                    keys=keys,
                    vault_name=vault_name,
                    value=value,
                    comes_and_goes=True,
                )


def _git_bundle(dags: DagsSettings, credentials: GitCredentials) -> Iterator[VaultEntry]:
    """Yield Airflow's connection to the repository, if it contains a secret."""
    repository = dags.git.repository
    match dags.git.auth:
        case "ssh" if credentials.ssh_key is not None:
            text = credentials.ssh_key.apply(lambda key: git_connection(repository, ssh_key=key))
        case "token" if credentials.token is not None:
            username = credentials.username
            text = credentials.token.apply(lambda token: git_connection(repository, username=username, token=token))
        case _:
            return
    yield _connection(names.GIT_CONNECTION_SECRET, text)


def _connection(secret: str, value: Output[str]) -> VaultEntry:
    """Return a connection that a setting can remove and bring back. Vault and Kubernetes use the same name."""
    return VaultEntry(
        kubernetes_secret=secret, keys=(names.CONNECTION_KEY,), vault_name=secret, value=value, comes_and_goes=True
    )
