"""Creates Airflow's secrets in the vault of the stack, its own or one that exists."""

from __future__ import annotations

from components.airflow.executors import executor_parts
from components.airflow.foundation import Foundation
from components.airflow.release_lines import family_of
from components.airflow.remote_clusters.component import RemoteClusters
from components.azure.broker import Broker
from components.azure.database import Database
from components.azure.identity import WorkloadIdentity
from components.settings.names import stack_mark

from .secrets import AirflowSecrets, AirflowSecretsArgs
from .shared_vault import SharedVault


def create_secrets(
    foundation: Foundation,
    database: Database,
    broker: Broker | None,
    remote_clusters: RemoteClusters | None,
    reader: WorkloadIdentity,
) -> AirflowSecrets:
    """Create the secrets; `reader` is the identity that delivers them to the cluster."""
    settings, vault = foundation.settings, foundation.key_vault
    return AirflowSecrets(
        "airflow-secrets",
        AirflowSecretsArgs(
            line=family_of(settings.airflow.release),
            resource_group_name=vault.resource_group_name,
            vault_name=vault.vault_name,
            shared_vault=_share_vault(foundation, reader),
            pooler=settings.database.pooler,
            rotation=settings.secrets.rotate,
            dropped_fernet_keys=settings.secrets.dropped_fernet_keys,
            parts=executor_parts(settings.airflow),
            dags=settings.dags,
            git_credentials=settings.git_credentials,
            database_host=database.host,
            database_name=database.database_name,
            database_login=database.login,
            database_password=database.password,
            user_secrets=settings.airflow.key_vault_secrets,
            broker_host=broker.host if broker else None,
            broker_key=broker.key if broker else None,
            storage_credentials=foundation.log_storage.share_credentials,
            remote_connections=remote_clusters.connections if remote_clusters else {},
            first_user=settings.sign_in is None,
            sign_in_secret=settings.client_secret,
        ),
    )


def _share_vault(foundation: Foundation, reader: WorkloadIdentity) -> SharedVault | None:
    """Return the vault that exists, with the identity that reads the stack's secrets in it; None for an own vault."""
    settings, vault = foundation.settings.key_vault, foundation.key_vault
    if settings.existing_id is None:
        return None
    return SharedVault(
        vault_id=vault.vault_id,
        subscription_id=vault.subscription_id,
        provider=vault.provider,
        mark=stack_mark(foundation.settings),
        reader_principal_id=reader.principal_id,
        grants=settings.grant_access,
        deletes=settings.delete_secrets,
    )
