"""The Kubernetes provider of a cluster."""

from __future__ import annotations

from pulumi import Input, Output
from pulumi_kubernetes import Provider

from .api_server_path import check_path


def kubernetes_provider(
    name: str, kubeconfig: Input[str], cluster_name: Input[str], outbound: str, *, private: bool
) -> Provider:
    """Create the provider for a cluster; `private`: whether its API server has no public address.

    `cluster_identifier` tells the provider that a changed kubeconfig belongs to the same cluster. Without it, a renewed
    certificate would replace every object. The identifier contains `outbound`, because a change of `outbound` replaces
    the cluster by an empty cluster of the same name. `cluster_name` must not be an output of the cluster: the engine
    would then delete the objects before the cluster, which fails with "the client connection is closing" (pulumi/pulumi
    issue 14650).
    """
    return Provider(
        name,
        kubeconfig=Output.from_input(kubeconfig).apply(check_path) if private else kubeconfig,
        cluster_identifier=Output.format("{0}-{1}", cluster_name, outbound),
    )
