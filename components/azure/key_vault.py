"""The Key Vault that holds every secret."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import (
    ComponentResource,
    Input,
    Output,
    ResourceOptions,
    ResourceTransformationArgs,
    ResourceTransformationResult,
)
from pulumi_azure_native import authorization, keyvault

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.key_vault_section import KeyVaultSettings

from .endpoints import PrivateLink, create_private_endpoint
from .kept_data import keep_data
from .roles import KEY_VAULT_SECRETS_USER, role_definition_id


@dataclass(frozen=True, kw_only=True)
class KeyVaultArgs:
    """What KeyVault needs: its settings, resource group, location, and a private link if it has no public address."""

    settings: KeyVaultSettings
    resource_group_name: Input[str]
    location: Input[str]
    vault_name: Input[str]
    subscription_id: Input[str]
    tenant_id: Input[str]
    protect: bool
    private_link: PrivateLink | None


class KeyVault(ComponentResource):
    """A vault in RBAC mode: role assignments, not access policies, decide who may read secrets."""

    vault_id: Output[str]
    vault_name: Output[str]
    vault_uri: Output[str]

    def __init__(self, name: str, args: KeyVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:KeyVault", name, None, opts)
        settings = args.settings
        vault = keyvault.Vault(
            f"{name}-vault",
            resource_group_name=args.resource_group_name,
            location=args.location,
            vault_name=args.vault_name,
            properties=keyvault.VaultPropertiesArgs(
                tenant_id=args.tenant_id,
                sku=keyvault.SkuArgs(family="A", name=keyvault.SkuName.STANDARD),
                enable_rbac_authorization=True,
                enable_soft_delete=True,
                soft_delete_retention_in_days=settings.soft_delete_days,
                # True or unset: Azure rejects false once purge protection is enabled.
                enable_purge_protection=True if settings.purge_protection else None,
                public_network_access="enabled" if settings.public_access else "disabled",
                network_acls=keyvault.NetworkRuleSetArgs(
                    bypass="AzureServices",
                    default_action="Allow" if settings.public_access else "Deny",
                    ip_rules=[],
                    virtual_network_rules=[],
                ),
            ),
            opts=keep_data(self, protect=args.protect),
        )
        for principal_id in settings.reader_principal_ids:
            authorization.RoleAssignment(
                f"{name}-reader-{principal_id}",
                scope=vault.id,
                principal_id=principal_id,
                role_definition_id=role_definition_id(args.subscription_id, KEY_VAULT_SECRETS_USER),
                # The SDK sends an omitted principal_type as "User", which Azure rejects for groups and applications.
                opts=ResourceOptions(parent=self, transformations=[_unset_principal_type]),
            )
        endpoint_ids = create_private_endpoint(f"{name}-private", vault.id, "vault", args.private_link, self)
        self.vault_id = vault.id
        self.vault_name = vault.name
        # Depends on the private endpoint, so that nothing reads the vault before the cluster can reach it.
        self.vault_uri = make_depend_on(vault.properties.vault_uri, vault.id, *endpoint_ids)
        register_annotated_outputs(self)


def _unset_principal_type(args: ResourceTransformationArgs) -> ResourceTransformationResult:
    return ResourceTransformationResult(props={**args.props, "principal_type": None}, opts=args.opts)
