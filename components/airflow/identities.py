"""The identities of Airflow's namespace: the one of Airflow's pods, and the one that reads the Key Vault."""

from __future__ import annotations

from pulumi import Input, Output

from components.azure import roles
from components.azure.cluster import Cluster
from components.azure.identity import WorkloadIdentity, WorkloadIdentityArgs
from components.azure.key_vault import KeyVault
from components.azure.log_storage import LogStorage
from components.settings.model import Settings
from components.settings.names import Names

from . import names
from .accounts import accounts_with_identity, airflow_rights, secret_sync_account


def create_identities(
    settings: Settings,
    azure_names: Output[Names],
    place: dict[str, Input[str]],
    subscription_id: Input[str],
    cluster: Cluster,
    log_storage: LogStorage,
    key_vault: KeyVault,
) -> tuple[WorkloadIdentity, WorkloadIdentity]:
    """Create the identity of Airflow's pods, and the identity of the delivery of secrets."""
    airflow = WorkloadIdentity(
        "airflow-identity",
        WorkloadIdentityArgs(
            identity_name=azure_names.airflow_identity,
            subscription_id=subscription_id,
            issuer_url=cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=accounts_with_identity(settings.airflow, settings.logs),
            roles=airflow_rights(settings, log_storage.container_id, key_vault.vault_id),
            **place,
        ),
    )
    secret_sync = WorkloadIdentity(
        "secret-sync-identity",
        WorkloadIdentityArgs(
            identity_name=azure_names.secret_sync_identity,
            subscription_id=subscription_id,
            issuer_url=cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=[secret_sync_account(settings.secrets)],
            roles=[roles.RoleGrant(name="reads-secrets", role=roles.KEY_VAULT_SECRETS_USER, scope=key_vault.vault_id)],
            **place,
        ),
    )
    return airflow, secret_sync
