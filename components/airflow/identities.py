"""The identities of Airflow's namespace: the one of Airflow's pods, and the one that reads the Key Vault."""

from __future__ import annotations

from components.azure import roles
from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs

from . import names
from .accounts import accounts_with_identity, airflow_rights, secret_sync_account
from .foundation import Foundation


def create_identities(stack: Foundation) -> tuple[WorkloadIdentity, WorkloadIdentity]:
    """Create the identity of Airflow's pods, and the identity of the delivery of secrets."""
    settings, vault_id = stack.settings, stack.key_vault.vault_id
    airflow = WorkloadIdentity(
        "airflow-identity",
        WorkloadIdentityArgs(
            identity_name=stack.azure_names.airflow_identity,
            subscription_id=stack.subscription_id,
            issuer_url=stack.cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=accounts_with_identity(settings.airflow, settings.logs),
            roles=airflow_rights(settings, stack.log_storage.container_id, vault_id),
            **stack.place,
        ),
    )
    secret_sync = WorkloadIdentity(
        "secret-sync-identity",
        WorkloadIdentityArgs(
            identity_name=stack.azure_names.secret_sync_identity,
            subscription_id=stack.subscription_id,
            issuer_url=stack.cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=[secret_sync_account(settings.secrets)],
            roles=[roles.RoleGrant(name="reads-secrets", role=roles.KEY_VAULT_SECRETS_USER, scope=vault_id)],
            **stack.place,
        ),
    )
    return airflow, secret_sync
