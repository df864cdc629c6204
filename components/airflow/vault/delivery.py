"""Creates the delivery of Airflow's secrets from the Key Vault into its namespace."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input, ResourceOptions

from components.airflow.accounts import secret_sync_account
from components.airflow.foundation import Foundation
from components.azure.identity import WorkloadIdentity
from components.azure.stack_images import select_secret_sync_image
from components.kubernetes.namespace import AirflowNamespace
from components.kubernetes.secret_source import SecretSource
from components.kubernetes.secret_sync import SecretSync, SecretSyncArgs

from .secrets import AirflowSecrets


def create_secret_sync(
    foundation: Foundation,
    secrets: AirflowSecrets,
    namespace: AirflowNamespace,
    identity: WorkloadIdentity,
    operator_egress_policies: Mapping[str, Input[Mapping[str, Any]]],
    opts: ResourceOptions,
) -> SecretSync:
    """Create the component that copies the secrets; `identity` is the one that may read the Key Vault."""
    settings = foundation.settings
    return SecretSync(
        "secret-sync",
        SecretSyncArgs(
            settings=settings.secrets,
            source=SecretSource(
                namespace=namespace.name,
                service_account=secret_sync_account(settings.secrets),
                client_id=identity.client_id,
                tenant_id=foundation.tenant_id,
                vault_uri=foundation.key_vault.vault_uri,
                secrets=secrets.vault_secrets,
                versions=secrets.versions,
            ),
            chart=settings.pins.external_secrets.chart,
            image=select_secret_sync_image(settings, foundation.images.references, foundation.airflow_image),
            node_selector=foundation.cluster.airflow_node_selector,
            operator_egress_policies=operator_egress_policies,
            way_out=foundation.way_out,
        ),
        opts,
    )
