"""A Key Vault that exists, in which the stack keeps its secrets beside those of others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pulumi import Input, Output, Resource
from pulumi_azure_native import Provider

from components.azure.required_grants import command_grant
from components.azure.roles import KEY_VAULT_SECRETS_USER, RoleGrant, grant_to_identity
from components.output_registration import make_depend_on

GRANT_ACCESS: Final = "airflow-aks:keyVault.grantAccess"


@dataclass(frozen=True, kw_only=True)
class SharedVault:
    """The vault, and the identity that reads the stack's secrets in it.

    The identity gets its role on each secret, because a role on the vault would open the secrets of others to it.
    Source: Azure Key Vault, "Provide access to Key Vault keys, certificates, and secrets with Azure role-based access
    control", secret scope role assignment. `mark` begins the names of the stack's secrets. `grants` and `deletes`:
    whether the program assigns the roles, and whether it deletes a secret that the stack no longer needs.
    """

    vault_id: Input[str]
    subscription_id: Input[str]
    provider: Provider | None
    mark: str
    reader_principal_id: Input[str]
    grants: bool
    deletes: bool

    def open(self, name: str, secret_name: Input[str], parent: Resource) -> Output[str]:
        """Let the reader read a secret, and return the secret's name, which depends on the role."""
        if not self.grants:
            return Output.from_input(secret_name)
        grant = RoleGrant(name=name, role=KEY_VAULT_SECRETS_USER, scope=self._scope(secret_name))
        role = grant_to_identity(name, grant, self.reader_principal_id, self.subscription_id, parent)
        return make_depend_on(secret_name, role.id)

    def commands(self, secrets: Mapping[str, Input[str]]) -> dict[str, Output[str]]:
        """Return the commands that let the reader read the secrets, if the program does not; keys are for people."""
        if self.grants:
            return {}
        return {
            f"keyVault.{key}": command_grant(
                GRANT_ACCESS, KEY_VAULT_SECRETS_USER, self.reader_principal_id, self._scope(name)
            )
            for key, name in secrets.items()
        }

    def _scope(self, secret_name: Input[str]) -> Output[str]:
        return Output.format("{0}/secrets/{1}", self.vault_id, secret_name)


def marked_name(mark: str | None, own_name: str) -> str:
    """Return the name of a secret: the one that it has in an own vault, or one that tells stacks apart."""
    return own_name if mark is None else f"{mark}-{own_name.removeprefix('airflow-')}"


def name_in_vault(mark: str | None, own_name: str, letters: Input[str] | None) -> Input[str]:
    """Return the whole name of a secret, with random letters at its end if it has any."""
    name = marked_name(mark, own_name)
    return name if letters is None else Output.format("{0}-{1}", name, letters)
