"""What Key Vault refuses and keeps, as far as a simulation can know it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from components.azure.roles import KEY_VAULT_SECRETS_USER

from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

SECRET: Final = "azure-native:keyvault:Secret"
_ROLE: Final = "azure-native:authorization:RoleAssignment"


def check_create(cloud: SimulatedCloud, kind: str, key: str, inputs: dict[str, Any]) -> None:
    """Refuse the name of a vault or a secret that is soft-deleted.

    Source: Azure Key Vault, "Soft-delete overview". The provider would recover a secret with rights to its data, which
    the deployer of this simulation does not have.
    """
    if kind == "keyvault:Vault" and inputs["vaultName"].lower() in cloud.soft_deleted_vaults:
        raise CloudError(f"ConflictError: the vault name {inputs['vaultName']} is held by a soft-deleted vault")
    if kind == "keyvault:Secret" and key.lower() in cloud.soft_deleted_secrets:
        raise CloudError(
            f"ObjectIsDeletedButRecoverable: Secret {inputs['secretName']} is currently in a deleted state"
        )


def check_delete(cloud: SimulatedCloud, type_: str, key: str) -> None:
    """Deleting a secret is a request to the vault itself, and so takes a role for its data."""
    if type_ == SECRET and not cloud.may_delete_secrets:
        raise CloudError(
            "Forbidden: Caller is not authorized to perform action on resource. "
            f"Action: 'Microsoft.KeyVault/vaults/secrets/delete', Resource: '{key}', ForbiddenByRbac"
        )


def check_reads(cloud: SimulatedCloud, names: Iterable[str]) -> None:
    """The delivery may read what it asks for: a role on the secret, or on the vault. Who has it is not looked at."""
    scopes = {
        item.inputs["scope"].lower()
        for item in cloud.objects.values()
        if item.type == _ROLE and KEY_VAULT_SECRETS_USER in item.inputs["roleDefinitionId"]
    }
    keys = {
        item.inputs["secretName"].lower(): key.lower() for key, item in cloud.objects.items() if item.type == SECRET
    }
    for name in names:
        key = keys.get(name.lower(), "")
        if not {key, key.rpartition("/secrets/")[0]} & scopes:
            action = "Microsoft.KeyVault/vaults/secrets/getSecret/action"
            raise CloudError(f"SecretSyncedError: {name}: Action: '{action}', ForbiddenByRbac")
