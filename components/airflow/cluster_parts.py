"""What any stack may have in its cluster: namespaces for pods of other stacks' tasks, and NVIDIA's device plugin."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.azure.node_pools import GPU_LABEL
from components.azure.stack_images import GPU_PLUGIN
from components.kubernetes.gpu_plugin import GpuPlugin, GpuPluginArgs
from components.kubernetes.pod_namespaces import PodNamespaces, PodNamespacesArgs

from .foundation import Groundwork
from .restricted_egress import HostPolicies
from .traffic.namespace_policies import pod_policies
from .traffic.policy_specs import DENY


def create_pod_namespaces(ground: Groundwork, host_policies: HostPolicies, in_cluster: ResourceOptions) -> None:
    """Create the namespaces of `namespaces`, if the stack file names any."""
    settings = ground.settings
    if not settings.namespaces:
        return
    args = PodNamespacesArgs(
        namespaces=settings.namespaces,
        network_policies=pod_policies(restricted=settings.network.restricted),
        egress_policies=host_policies,
    )
    PodNamespaces("pod-namespaces", args, in_cluster)


def create_gpu_plugin(ground: Groundwork, in_cluster: ResourceOptions) -> None:
    """Create the device plugin, if a pool has GPUs. It waits for no node, because such a pool may have none."""
    if not any(pool.gpu for pool in ground.settings.cluster.pools):
        return
    args = GpuPluginArgs(
        image=ground.images.references[GPU_PLUGIN],
        node_selector={GPU_LABEL: "true"},
        network_policies={"default-deny": DENY},
    )
    GpuPlugin("gpu-plugin", args, in_cluster)
