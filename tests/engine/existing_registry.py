"""A registry that somebody else made: what Azure answers about it, what is in it, and who may pull from it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from tests.landing_zone_cases import REGISTRY
from tests.plans import texts

from .existing_objects import CloudObject
from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
REGISTRY_TYPE: Final = "azure-native:containerregistry:Registry"
# As with a domain name label, the login server has a hash that the name has not.
SERVER: Final = "crcontososhared-a1b2c3.azurecr.io"
# An image of another team, under the name that an image of ours would have without a prefix.
OTHERS: Final = "apache/airflow:3.3.2"
# The role that a registry honors. Source: Azure Container Registry, "Azure ABAC repository permissions".
_HONORED: Final = {
    "LegacyRegistryPermissions": "7f951dda-4ed3-4680-a7ca-43fe172d538d",
    "AbacRepositoryPermissions": "b93aa761-3e63-49ed-ac28-beffa264f7ac",
}
_ZONE: Final = "/privatednszones/privatelink.azurecr.io"
_PULLS: Final = ("kubernetes:helm.sh/v3:Release", "kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:Job")
_ROLE: Final = "azure-native:authorization:RoleAssignment"


def lend_registry(cloud: SimulatedCloud, mode: str = "LegacyRegistryPermissions", *, endpoint: bool = False) -> None:
    """Make the registry of a platform team, with an image in it, and maybe with a private endpoint."""
    name = REGISTRY.rpartition("/")[2]
    inputs: Properties = {"registryName": name, "roleAssignmentMode": mode, "endpoint": endpoint}
    outputs = {"name": name, "loginServer": SERVER, "images": [OTHERS]}
    cloud.objects[REGISTRY] = CloudObject(REGISTRY_TYPE, name, inputs, outputs, REGISTRY)


def images(cloud: SimulatedCloud) -> list[str]:
    """What is in the platform team's registry."""
    found: list[str] = cloud.objects[REGISTRY].outputs["images"]
    return found


def answer(cloud: SimulatedCloud, arguments: Properties) -> Properties | None:
    """The answer to a question about a registry; None if there is no such registry."""
    end = _end(arguments["resourceGroupName"], arguments["registryName"])
    return next((item.outputs for key, item in cloud.objects.items() if key.lower().endswith(end)), None)


def import_image(cloud: SimulatedCloud, props: Properties, mode: str) -> None:
    """Put an image into a registry, by the subscription, group and name that the request goes to."""
    end = _end(props["resourceGroupName"], props["registryName"])
    found = next((item for key, item in cloud.objects.items() if key.lower().endswith(end)), None)
    if found is None:
        raise CloudError(f"ResourceNotFound: registry {props['registryName']} in {props['resourceGroupName']}")
    if found.id != REGISTRY:
        return
    if props["subscriptionId"] != REGISTRY.split("/")[2]:
        raise CloudError(f"ResourceNotFound: subscription {props['subscriptionId']} has no {props['registryName']}")
    target = f"{props.get('targetRepository') or props['sourceRepository']}:{props['tag']}"
    if target == OTHERS:
        raise CloudError(f"{target} is of another team, and must not be written (mode {mode})")
    if target not in images(cloud):
        images(cloud).append(target)


def check_pull(cloud: SimulatedCloud, type_: str, inputs: Properties) -> None:
    """Refuse pods whose image is not in the registry, or that no node may pull: their release waits for them in vain.

    A registry with a private endpoint is resolved by a private zone, and one that is linked to the network of the nodes
    without knowing the registry hides it. Sources: Kubernetes, "Images", ImagePullBackOff; Azure, "Private endpoint DNS
    integration".
    """
    if not type_.startswith(_PULLS) or REGISTRY not in cloud.objects:
        return
    there = {image.rpartition(":")[0] for image in images(cloud)}
    hidden = cloud.objects[REGISTRY].inputs["endpoint"] and any(key.lower().endswith(_ZONE) for key in cloud.objects)
    for repository in _repositories(inputs):
        if hidden:
            raise CloudError(f"ImagePullBackOff: lookup {SERVER}: no such host: timed out waiting for the condition")
        if repository not in there:
            raise CloudError(f"ImagePullBackOff: {repository} not found: timed out waiting for the condition")
        if not _may_pull(cloud):
            raise CloudError(f"ImagePullBackOff: {repository}: 403 Forbidden: timed out waiting for the condition")


def _may_pull(cloud: SimulatedCloud) -> bool:
    kubelet = cloud.find("azure-native:managedidentity:UserAssignedIdentity", "cluster-kubelet-identity")
    honored = _HONORED[cloud.objects[REGISTRY].inputs["roleAssignmentMode"]]
    return any(
        item.inputs["scope"].lower() == REGISTRY.lower()
        and item.inputs["principalId"] == kubelet.outputs["principalId"]
        and item.inputs["roleDefinitionId"].endswith(honored)
        for item in cloud.objects.values()
        if item.type == _ROLE
    )


def _repositories(inputs: Properties) -> Iterator[str]:
    """The repositories of the registry that values or a manifest name."""
    for text in texts(inputs):
        if text.startswith(f"{SERVER}/"):
            path = text.removeprefix(f"{SERVER}/").partition("@")[0]
            yield path.rpartition(":")[0] if ":" in path else path


def _end(group: str, name: str) -> str:
    return f"/resourceGroups/{group}/providers/Microsoft.ContainerRegistry/registries/{name}".lower()
