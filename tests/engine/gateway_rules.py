"""What Envoy Gateway and AKS's load balancer refuse, as far as a simulation can know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from tests.engine.rendered_charts import DEFINITION, ENVOY_GROUP, GATEWAY_GROUP

from .refusal import CloudError

if TYPE_CHECKING:
    from .existing_objects import CloudObject
    from .simulated_cloud import SimulatedCloud

# A server-side apply of these takes over what is there. The gateway's stay when it is removed.
TAKEN_OVER: Final = ("kubernetes:core/v1:Namespace", DEFINITION)
_API: Final = f"kubernetes:{GATEWAY_GROUP}/v1"
_PROXY: Final = f"kubernetes:{ENVOY_GROUP}/v1alpha1:EnvoyProxy"
_ANNOTATION: Final = "service.beta.kubernetes.io/azure"


def check_create(cloud: SimulatedCloud, type_: str, inputs: dict[str, Any]) -> None:
    """Refuse an object without its kind, and a Gateway that would get no address."""
    group, _, _ = str(inputs.get("apiVersion", "")).partition("/")
    if group in (GATEWAY_GROUP, ENVOY_GROUP):
        known = {item.inputs["spec"]["names"]["kind"] for item in _items(cloud, DEFINITION)}
        if inputs["kind"] not in known:
            raise CloudError(f'no matches for kind "{inputs["kind"]}" in version "{inputs["apiVersion"]}"')
    if str(inputs.get("chart", "")).endswith("/gateway-helm") and not any(_items(cloud, DEFINITION)):
        raise CloudError("the controller ends: no matches for kind GatewayClass")
    if type_ in (f"{_API}:GatewayClass", f"{_API}:Gateway") and not _controller_runs(cloud):
        raise CloudError(f"{inputs['kind']}: no controller: timed out waiting for its condition")
    if type_ == f"{_API}:Gateway":
        classes = {item.inputs["metadata"]["name"] for item in _items(cloud, f"{_API}:GatewayClass")}
        if inputs["spec"]["gatewayClassName"] not in classes:
            raise CloudError("Gateway: its class is not there: timed out waiting for condition=Programmed")
        _check_address(cloud)


def check_delete(cloud: SimulatedCloud, gone: CloudObject) -> None:
    """A class stays as long as a Gateway has it, and its controller, which has a finalizer on it, must still run."""
    if gone.type == f"{_API}:GatewayClass":
        if any(_items(cloud, f"{_API}:Gateway")):
            raise CloudError("gatewayclass: has a Gateway: timed out waiting for its deletion")
        if not _controller_runs(cloud):
            raise CloudError("gatewayclass: finalizer gateway-exists: timed out waiting for its deletion")


def _check_address(cloud: SimulatedCloud) -> None:
    """AKS, "Use a static public IP address" and "Use an internal load balancer": the identity's rights come first."""
    (proxy,) = _items(cloud, _PROXY)
    annotations = proxy.inputs["spec"]["provider"]["kubernetes"]["envoyService"]["annotations"]
    if annotations.get(f"{_ANNOTATION}-load-balancer-internal") == "true":
        place = f"/subnets/{annotations[f'{_ANNOTATION}-load-balancer-internal-subnet']}"
    else:
        place = f"/resourceGroups/{annotations[f'{_ANNOTATION}-load-balancer-resource-group']}"
        name = annotations[f"{_ANNOTATION}-pip-name"]
        if not any(
            key.endswith(f"{place}/providers/Microsoft.Network/publicIPAddresses/{name}") for key in cloud.objects
        ):
            raise CloudError(f"PublicIPAddress {name} not found: timed out waiting for condition=Programmed")
    (cluster,) = _items(cloud, "azure-native:containerservice:ManagedCluster")
    (identity,) = cluster.inputs["identity"]["userAssignedIdentities"]
    principal = cloud.objects[identity].outputs["principalId"]
    granted = [item.inputs["scope"] for item in cloud.objects.values() if item.inputs.get("principalId") == principal]
    if not any(scope.endswith(place) for scope in granted):
        raise CloudError(f"LinkedAuthorizationFailed on {place}: timed out waiting for condition=Programmed")


def _controller_runs(cloud: SimulatedCloud) -> bool:
    releases = _items(cloud, "kubernetes:helm.sh/v3:Release")
    return any(item.inputs["chart"].endswith("/gateway-helm") for item in releases)


def _items(cloud: SimulatedCloud, type_: str) -> Iterator[CloudObject]:
    return (item for item in cloud.objects.values() if item.type == type_)
