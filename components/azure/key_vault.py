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

from components.settings.azure_sections import KeyVaultSettings

from .private_endpoint import PrivateEndpoint, PrivateEndpointArgs, PrivateLink
from .roles import KEY_VAULT_SECRETS_USER, role_definition_id


@dataclass(frozen=True, kw_only=True)
class KeyVaultArgs:
    """What KeyVault needs: its settings, where to put it, and the private link when it has no public address."""

    settings: KeyVaultSettings
    resource_group_name: Input[str]
    location: Input[str]
    vault_name: Input[str]
    subscription_id: Input[str]
    tenant_id: Input[str]
    protect: bool
    private_link: PrivateLink | None


class KeyVault(ComponentResource):
    """A vault in RBAC mode: who may read is said by role assignments, not by access policies."""

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
                # Azure takes true or nothing: it refuses a false once protection is on.
                enable_purge_protection=True if settings.purge_protection else None,
                public_network_access="enabled" if settings.public_access else "disabled",
                network_acls=keyvault.NetworkRuleSetArgs(
                    bypass="AzureServices",
                    default_action="Allow" if settings.public_access else "Deny",
                    ip_rules=[],
                    virtual_network_rules=[],
                ),
            ),
            opts=ResourceOptions(parent=self, protect=args.protect),
        )
        for principal_id in settings.reader_principal_ids:
            authorization.RoleAssignment(
                f"{name}-reader-{principal_id}",
                scope=vault.id,
                principal_id=principal_id,
                role_definition_id=role_definition_id(args.subscription_id, KEY_VAULT_SECRETS_USER),
                # The SDK says "User" for an unset type, and Azure refuses that for a group or an app.
                opts=ResourceOptions(parent=self, transformations=[_leave_principal_type_to_azure]),
            )
        reachable = [vault.id]
        if args.private_link is not None:
            endpoint = PrivateEndpoint(
                f"{name}-private",
                PrivateEndpointArgs(
                    target_id=vault.id,
                    group_id="vault",
                    link=args.private_link,
                    resource_group_name=args.resource_group_name,
                    location=args.location,
                ),
                ResourceOptions(parent=self),
            )
            reachable.append(endpoint.endpoint_id)
        self.vault_id = vault.id
        self.vault_name = vault.name
        # Known once the vault can be reached from the cluster.
        self.vault_uri = Output.all(vault.properties.apply(lambda properties: properties.vault_uri), *reachable).apply(
            lambda values: str(values[0])
        )
        self.register_outputs({"vault_id": self.vault_id, "vault_name": self.vault_name, "vault_uri": self.vault_uri})


def _leave_principal_type_to_azure(args: ResourceTransformationArgs) -> ResourceTransformationResult:
    return ResourceTransformationResult(props={**args.props, "principal_type": None}, opts=args.opts)
