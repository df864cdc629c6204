"""The identities of a stack's pods: one function that creates them, and those of Airflow's namespace."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input

from components.azure import roles
from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs

from . import names
from .accounts import accounts_with_identity, airflow_rights, secret_sync_account
from .foundation import Foundation


def create_identity(
    foundation: Foundation,
    name: str,
    identity_name: Input[str],
    service_accounts: Sequence[str],
    grants: Sequence[roles.RoleGrant],
    *,
    namespace: str = names.NAMESPACE,
    subscription_id: Input[str] | None = None,
) -> WorkloadIdentity:
    """Create an identity of the stack for service accounts of a namespace, by default Airflow's.

    `subscription_id`: that of what the roles are granted on; by default the stack's own.
    """
    args = WorkloadIdentityArgs(
        identity_name=identity_name,
        subscription_id=foundation.subscription_id if subscription_id is None else subscription_id,
        issuer_url=foundation.cluster.oidc_issuer_url,
        namespace=namespace,
        service_accounts=service_accounts,
        roles=grants,
        **foundation.place,
    )
    return WorkloadIdentity(name, args)


def create_identities(foundation: Foundation) -> tuple[WorkloadIdentity, WorkloadIdentity]:
    """Create the identity of Airflow's pods, and the identity of the delivery of secrets.

    In a vault that exists, the latter gets its role on each secret, when the secrets are stored.
    """
    settings, vault_id = foundation.settings, foundation.key_vault.vault_id
    shared = settings.key_vault.existing_id is not None
    airflow = create_identity(
        foundation,
        "airflow-identity",
        foundation.azure_names.airflow_identity,
        accounts_with_identity(settings.airflow, settings.logs),
        airflow_rights(settings, foundation.log_storage.container_id, vault_id),
    )
    secret_sync = create_identity(
        foundation,
        "secret-sync-identity",
        foundation.azure_names.secret_sync_identity,
        [secret_sync_account(settings.secrets)],
        [] if shared else [roles.RoleGrant(name="reads-secrets", role=roles.KEY_VAULT_SECRETS_USER, scope=vault_id)],
    )
    return airflow, secret_sync
