"""What the Secrets Store CSI driver does and refuses, as far as a simulation can know it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

import yaml

from . import vault_rules
from .refusal import CloudError

if TYPE_CHECKING:
    from .existing_objects import CloudObject
    from .simulated_cloud import SimulatedCloud

API: Final = "secrets-store.csi.x-k8s.io/v1"
_ADD_ON: Final = "azureKeyvaultSecretsProvider"
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_CREDENTIAL: Final = "azure-native:managedidentity:FederatedIdentityCredential"
_DEPLOYMENT: Final = "kubernetes:apps/v1:Deployment"
_DRIVER: Final = "secrets-store.csi.k8s.io"
_PROVIDER_CLASS: Final = f"kubernetes:{API}:SecretProviderClass"


def driver_runs(cloud: SimulatedCloud) -> bool:
    """Whether the add-on is on; it brings the driver and its kinds."""
    return any(
        item.outputs.get("addonProfiles", {}).get(_ADD_ON, {}).get("enabled")
        for item in cloud.objects.values()
        if item.type == _CLUSTER
    )


def check_keeper(cloud: SimulatedCloud, type_: str, inputs: dict[str, Any]) -> None:
    """A pod starts when its class can be mounted and makes every Secret that the pod mounts, too."""
    wanted = _class_of(type_, inputs)
    if wanted is None:
        return
    if not driver_runs(cloud):
        raise CloudError(f"MountVolume.SetUp failed: driver name {_DRIVER} not found among registered CSI drivers")
    pod = inputs["spec"]["template"]["spec"]
    provider_class = _provider_class(cloud, wanted)
    if provider_class is None:
        raise CloudError(f"MountVolume.SetUp failed: secretproviderclasses {wanted[1]} not found")
    subject = f"system:serviceaccount:{inputs['metadata']['namespace']}:{pod['serviceAccountName']}"
    if subject not in {item.inputs["subject"] for item in cloud.objects.values() if item.type == _CREDENTIAL}:
        raise CloudError(f"AADSTS70021: no matching federated identity record for {subject}")
    held = {item.inputs["secretName"] for item in cloud.objects.values() if item.type == "azure-native:keyvault:Secret"}
    objects = yaml.safe_load(provider_class["parameters"]["objects"])["array"]
    names = [yaml.safe_load(text)["objectName"] for text in objects]
    for name in names:
        if name not in held:
            raise CloudError(f"SecretNotFound: a secret with name {name} was not found in this key vault")
    vault_rules.check_reads(cloud, names)
    made = _made(provider_class)
    for secret, key in _mounted(pod):
        if key not in made.get(secret, set()):
            raise CloudError(f'secret "{secret}" references non-existent secret key: {key}')


def check_delete(cloud: SimulatedCloud, gone: CloudObject) -> None:
    """Without its driver the pods of a mounted volume never end."""
    if _class_of(gone.type, gone.inputs) is not None and not driver_runs(cloud):
        raise CloudError(f"UnmountVolume.TearDown failed: driver name {_DRIVER} not found; pods are terminating")


def synced(cloud: SimulatedCloud) -> dict[str, set[str]]:
    """Secrets that exist because a pod mounts their class, and their keys."""
    found: dict[str, set[str]] = {}
    for item in cloud.objects.values():
        provider_class = _provider_class(cloud, _class_of(item.type, item.inputs))
        if provider_class is not None:
            found |= _made(provider_class)
    return found


def _class_of(type_: str, inputs: dict[str, Any]) -> tuple[str, str] | None:
    """The class that the pods of a Deployment mount: its namespace, which is theirs, and its name."""
    if type_ != _DEPLOYMENT:
        return None
    for volume in inputs["spec"]["template"]["spec"].get("volumes", []):
        if volume.get("csi", {}).get("driver") == _DRIVER:
            return inputs["metadata"]["namespace"], str(volume["csi"]["volumeAttributes"]["secretProviderClass"])
    return None


def _provider_class(cloud: SimulatedCloud, wanted: tuple[str, str] | None) -> dict[str, Any] | None:
    for item in cloud.objects.values():
        metadata = item.inputs.get("metadata", {})
        if item.type == _PROVIDER_CLASS and (metadata["namespace"], metadata["name"]) == wanted:
            spec: dict[str, Any] = item.inputs["spec"]
            return spec
    return None


def _made(provider_class: dict[str, Any]) -> dict[str, set[str]]:
    return {
        secret["secretName"]: {entry["key"] for entry in secret["data"]} for secret in provider_class["secretObjects"]
    }


def _mounted(pod: dict[str, Any]) -> Iterator[tuple[str, str]]:
    for volume in pod["volumes"]:
        for source in volume.get("projected", {}).get("sources", []):
            for entry in source["secret"]["items"]:
                yield source["secret"]["name"], entry["key"]
