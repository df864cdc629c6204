"""A Key Vault that exists already: read, and neither changed nor deleted."""

from __future__ import annotations

from typing import Final

from pulumi import InvokeOutputOptions, Output, Resource, ResourceOptions, RunError
from pulumi_azure_native import Provider, keyvault

from .resource_id import ResourceId

EXISTING: Final = "airflow-aks:keyVault.existingId"


def open_subscription(name: str, vault: ResourceId, parent: Resource) -> Provider:
    """Return the provider that reads the vault and writes its secrets, in the vault's own subscription."""
    return Provider(f"{name}-subscription", subscription_id=vault.subscription_id, opts=ResourceOptions(parent=parent))


def read_vault(vault: ResourceId, provider: Provider) -> Output[keyvault.GetVaultResult]:
    """Read the vault. One that does not exist, or whose access role assignments do not decide, fails the preview."""
    found = keyvault.get_vault_output(
        resource_group_name=vault.resource_group_name,
        vault_name=vault.name,
        opts=InvokeOutputOptions(provider=provider),
    )
    checked: Output[keyvault.GetVaultResult] = found.apply(_check_access_mode)
    return checked


def _check_access_mode(found: keyvault.GetVaultResult) -> keyvault.GetVaultResult:
    """Return the vault.

    Raises:
        pulumi.RunError: access policies decide who may read its secrets.

    """
    if not found.properties.enable_rbac_authorization:
        raise RunError(
            f"{EXISTING}: access policies decide who may read the secrets of {found.name}, so that a role assignment "
            "opens none of them: have its permission model set to Azure role-based access control, or name another "
            "vault"
        )
    return found
