"""Airflow's secrets: made once, kept in the Key Vault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import keyvault
from pulumi_random import RandomBytes, RandomId, RandomPassword

from components.airflow import names
from components.airflow.executors import ExecutorParts
from components.airflow.line_family import LineFamily
from components.component_outputs import register_annotated_outputs
from components.settings.airflow_sections import DagsSettings
from components.settings.model import GitCredentials

from . import connections, entries, user_secrets
from .entries import VaultEntry

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
        for entry in self._entries():
            self._keep(entry)

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
            self.versions[names.USER_SECRETS] = Output.from_input(user_secrets.versions(args.user_secrets))
        self.admin_password_secret = self.vault_secrets[names.ADMIN_SECRET][names.ADMIN_PASSWORD_KEY]
        register_annotated_outputs(self)

    def _entries(self) -> Iterator[VaultEntry]:
        """Everything that is kept for this stack."""
        args = self._args
        database = Output.all(args.database_host, args.database_name, args.database_login, args.database_password)
        yield from self._keys()
        yield from entries.connection_entries(database, args.pooler, args.line)
        if args.pooler == "pgbouncer":
            yield from entries.pgbouncer_entries(database, results=args.parts.celery_workers)
        if args.broker_host is not None and args.broker_key is not None:
            yield from entries.broker_entries(args.broker_host, args.broker_key, database, args.pooler)
        if args.parts.keda:
            yield from entries.keda_entries(database, args.pooler)
        yield from entries.git_entries(args.dags, args.git_credentials)
        yield from entries.storage_entries(args.storage_credentials)

    def _keys(self) -> Iterator[VaultEntry]:
        """What Airflow signs and encrypts with, and the first user's password."""
        line = self._args.line
        fernet = RandomBytes(f"{self._name}-fernet-key-bytes", length=32, opts=ResourceOptions(parent=self))
        yield VaultEntry(
            kubernetes_secret=names.FERNET_KEY_SECRET,
            keys=(names.FERNET_KEY,),
            vault_name="airflow-fernet-key",
            value=fernet.base64.apply(connections.fernet_key),
        )
        ui_secret, ui_key = line.ui_secret
        yield VaultEntry(
            kubernetes_secret=ui_secret,
            keys=(ui_key,),
            vault_name="airflow-api-secret-key",
            value=self._random("api-secret-key", 64),
        )
        # HS512 wants a key as long as its hash, 64 bytes.
        yield VaultEntry(
            kubernetes_secret=names.JWT_SECRET,
            keys=(names.JWT_SECRET_KEY,),
            vault_name="airflow-jwt-secret",
            value=self._random("jwt-secret", 96),
            synced=line.tasks_use_api,
        )
        yield VaultEntry(
            kubernetes_secret=names.ADMIN_SECRET,
            keys=(names.ADMIN_PASSWORD_KEY,),
            vault_name="airflow-admin-password",
            value=self._random("admin-password", 24),
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

    def _keep(self, entry: VaultEntry) -> None:
        """Keep a text in the vault, and have it brought into the cluster if the line reads it."""
        name = f"{self._name}-{entry.logical_name}"
        secret_name: Input[str] = entry.vault_name
        if entry.comes_and_goes:
            letters = RandomId(f"{name}-name", byte_length=4, opts=ResourceOptions(parent=self))
            secret_name = Output.format("{0}-{1}", entry.vault_name, letters.hex)
        secret = keyvault.Secret(
            f"{name}-secret",
            resource_group_name=self._args.resource_group_name,
            vault_name=self._args.vault_name,
            secret_name=secret_name,
            properties=keyvault.SecretPropertiesArgs(
                value=entry.value,
                content_type="text/plain",
                attributes=keyvault.SecretAttributesArgs(enabled=True),
            ),
            opts=ResourceOptions(parent=self, retain_on_delete=True),
        )
        if entry.synced:
            self._made.setdefault(entry.kubernetes_secret, {}).update(dict.fromkeys(entry.keys, secret))


def _versions(secrets: Mapping[str, keyvault.Secret]) -> Output[str]:
    """A hash that changes when one of the secrets does. It holds nothing of their values, so it is no secret itself."""
    uris = [
        secret.properties.apply(lambda properties: properties.secret_uri_with_version) for secret in secrets.values()
    ]
    return Output.unsecret(Output.all(*uris).apply(hash_of_versions))


def hash_of_versions(versions: list[str]) -> str:
    """Ten characters that stand for a list of versions."""
    return hashlib.sha256("\n".join(map(str, versions)).encode()).hexdigest()[:10]
