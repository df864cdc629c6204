"""The Key Vault that holds every secret, the stack's own or one that exists."""

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
from pulumi_azure_native import Provider, authorization, keyvault

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.key_vault_section import KeyVaultSettings

from .endpoints import PrivateLink, create_private_endpoint
from .existing_key_vault import open_subscription, read_vault
from .kept_data import keep_data
from .resource_id import ResourceId
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
    """A vault in RBAC mode: role assignments, not access policies, decide who may read secrets.

    With `keyVault.existingId`, the vault is read, and nothing is created but a provider for its subscription.
    """

    vault_id: Output[str]
    vault_name: Output[str]
    vault_uri: Output[str]

    def __init__(self, name: str, args: KeyVaultArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:KeyVault", name, None, opts)
        self._name = name
        self._args = args
        self._provider: Provider | None = None
        self._resource_group_name = Output.from_input(args.resource_group_name)
        self._subscription_id = Output.from_input(args.subscription_id)
        if args.settings.existing_id is not None:
            self._read(args.settings.existing_id)
        else:
            self._create()
        register_annotated_outputs(self)

    @property
    def provider(self) -> Provider | None:
        """The provider that writes secrets into a vault that exists; None = the default provider."""
        return self._provider

    @property
    def resource_group_name(self) -> Output[str]:
        """The resource group of the vault."""
        return self._resource_group_name

    @property
    def subscription_id(self) -> Output[str]:
        """The subscription of the vault."""
        return self._subscription_id

    def _read(self, vault_id: str) -> None:
        place = ResourceId.of(vault_id)
        self._provider = open_subscription(self._name, place, self)
        found = read_vault(place, self._provider)
        self._resource_group_name = Output.from_input(place.resource_group_name)
        self._subscription_id = Output.from_input(place.subscription_id)
        # Depend on the reading and, by the name, on the check of the stack's record: nothing is written before both.
        self.vault_id = make_depend_on(vault_id, found.name, self._args.vault_name)
        self.vault_name = make_depend_on(found.name, self._args.vault_name)
        self.vault_uri = make_depend_on(found.properties.vault_uri, self._args.vault_name)

    def _create(self) -> None:
        args, settings = self._args, self._args.settings
        vault = keyvault.Vault(
            f"{self._name}-vault",
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
                f"{self._name}-reader-{principal_id}",
                scope=vault.id,
                principal_id=principal_id,
                role_definition_id=role_definition_id(args.subscription_id, KEY_VAULT_SECRETS_USER),
                # The SDK sends an omitted principal_type as "User", which Azure rejects for groups and applications.
                opts=ResourceOptions(parent=self, transformations=[_unset_principal_type]),
            )
        endpoint_ids = create_private_endpoint(f"{self._name}-private", vault.id, "vault", args.private_link, self)
        self.vault_id = vault.id
        self.vault_name = vault.name
        # Depends on the private endpoint, so that nothing reads the vault before the cluster can reach it.
        self.vault_uri = make_depend_on(vault.properties.vault_uri, vault.id, *endpoint_ids)


def _unset_principal_type(args: ResourceTransformationArgs) -> ResourceTransformationResult:
    return ResourceTransformationResult(props={**args.props, "principal_type": None}, opts=args.opts)
