"""A stack without Airflow: its cluster runs pods that the tasks of other stacks launch."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.kubernetes.provider import kubernetes_provider

from .cluster_parts import create_gpu_plugin, create_pod_namespaces
from .foundation import Groundwork
from .monitoring import watch_cluster
from .teams import create_teams
from .traffic.namespace_policies import namespace_policies


def create_pod_cluster(ground: Groundwork) -> None:
    """Create the namespaces, the teams, the GPU device plugin and the alerts of a cluster without Airflow."""
    settings = ground.settings
    kubernetes = kubernetes_provider("kubernetes", ground.cluster.kubeconfig, ground.azure_names.cluster, settings)
    in_cluster = ResourceOptions(providers=[kubernetes])
    host_policies = namespace_policies(settings) if settings.network.restricted else {}
    create_teams(ground, host_policies, in_cluster)
    create_pod_namespaces(ground, host_policies, in_cluster)
    create_gpu_plugin(ground, in_cluster)
    watch_cluster(ground, in_cluster)
