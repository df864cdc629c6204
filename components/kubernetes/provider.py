"""The Kubernetes provider of a cluster."""

from __future__ import annotations

from pulumi import Input, Output
from pulumi_kubernetes import Provider


def kubernetes_provider(name: str, kubeconfig: Input[str], cluster_name: Input[str], outbound: str) -> Provider:
    """The provider for a cluster.

    The identifier says that it still is the same cluster when the kubeconfig changes; without it a renewed
    certificate would replace every object. Another way out makes another, empty cluster of the same name, and so
    stands in the identifier too. `cluster_name` is not the cluster's output: the engine would then delete the objects
    before their cluster, and fails at that ("the client connection is closing", pulumi/pulumi issue 14650).
    """
    return Provider(name, kubeconfig=kubeconfig, cluster_identifier=Output.format("{0}-{1}", cluster_name, outbound))
