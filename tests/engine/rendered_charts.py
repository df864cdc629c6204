"""What a rendered chart is to the engine: a component that the provider makes, with each object as a resource below it.

Source: Pulumi's Kubernetes provider, "helm.sh/v4 Chart".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2, resource_pb2, resource_pb2_grpc

from dryrun import wire

CHART: Final = "kubernetes:helm.sh/v4:Chart"
DEFINITION: Final = "kubernetes:apiextensions.k8s.io/v1:CustomResourceDefinition"
GATEWAY_GROUP: Final = "gateway.networking.k8s.io"
ENVOY_GROUP: Final = "gateway.envoyproxy.io"
# The definitions in the chart that the program renders, as far as the program uses them: group, plural and kind.
_DEFINITIONS: Final = (
    (GATEWAY_GROUP, "gatewayclasses", "GatewayClass"),
    (GATEWAY_GROUP, "gateways", "Gateway"),
    (GATEWAY_GROUP, "httproutes", "HTTPRoute"),
    (ENVOY_GROUP, "backendtrafficpolicies", "BackendTrafficPolicy"),
    (ENVOY_GROUP, "clienttrafficpolicies", "ClientTrafficPolicy"),
    (ENVOY_GROUP, "envoyproxies", "EnvoyProxy"),
    (ENVOY_GROUP, "securitypolicies", "SecurityPolicy"),
)


def construct(request: Any) -> Any:
    """Register the chart and its objects with the engine that asks for it."""
    inputs = wire.unwrap(wire.decode(request.inputs))
    with grpc.insecure_channel(request.monitorEndpoint) as channel:
        monitor = resource_pb2_grpc.ResourceMonitorStub(channel)
        chart = monitor.RegisterResource(
            resource_pb2.RegisterResourceRequest(
                type=request.type,
                name=request.name,
                parent=request.parent,
                providers=request.providers,
                dependencies=request.dependencies,
                retainOnDelete=request.retainOnDelete,
                acceptSecrets=True,
                acceptResources=True,
            )
        )
        references = []
        for definition in _objects(inputs):
            registered = monitor.RegisterResource(
                resource_pb2.RegisterResourceRequest(
                    type=DEFINITION,
                    name=f"{request.name}:{definition['metadata']['name']}",
                    parent=chart.urn,
                    custom=True,
                    object=wire.encode(definition),
                    provider=request.providers["kubernetes"],
                    acceptSecrets=True,
                    acceptResources=True,
                )
            )
            references.append(wire.refer_to(registered.urn, registered.id))
        monitor.RegisterResourceOutputs(resource_pb2.RegisterResourceOutputsRequest(urn=chart.urn))
    # The SDK makes each resource anew from its reference, and calls the program's transformations for it.
    return provider_pb2.ConstructResponse(urn=chart.urn, state=wire.encode({"resources": references}))


def _objects(inputs: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if not inputs["chart"].endswith("/gateway-crds-helm"):
        raise NotImplementedError(f"the simulation does not know what chart {inputs['chart']} consists of")
    assert inputs["values"]["crds"]["gatewayAPI"] == {"enabled": True, "channel": "standard"}
    for group, plural, kind in _DEFINITIONS:
        yield {
            "apiVersion": "apiextensions.k8s.io/v1",
            "kind": "CustomResourceDefinition",
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "names": {"kind": kind, "plural": plural}},
        }
