"""The Kubernetes provider of a cluster."""

from __future__ import annotations

from pulumi import Input
from pulumi_kubernetes import Provider


def kubernetes_provider(name: str, kubeconfig: Input[str], cluster_identifier: Input[str]) -> Provider:
    """The provider for a cluster.

    The identifier says that it still is the same cluster when the kubeconfig changes; without it a renewed
    certificate would replace every object.
    """
    return Provider(name, kubeconfig=kubeconfig, cluster_identifier=cluster_identifier)
