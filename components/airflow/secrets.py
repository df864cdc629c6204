"""Airflow's secrets: made once, kept in the Key Vault."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import keyvault
from pulumi_random import RandomBytes, RandomId, RandomPassword

from components.settings import GitCredentials
from components.settings.airflow_sections import DagsSettings

from . import connections, key_vault_secrets, names
from .dag_values import git_connection
from .executors import ExecutorParts
from .release_lines import LineFamily

VaultNames = dict[str, Output[str]]


@dataclass(frozen=True, kw_only=True)
class AirflowSecretsArgs:
    """What AirflowSecrets needs: the line that reads them, the vault, database and broker, and the git sign-in."""

    line: LineFamily
    resource_group_name: Input[str]
    vault_name: Input[str]
    pooler: connections.Pooler
    parts: ExecutorParts
    git_credentials: GitCredentials
    database_host: Input[str]
    database_name: Input[str]
    database_login: Input[str]
    database_password: Input[str]
    user_secrets: Mapping[str, str]
    broker_host: Input[str] | None
    broker_key: Input[str] | None
    dags: DagsSettings
    # The account with shares, by the keys that its driver reads; empty where no share is mounted.
    storage_credentials: Mapping[str, Input[str]]


class AirflowSecrets(ComponentResource):
    """One vault secret for each key of a Kubernetes Secret, holding the finished text.

    A destroy leaves the secrets to the vault, which takes them along: deleting one by one would need a way into the
    vault's data. So a secret that a setting can drop and bring back carries random letters in its name; a fixed name
    would still be taken. The vault holds the same for each release line, so that moving between lines and back makes
    nothing anew; Kubernetes gets what the line reads.
    """

    vault_secrets: dict[str, VaultNames]
    versions: dict[str, Output[str]]
    admin_password_secret: Output[str]

    def __init__(self, name: str, args: AirflowSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowSecrets", name, None, opts)
        self._name = name
        self._args = args
        self._made: dict[str, dict[str, keyvault.Secret]] = {}
        self._keys()
        self._connections()
        self._pooler()
        self._celery()
        self._git()
        self._storage()

        self.vault_secrets = {
            kubernetes_secret: {key: secret.name for key, secret in made.items()}
            for kubernetes_secret, made in self._made.items()
        }
        self.versions = {kubernetes_secret: _versions(made) for kubernetes_secret, made in self._made.items()}
        if args.user_secrets:
            # Delivered with ours, and neither made nor known here.
            self.vault_secrets[names.USER_SECRETS] = {
                variable: Output.from_input(vault_secret) for variable, vault_secret in args.user_secrets.items()
            }
            self.versions[names.USER_SECRETS] = Output.from_input(key_vault_secrets.versions(args.user_secrets))
        self.admin_password_secret = self.vault_secrets[names.ADMIN_SECRET][names.ADMIN_PASSWORD_KEY]
        self.register_outputs(
            {
                "vault_secrets": self.vault_secrets,
                "versions": self.versions,
                "admin_password_secret": self.admin_password_secret,
            }
        )

    def _keys(self) -> None:
        """What Airflow signs and encrypts with, and the first user's password."""
        fernet = RandomBytes(f"{self._name}-fernet-key-bytes", length=32, opts=ResourceOptions(parent=self))
        self._keep(
            names.FERNET_KEY_SECRET, names.FERNET_KEY, "airflow-fernet-key", fernet.base64.apply(connections.fernet_key)
        )
        self._keep(*self._args.line.ui_secret, "airflow-api-secret-key", self._random("api-secret-key", 64))
        # HS512 wants a key as long as its hash, 64 bytes.
        self._keep(
            names.JWT_SECRET,
            names.JWT_SECRET_KEY,
            "airflow-jwt-secret",
            self._random("jwt-secret", 96),
            synced=self._args.line.tasks_use_api,
        )
        self._keep(
            names.ADMIN_SECRET, names.ADMIN_PASSWORD_KEY, "airflow-admin-password", self._random("admin-password", 24)
        )

    def _connections(self) -> None:
        """The connections: through the pooler for Airflow, straight to the server for migrations."""
        pooler = self._args.pooler
        self._keep(
            names.METADATA_SECRET,
            names.CONNECTION_KEY,
            "airflow-metadata-connection",
            self._database().apply(lambda d: connections.metadata_connection(pooler, *d)),
        )
        self._keep(
            names.METADATA_SECRET,
            names.ASYNC_CONNECTION_KEY,
            "airflow-metadata-async-connection",
            self._database().apply(lambda d: connections.async_metadata_connection(pooler, *d)),
            synced=self._args.line.async_engine,
        )
        self._keep(
            names.MIGRATION_SECRET,
            names.CONNECTION_KEY,
            "airflow-migration-connection",
            self._database().apply(lambda d: connections.direct_connection(*d)),
        )

    def _pooler(self) -> None:
        """The configuration of the chart's PgBouncer, where it runs."""
        if self._args.pooler != "pgbouncer":
            return
        database, results = self._database(), self._args.parts.celery_workers
        ini = database.apply(lambda d: connections.pgbouncer_ini(d[0], d[1], d[2], results=results))
        users = database.apply(lambda d: connections.pgbouncer_users(d[2], d[3]))
        stats = database.apply(lambda d: connections.pgbouncer_stats_connection(d[2], d[3]))
        config = names.PGBOUNCER_CONFIG_SECRET
        self._keep(config, names.PGBOUNCER_INI_KEY, "airflow-pgbouncer-ini", ini, comes_and_goes=True)
        self._keep(config, names.PGBOUNCER_USERS_KEY, "airflow-pgbouncer-users", users, comes_and_goes=True)
        self._keep(
            names.PGBOUNCER_STATS_SECRET, names.CONNECTION_KEY, "airflow-pgbouncer-stats", stats, comes_and_goes=True
        )

    def _celery(self) -> None:
        """What Celery takes tasks from and keeps results in, and what KEDA counts tasks with."""
        args, pooler = self._args, self._args.pooler
        if args.broker_host is not None and args.broker_key is not None:
            url = Output.all(args.broker_host, args.broker_key).apply(lambda b: connections.broker_url(*b))
            results = self._database().apply(lambda d: connections.result_backend(pooler, *d))
            for secret, text in ((names.BROKER_SECRET, url), (names.RESULT_BACKEND_SECRET, results)):
                self._keep(secret, names.CONNECTION_KEY, secret, text, comes_and_goes=True)
        if args.parts.keda:
            counted = self._database().apply(lambda d: connections.keda_connection(pooler, *d))
            self._keep(names.KEDA_SECRET, names.CONNECTION_KEY, names.KEDA_SECRET, counted, comes_and_goes=True)

    def _git(self) -> None:
        """The sign-in of whatever clones DAGs."""
        match self._args.dags.delivery:
            case "gitSync":
                self._git_sync()
            case "gitBundle":
                self._git_bundle()
            case "azureFiles" | "image":
                return

    def _git_sync(self) -> None:
        """The sign-in of git-sync. The chart reads a name under two keys and refuses to start without both."""
        credentials = self._args.git_credentials
        match self._args.dags.git.auth:
            case "ssh" if credentials.ssh_key is not None:
                # A shell strips the last newline from what it hands over, and ssh refuses a key without one.
                key = credentials.ssh_key.apply(lambda text: f"{text.rstrip()}\n")
                self._keep(names.GIT_SSH_SECRET, names.GIT_SSH_KEY, "airflow-git-ssh-key", key, comes_and_goes=True)
            case "token" if credentials.token is not None:
                for keys, vault_name, value in (
                    (names.GIT_USERNAME_KEYS, "airflow-git-username", Output.secret(credentials.username)),
                    (names.GIT_PASSWORD_KEYS, "airflow-git-token", credentials.token),
                ):
                    secret = self._keep(names.GIT_TOKEN_SECRET, keys[0], vault_name, value, comes_and_goes=True)
                    self._made[names.GIT_TOKEN_SECRET] |= dict.fromkeys(keys, secret)

    def _git_bundle(self) -> None:
        """Airflow's connection to the repository, whole, where it holds a secret."""
        credentials, git = self._args.git_credentials, self._args.dags.git
        repository = git.repository or ""
        match git.auth:
            case "ssh" if credentials.ssh_key is not None:
                text = credentials.ssh_key.apply(lambda key: git_connection(repository, ssh_key=key))
            case "token" if credentials.token is not None:
                username = credentials.username
                text = credentials.token.apply(lambda token: git_connection(repository, username=username, token=token))
            case _:
                return
        self._keep(
            names.GIT_CONNECTION_SECRET, names.CONNECTION_KEY, "airflow-git-connection", text, comes_and_goes=True
        )

    def _storage(self) -> None:
        """Name and key of the account whose shares are mounted."""
        for key, value in self._args.storage_credentials.items():
            ending = names.STORAGE_VAULT_ENDINGS[key]
            self._keep(
                names.STORAGE_SECRET,
                key,
                f"{names.STORAGE_VAULT_SECRET}-{ending}",
                Output.secret(value),
                part=f"storage-{ending.lower()}",
                comes_and_goes=True,
            )

    def _random(self, part: str, length: int) -> Output[str]:
        password = RandomPassword(
            f"{self._name}-{part}",
            length=length,
            special=False,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            opts=ResourceOptions(parent=self),
        )
        result: Output[str] = password.result
        return result

    def _database(self) -> Output[list[str]]:
        """Host, database, login and password."""
        args = self._args
        return Output.all(args.database_host, args.database_name, args.database_login, args.database_password)

    def _keep(
        self,
        kubernetes_secret: str,
        key: str,
        vault_name: str,
        value: Output[str],
        *,
        part: str | None = None,
        comes_and_goes: bool = False,
        synced: bool = True,
    ) -> keyvault.Secret:
        """Keep a value in the vault for one key of a Kubernetes Secret, and bring it there if the line reads it.

        `part` names it in the program where its name in the vault does not.
        """
        part = part or vault_name.removeprefix("airflow-")
        secret_name: Input[str] = vault_name
        if comes_and_goes:
            letters = RandomId(f"{self._name}-{part}-name", byte_length=4, opts=ResourceOptions(parent=self))
            secret_name = Output.format("{0}-{1}", vault_name, letters.hex)
        secret = keyvault.Secret(
            f"{self._name}-{part}-secret",
            resource_group_name=self._args.resource_group_name,
            vault_name=self._args.vault_name,
            secret_name=secret_name,
            properties=keyvault.SecretPropertiesArgs(
                value=value,
                content_type="text/plain",
                attributes=keyvault.SecretAttributesArgs(enabled=True),
            ),
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )
        if synced:
            self._made.setdefault(kubernetes_secret, {})[key] = secret
        return secret


def _versions(secrets: Mapping[str, keyvault.Secret]) -> Output[str]:
    """A hash that changes when one of the secrets does. It holds nothing of their values, so it is no secret itself."""
    uris = [
        secret.properties.apply(lambda properties: properties.secret_uri_with_version) for secret in secrets.values()
    ]
    return Output.unsecret(Output.all(*uris).apply(hash_of_versions))


def hash_of_versions(versions: list[str]) -> str:
    """Ten characters that stand for a list of versions."""
    return hashlib.sha256("\n".join(map(str, versions)).encode()).hexdigest()[:10]
