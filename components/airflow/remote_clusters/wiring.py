"""Connects the remote clusters of a stack to its other components."""

from __future__ import annotations

from components.airflow import names
from components.airflow.accounts import remote_accounts
from components.airflow.foundation import Foundation
from components.azure.stack_images import XCOM_SIDECAR

from .component import RemoteClusters, RemoteClustersArgs


def connect_remote_clusters(foundation: Foundation) -> RemoteClusters | None:
    """Return the component of the remote clusters; None if the stack file names none."""
    settings = foundation.settings
    if not settings.remote_clusters:
        return None
    return RemoteClusters(
        "remote-clusters",
        RemoteClustersArgs(
            settings=settings.remote_clusters,
            identity_name=foundation.azure_names.remote_identity,
            subscription_id=foundation.subscription_id,
            tenant_id=foundation.tenant_id,
            issuer_url=foundation.cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=remote_accounts(settings.airflow),
            registry_access=foundation.registry.access,
            sidecar_image=foundation.images.references[XCOM_SIDECAR],
            **foundation.place,
        ),
    )
