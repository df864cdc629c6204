"""Azure's built-in roles, and their assignment to identities."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from pulumi import Input, Output, Resource, ResourceOptions
from pulumi_azure_native import authorization

# Source: Azure, "Azure built-in roles".
ACR_PULL: Final = "7f951dda-4ed3-4680-a7ca-43fe172d538d"
AKS_CLUSTER_USER: Final = "4abbcc35-e782-43d8-92c5-2d3f1bd2253f"
AKS_RBAC_ADMIN: Final = "3498e952-d568-435e-9b2c-8d77e338d7f7"
AKS_RBAC_READER: Final = "7f6c6a51-bcf8-42ba-9220-52d62157d7db"
AKS_RBAC_WRITER: Final = "a7ffa36f-339b-4b5c-8bdf-e2c188b2c0eb"
DNS_ZONE_CONTRIBUTOR: Final = "befefa01-2a29-4197-83a8-272ff33ce314"
KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER: Final = "e147488a-f6f5-4113-8e2d-b22465e65bf6"
KEY_VAULT_SECRETS_USER: Final = "4633458b-17de-408a-b874-0445c86b69e6"
MANAGED_IDENTITY_OPERATOR: Final = "f1a07417-d97a-45cb-824c-7a7467783830"
NETWORK_CONTRIBUTOR: Final = "4d97b98b-1d4f-4787-a291-c67834d212e7"
PRIVATE_DNS_ZONE_CONTRIBUTOR: Final = "b12aa53e-6015-4669-85d0-8515ebb3ae7f"
READER: Final = "acdd72a7-3385-48ef-bd42-f606fba81ae7"
REPOSITORY_READER: Final = "b93aa761-3e63-49ed-ac28-beffa264f7ac"
STORAGE_BLOB_DATA_CONTRIBUTOR: Final = "ba92f5b4-2d11-453d-a403-e96b0029c9fe"


@dataclass(frozen=True, kw_only=True)
class RoleGrant:
    """A role on a scope; the name is unique among the grants of one identity."""

    name: str
    role: str
    scope: Input[str]


def role_definition_id(subscription_id: Input[str], role: str) -> Output[str]:
    """Return the full id of a built-in role."""
    return Output.format(
        "/subscriptions/{0}/providers/Microsoft.Authorization/roleDefinitions/{1}", subscription_id, role
    )


def grant_to_identity(
    name: str, grant: RoleGrant, principal_id: Input[str], subscription_id: Input[str], parent: Resource
) -> authorization.RoleAssignment:
    """Assign a role to a managed identity.

    `principal_type` is set, because Azure may otherwise not find an identity that was created a moment ago.
    """
    return authorization.RoleAssignment(
        name,
        scope=grant.scope,
        principal_id=principal_id,
        principal_type="ServicePrincipal",
        role_definition_id=role_definition_id(subscription_id, grant.role),
        opts=ResourceOptions(parent=parent),
    )
