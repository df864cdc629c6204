"""Connects the remote clusters of a stack to its other components."""

from __future__ import annotations

from collections.abc import Mapping

from pulumi import Input, Output
from pulumi_azure_native.authorization import GetClientConfigResult

from components.airflow import names
from components.airflow.accounts import remote_accounts
from components.azure.cluster import Cluster
from components.azure.image_imports import ImageImports
from components.azure.registry import Registry
from components.azure.stack_images import XCOM_SIDECAR
from components.settings.model import Settings

from .component import RemoteClusters, RemoteClustersArgs


def connect_remote_clusters(
    settings: Settings,
    client: Output[GetClientConfigResult],
    cluster: Cluster,
    registry: Registry,
    images: ImageImports,
    identity_name: Input[str],
    place: Mapping[str, Input[str]],
) -> RemoteClusters | None:
    """Return the component of the remote clusters; None if the stack file names none."""
    if not settings.remote_clusters:
        return None
    return RemoteClusters(
        "remote-clusters",
        RemoteClustersArgs(
            settings=settings.remote_clusters,
            identity_name=identity_name,
            subscription_id=client.subscription_id,
            tenant_id=client.tenant_id,
            issuer_url=cluster.oidc_issuer_url,
            namespace=names.NAMESPACE,
            service_accounts=remote_accounts(settings.airflow),
            registry_id=registry.registry_id,
            sidecar_image=images.references[XCOM_SIDECAR],
            **place,
        ),
    )
