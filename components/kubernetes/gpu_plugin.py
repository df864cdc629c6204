"""NVIDIA's device plugin, which offers the GPUs of a node to pods as `nvidia.com/gpu`.

AKS installs the driver on nodes with GPUs, not the plugin, unless it manages the pool's GPUs, which is in preview.
Source: AKS, "Use GPUs for compute-intensive workloads" and "Create a fully managed GPU node pool".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.apps.v1 import DaemonSet

from components.output_registration import make_depend_on, register_annotated_outputs

from .namespace import create_closed_namespace

# The name in AKS's own guide.
NAMESPACE: Final = "gpu-resources"
PLUGIN: Final = "nvidia-device-plugin"
REQUESTS: Final = {"cpu": "50m", "memory": "128Mi", "ephemeral-storage": "64Mi"}
_LABELS: Final = {"app": PLUGIN}
# Where plugins register with the kubelet. Source: Kubernetes, "Device Plugins".
_SOCKETS: Final = "/var/lib/kubelet/device-plugins"


@dataclass(frozen=True, kw_only=True)
class GpuPluginArgs:
    """What GpuPlugin needs: the plugin's image, the labels of nodes with GPUs, and the policies of its namespace."""

    image: Input[str]
    node_selector: Mapping[str, str]
    network_policies: Mapping[str, Mapping[str, Any]]


class GpuPlugin(ComponentResource):
    """A pod of the plugin on each node with GPUs.

    Pod Security `privileged`, because the plugin mounts a folder of the node, in a namespace that has nothing else. The
    plugin talks to the kubelet through a socket, so that its namespace needs no traffic.
    """

    daemon_set_name: Output[str]

    def __init__(self, name: str, args: GpuPluginArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:GpuPlugin", name, None, opts)
        namespace, policies = create_closed_namespace(
            name, NAMESPACE, args.network_policies, {}, self, level="privileged"
        )
        image = make_depend_on(args.image, *policies)
        daemon_set = DaemonSet(
            f"{name}-daemon-set",
            metadata={"name": PLUGIN, "namespace": namespace},
            spec=image.apply(lambda reference: daemon_set_spec(reference, args.node_selector)),
            opts=ResourceOptions(parent=self),
        )
        self.daemon_set_name = daemon_set.metadata.name
        register_annotated_outputs(self)


def daemon_set_spec(image: str, node_selector: Mapping[str, str]) -> dict[str, Any]:
    """Return the spec of the DaemonSet. It tolerates every taint, because pools may have taints of their own."""
    return {
        "revisionHistoryLimit": 2,
        "selector": {"matchLabels": _LABELS},
        "template": {
            "metadata": {"labels": _LABELS},
            "spec": {
                # Without the plugin, a node with GPUs is of no use, so the pods of others give way.
                "priorityClassName": "system-node-critical",
                "automountServiceAccountToken": False,
                "enableServiceLinks": False,
                "nodeSelector": dict(node_selector),
                "tolerations": [{"operator": "Exists"}],
                "containers": [
                    {
                        "name": "plugin",
                        "image": image,
                        "resources": {"requests": dict(REQUESTS), "limits": dict(REQUESTS)},
                        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
                        "volumeMounts": [{"name": "sockets", "mountPath": _SOCKETS}],
                    }
                ],
                "volumes": [{"name": "sockets", "hostPath": {"path": _SOCKETS, "type": "Directory"}}],
            },
        },
    }
