"""Changes that Pulumi would plan as updates in place, and that Azure refuses.

The provider sends such a property as it is. To change it, the resource has to be replaced by hand, so a comparison
counts it as replaced.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .replacement import find_changed, find_values

# Source: AKS, "Manage node pools", "Create a private cluster", "Host-based encryption" and the error
# PropertyChangeNotAllowed; Azure Database for PostgreSQL, "Networking overview with private access", "Backup and
# restore" and "Data encryption at rest"; Azure Virtual Network, "Add, change, or delete a virtual network subnet";
# Azure RBAC, "Troubleshoot" (RoleAssignmentUpdateNotPermitted).
_FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "azure-native:authorization:RoleAssignment": ("roleDefinitionId",),
    "azure-native:containerservice:AgentPool": (
        "availabilityZones",
        "enableEncryptionAtHost",
        "enableNodePublicIP",
        "gpuProfile.driver",
        "maxPods",
        "osDiskSizeGB",
        "osDiskType",
        "osType",
        "podSubnetID",
        "scaleSetPriority",
        "spotMaxPrice",
        "vnetSubnetID",
    ),
    "azure-native:containerservice:ManagedCluster": (
        "agentPoolProfiles[*].availabilityZones",
        "agentPoolProfiles[*].enableEncryptionAtHost",
        "agentPoolProfiles[*].maxPods",
        "agentPoolProfiles[*].osDiskSizeGB",
        "agentPoolProfiles[*].osDiskType",
        "agentPoolProfiles[*].vmSize",
        "agentPoolProfiles[*].vnetSubnetID",
        "apiServerAccessProfile.enablePrivateCluster",
        "apiServerAccessProfile.privateDNSZone",
    ),
    "azure-native:dbforpostgresql:Server": (
        "backup.geoRedundantBackup",
        "dataEncryption.type",
        "network.delegatedSubnetResourceId",
    ),
    # While anything stands in the subnet.
    "azure-native:network:Subnet": ("addressPrefix", "addressPrefixes"),
}
# Sizes that can only grow.
_GROWING: Final[Mapping[str, str]] = {"azure-native:dbforpostgresql:Server": "storage.storageSizeGB"}


def list_fixed(type_: str) -> tuple[str, ...]:
    """Return the properties of a type that the provider updates in place and Azure does not."""
    return _FIXED.get(type_, ())


def find_refused(type_: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """Return the properties that differ and that Azure does not change in place."""
    found = find_changed(list_fixed(type_), old, new)
    if (size := _GROWING.get(type_)) is not None:
        before, after = (dict(find_values(side, size)) for side in (old, new))
        found += [path for path in before if after.get(path, before[path]) < before[path]]
    return found
