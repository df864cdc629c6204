"""What AKS refuses of a node pool: to make it so, or to change it so."""

from __future__ import annotations

from typing import Any, Final

from .refusal import CloudError

# AKS, "Create node pools", "Spot node pools" and "Storage options": what no pool can change once it is there.
_FIXED_OF_A_POOL: Final = (
    "availabilityZones",
    "enableEncryptionAtHost",
    "enableFIPS",
    "gpuProfile",
    "kubeletConfig",
    "linuxOSConfig",
    "maxPods",
    "osDiskSizeGB",
    "osDiskType",
    "osType",
    "scaleSetEvictionPolicy",
    "scaleSetPriority",
    "spotMaxPrice",
    "type",
    "vmSize",
    "vnetSubnetID",
)


def check_create(inputs: dict[str, Any]) -> None:
    """AKS, "Spot node pools": such a pool is a user pool, and no upgrade adds nodes to it."""
    if inputs.get("scaleSetPriority") != "Spot":
        return
    if inputs["mode"] != "User":
        raise CloudError("InvalidParameter: a spot pool cannot be a system pool")
    if inputs.get("upgradeSettings"):
        raise CloudError("InvalidParameter: Spot pools can't set max surge")


def check_change(old: dict[str, Any], new: dict[str, Any], place: str) -> None:
    """AKS, "Create node pools" and "Spot node pools": what no pool can change; `place` is where it stands."""
    for key in _FIXED_OF_A_POOL:
        if old.get(key) != new.get(key):
            raise CloudError(f"PropertyChangeNotAllowed: Changing property '{place}.{key}' is not allowed")
    spot = "kubernetes.azure.com/scalesetpriority=spot:NoSchedule"
    if new.get("scaleSetPriority") == "Spot" and spot not in new.get("nodeTaints", []):
        raise CloudError(f"PropertyChangeNotAllowed: Changing property '{place}.nodeTaints' is not allowed")


__all__ = ["check_change", "check_create"]
