"""Identities with which pods sign in to Azure without a password."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, CustomResource, Input, Output, ResourceOptions
from pulumi_azure_native import managedidentity

from components.output_registration import make_depend_on, register_annotated_outputs

from .roles import RoleGrant, grant_to_identity

TOKEN_AUDIENCE: Final = "api://AzureADTokenExchange"  # noqa: S105 - a public audience, not a secret
# Source: Azure, "Important considerations and restrictions for federated identity credentials".
MAX_FEDERATED_CREDENTIALS: Final = 20


@dataclass(frozen=True, kw_only=True)
class WorkloadIdentityArgs:
    """What WorkloadIdentity needs: the service accounts whose pods may use the identity, and the identity's roles."""

    identity_name: Input[str]
    resource_group_name: Input[str]
    location: Input[str]
    subscription_id: Input[str]
    issuer_url: Input[str]
    namespace: str
    service_accounts: Sequence[str]
    roles: Sequence[RoleGrant]


class WorkloadIdentity(ComponentResource):
    """A user-assigned identity for the pods of some service accounts in one namespace.

    Its federated credentials are created one after another: Azure rejects concurrent writes to one identity.
    """

    client_id: Output[str]
    identity_client_id: Output[str]
    principal_id: Output[str]

    def __init__(self, name: str, args: WorkloadIdentityArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:WorkloadIdentity", name, None, opts)
        if len(args.service_accounts) > MAX_FEDERATED_CREDENTIALS:
            raise ValueError(
                f"{name}: Azure allows {MAX_FEDERATED_CREDENTIALS} federated credentials per identity, and "
                f"{len(args.service_accounts)} service accounts need one each: let several pods share an account, or "
                "split the accounts between two stacks, which have identities of their own"
            )
        identity = managedidentity.UserAssignedIdentity(
            f"{name}-identity",
            resource_group_name=args.resource_group_name,
            location=args.location,
            resource_name_=args.identity_name,
            opts=ResourceOptions(parent=self),
        )
        needed: list[CustomResource] = [
            grant_to_identity(f"{name}-{grant.name}", grant, identity.principal_id, args.subscription_id, self)
            for grant in args.roles
        ]
        last: list[CustomResource] = []
        for account in args.service_accounts:
            last = [
                managedidentity.FederatedIdentityCredential(
                    f"{name}-{account}",
                    resource_group_name=args.resource_group_name,
                    resource_name_=identity.name,
                    federated_identity_credential_resource_name=account,
                    issuer=args.issuer_url,
                    subject=f"system:serviceaccount:{args.namespace}:{account}",
                    audiences=[TOKEN_AUDIENCE],
                    opts=ResourceOptions(parent=self, depends_on=last),
                )
            ]
            needed += last
        # The id for the annotation of service accounts, which needs neither roles nor credentials.
        self.identity_client_id = identity.client_id
        # The same id, for pods. It depends on roles and credentials, so that no pod signs in before they exist.
        self.client_id = make_depend_on(identity.client_id, *(resource.id for resource in needed))
        self.principal_id = identity.principal_id
        register_annotated_outputs(self)
