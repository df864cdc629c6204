"""Airflow's secrets: generated once, and stored in the Key Vault."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import keyvault
from pulumi_random import RandomBytes, RandomId, RandomPassword

from components.airflow import names
from components.airflow.executors import ExecutorParts
from components.airflow.line_family import LineFamily
from components.output_registration import register_annotated_outputs
from components.settings.airflow_sections import DagsSettings
from components.settings.model import GitCredentials
from components.settings.secret_rotation import RotationSettings, keepers

from . import connections, entries, user_secrets
from .entries import VaultEntry
from .shared_vault import SharedVault, name_in_vault

VaultNames = dict[str, Output[str]]
ADMIN_PASSWORD: Final = "airflow-admin-password"  # noqa: S105 - the name of a secret


@dataclass(frozen=True, kw_only=True)
class AirflowSecretsArgs:
    """What AirflowSecrets needs: release line, vault, database, broker, credentials of git, storage and sign-in.

    `first_user`: whether the cluster needs the first user's password. `shared_vault`: the vault if it is not the
    stack's own.
    """

    line: LineFamily
    resource_group_name: Input[str]
    vault_name: Input[str]
    shared_vault: SharedVault | None
    pooler: connections.Pooler
    rotation: RotationSettings
    dropped_fernet_keys: int
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
    # The name and key of the account with file shares, under the names that the driver reads; empty without shares.
    storage_credentials: Mapping[str, Input[str]]
    # Connections to other clusters, by environment variable.
    remote_connections: Mapping[str, Input[str]]
    first_user: bool
    # The client secret of the sign-in's app registration; None: there is no sign-in, or it needs none.
    sign_in_secret: Output[str] | None


class AirflowSecrets(ComponentResource):
    """One vault secret for each key of a Kubernetes Secret, with the complete value.

    In a vault of the stack's own, Pulumi does not delete the secrets, because that needs access to the vault's data;
    Azure deletes them with the vault. When a setting removes a secret and later brings it back, the old secret is still
    in the vault and its name is taken. The names of such secrets therefore end in random letters. In a vault that
    exists, all names do: Azure keeps the names of deleted secrets, and a stack may have the name of an earlier one. The
    vault holds the secrets of every release line, so that a move to another line and back keeps their values;
    Kubernetes gets only the secrets that the line reads. The same holds for the first user's password and the sign-in
    with Entra.
    """

    vault_secrets: dict[str, VaultNames]
    versions: dict[str, Output[str]]
    admin_password_secret: Output[str]

    def __init__(self, name: str, args: AirflowSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:airflow:AirflowSecrets", name, None, opts)
        self._name = name
        self._args = args
        self._stored: dict[str, dict[str, keyvault.Secret]] = {}
        self._read: list[str] = []
        self.vault_secrets = {}
        self._names = {entry.vault_name: self._store(entry) for entry in self._entries()}

        self.versions = {kubernetes_secret: _versions(keys) for kubernetes_secret, keys in self._stored.items()}
        if args.user_secrets:
            # The user's own secrets are delivered like the program's, but the program neither creates nor reads them.
            self.vault_secrets[names.USER_SECRETS] = self._open_user_secrets(args.user_secrets)
            self.versions[names.USER_SECRETS] = Output.from_input(user_secrets.versions(args.user_secrets))
        self.admin_password_secret = self._names[ADMIN_PASSWORD]
        register_annotated_outputs(self)

    @property
    def vault_names(self) -> Mapping[str, Output[str]]:
        """The names of the stack's secrets in the vault, by the names that they have in a vault of the stack's own."""
        return self._names

    def required_grants(self) -> dict[str, Output[str]]:
        """Return the commands for the roles that others assign, by the secrets that they open."""
        shared = self._args.shared_vault
        if shared is None:
            return {}
        users = {name: name for name in _distinct(self._args.user_secrets)}
        return shared.commands({**{name: self._names[name] for name in self._read}, **users})

    def _open_user_secrets(self, secrets: Mapping[str, str]) -> VaultNames:
        """Return the user's own secrets by environment variable, with the right to read them in a vault that exists."""
        shared = self._args.shared_vault
        if shared is None:
            return {variable: Output.from_input(name) for variable, name in secrets.items()}
        opened = {name: shared.open(f"{self._name}-reads-{name}", name, self) for name in _distinct(secrets)}
        return {variable: opened[name.lower()] for variable, name in secrets.items()}

    def _entries(self) -> Iterator[VaultEntry]:
        """Yield every secret that the vault stores for this stack."""
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
        yield from entries.remote_entries(args.remote_connections)
        if args.sign_in_secret is not None:
            yield entries.sign_in_entry(args.sign_in_secret)

    def _keys(self) -> Iterator[VaultEntry]:
        """Yield the keys with which Airflow signs and encrypts, and the first user's password."""
        line, rotation = self._args.line, self._args.rotation
        yield VaultEntry(
            kubernetes_secret=names.FERNET_KEY_SECRET,
            keys=(names.FERNET_KEY,),
            vault_name="airflow-fernet-key",
            value=self._fernet_keys(),
        )
        ui_secret, ui_key = line.ui_secret
        yield VaultEntry(
            kubernetes_secret=ui_secret,
            keys=(ui_key,),
            vault_name="airflow-api-secret-key",
            value=self._random("api-secret-key", 64, rotation.api_secret_key),
        )
        # HS512 requires a key of at least 64 bytes, the length of its hash.
        yield VaultEntry(
            kubernetes_secret=names.JWT_SECRET,
            keys=(names.JWT_SECRET_KEY,),
            vault_name="airflow-jwt-secret",
            value=self._random("jwt-secret", 96, rotation.jwt_secret),
            synced=line.tasks_use_api,
        )
        yield VaultEntry(
            kubernetes_secret=names.ADMIN_SECRET,
            keys=(names.ADMIN_PASSWORD_KEY,),
            vault_name=ADMIN_PASSWORD,
            value=self._random("admin-password", 24, rotation.admin_password),
            synced=self._args.first_user,
        )

    def _fernet_keys(self) -> Output[str]:
        """Return the valid Fernet keys, the newest first: it encrypts, and each of them decrypts.

        Each key is a resource of its own, so that the state keeps an earlier key until the stack file drops it.
        """
        numbers = range(self._args.rotation.fernet_key, self._args.dropped_fernet_keys, -1)
        keys = []
        for number in numbers:
            part = "fernet-key-bytes" if number == 1 else f"fernet-key-{number}-bytes"
            random = RandomBytes(f"{self._name}-{part}", length=32, opts=ResourceOptions(parent=self))
            keys.append(random.base64.apply(connections.fernet_key))
        return Output.all(*keys).apply(",".join) if len(keys) > 1 else keys[0]

    def _random(self, part: str, length: int, rotation: int) -> Output[str]:
        password = RandomPassword(
            f"{self._name}-{part}",
            length=length,
            special=False,
            min_lower=1,
            min_upper=1,
            min_numeric=1,
            keepers=keepers(rotation),
            opts=ResourceOptions(parent=self),
        )
        result: Output[str] = password.result
        return result

    def _store(self, entry: VaultEntry) -> Output[str]:
        """Store a value in the vault, list it for the cluster if something there reads it, and return its name."""
        name, shared = f"{self._name}-{entry.logical_ending}", self._args.shared_vault
        letters = None
        if entry.comes_and_goes or shared is not None:
            # Letters that an own vault has too do not change. Others wait for the check of the stack's record.
            kept = {"vault": shared.vault_id} if shared and not entry.comes_and_goes else None
            letters = RandomId(f"{name}-name", byte_length=4, keepers=kept, opts=ResourceOptions(parent=self)).hex
        secret = keyvault.Secret(
            f"{name}-secret",
            resource_group_name=self._args.resource_group_name,
            vault_name=self._args.vault_name,
            secret_name=name_in_vault(shared.mark if shared else None, entry.vault_name, letters),
            properties=keyvault.SecretPropertiesArgs(
                value=entry.value,
                content_type="text/plain",
                attributes=keyvault.SecretAttributesArgs(enabled=True),
            ),
            opts=ResourceOptions(
                parent=self,
                provider=shared.provider if shared else None,
                retain_on_delete=shared is None or not shared.deletes,
            ),
        )
        if entry.synced:
            self._read.append(entry.vault_name)
            readable = shared.open(f"{name}-reader", secret.name, self) if shared else secret.name
            self._stored.setdefault(entry.kubernetes_secret, {}).update(dict.fromkeys(entry.keys, secret))
            self.vault_secrets.setdefault(entry.kubernetes_secret, {}).update(dict.fromkeys(entry.keys, readable))
        stored: Output[str] = secret.name
        return stored


def _distinct(user_secrets: Mapping[str, str]) -> list[str]:
    """Return the names of the user's own secrets, each once. Key Vault ignores their case."""
    return sorted({name.lower() for name in user_secrets.values()})


def _versions(secrets: Mapping[str, keyvault.Secret]) -> Output[str]:
    """Return a hash of the secrets' versions. The hash does not depend on the values, so it is not secret."""
    uris = [
        secret.properties.apply(lambda properties: properties.secret_uri_with_version) for secret in secrets.values()
    ]
    return Output.unsecret(Output.all(*uris).apply(hash_of_versions))


def hash_of_versions(versions: list[str]) -> str:
    """Return ten characters that change with a list of versions."""
    return hashlib.sha256("\n".join(map(str, versions)).encode()).hexdigest()[:10]
