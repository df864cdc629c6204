"""The Kubernetes provider of a cluster."""

from __future__ import annotations

from pulumi import Input, Output
from pulumi_kubernetes import Provider

from components.settings.model import Settings

from .api_server_path import check_path


def kubernetes_provider(name: str, kubeconfig: Input[str], cluster_name: Input[str], settings: Settings) -> Provider:
    """Create the provider for the cluster of a stack.

    `cluster_identifier` tells the provider that a changed kubeconfig belongs to the same cluster. Without it, a renewed
    certificate would replace every object. The identifier contains `network.outbound`, because a change of that
    setting replaces the cluster by an empty cluster of the same name. `cluster_name` must not be an output of the
    cluster: the engine would then delete the objects before the cluster, which fails with "the client connection is
    closing" (pulumi/pulumi issue 14650).
    """
    private = settings.cluster.private_api_server
    return Provider(
        name,
        kubeconfig=Output.from_input(kubeconfig).apply(check_path) if private else kubeconfig,
        cluster_identifier=Output.format("{0}-{1}", cluster_name, settings.network.outbound),
    )
