"""Which changes replace a resource. Source: the provider's list of create-only properties, and the types' specs."""

from __future__ import annotations

from typing import Any, Final

# Types that this program leaves to the provider to name, with the property that holds the name.
AUTO_NAMED: Final = {"azure-native:authorization:RoleAssignment": "roleAssignmentName"}
# Properties in the path of a resource always replace; these besides.
_CREATE_ONLY: Final = {
    "authorization:RoleAssignment": ("principalId", "scope"),
    "containerservice:AgentPool": ("vmSize", "gpuInstanceProfile"),
    "containerservice:ManagedCluster": ("dnsPrefix", "location", "nodeResourceGroup", "windowsProfile"),
    "dbforpostgresql:Server": (
        "administratorLogin",
        "availabilityZone",
        "location",
        "pointInTimeUTC",
        "sourceServerResourceId",
    ),
    "monitor:ActionGroup": ("location",),
    "monitor:DataCollectionRule": ("location",),
    "monitor:DiagnosticSetting": ("name",),
    "monitor:MetricAlert": ("location",),
    "monitor:ScheduledQueryRule": ("kind", "location"),
    "network:PrivateEndpoint": ("subnet",),
    "network:PublicIPAddress": ("location", "publicIPAddressVersion", "sku"),
    "network:VirtualNetwork": ("location",),
    "operationalinsights:Workspace": ("location",),
    "redisenterprise:Database": ("port",),
    "redisenterprise:RedisEnterprise": ("location", "zones"),
    "resources:ResourceGroup": ("location",),
    "storage:FileShare": ("enabledProtocols",),
    "storage:StorageAccount": ("isHnsEnabled", "location"),
}
_CREATE_ONLY_NETWORK_PROFILE: Final = (
    "dnsServiceIP",
    "networkDataplane",
    "networkPlugin",
    "networkPluginMode",
    "networkPolicy",
    "outboundType",
    "podCidr",
    "serviceCidr",
)
_PATH: Final = (
    "accountName",
    "actionGroupName",
    "agentPoolName",
    "associationName",
    "clusterName",
    "configName",
    "configurationName",
    "containerName",
    "dataCollectionRuleName",
    "databaseName",
    "federatedIdentityCredentialResourceName",
    "fileServicesName",
    "firewallRuleName",
    "natGatewayName",
    "networkSecurityGroupName",
    "privateEndpointName",
    "privateZoneName",
    "publicIpAddressName",
    "recordType",
    "registryName",
    "relativeRecordSetName",
    "resourceGroupName",
    "resourceName",
    "resourceUri",
    "roleAssignmentName",
    "ruleName",
    "secretName",
    "securityRuleName",
    "serverName",
    "shareName",
    "subnetName",
    "vaultName",
    "virtualNetworkName",
    "workspaceName",
    "zoneName",
)


def replacing(type_: str, old: dict[str, Any], new: dict[str, Any], changed: list[str]) -> list[str]:
    """The changed properties that make a new resource."""
    package, _, kind = type_.partition(":")
    if package == "random":
        return changed
    if package == "kubernetes":
        return _kubernetes(kind, old, new, changed)
    fixed = {*_PATH, *_CREATE_ONLY.get(kind, ())}
    found = [key for key in changed if key in fixed]
    if kind == "containerservice:ManagedCluster" and "networkProfile" in changed:
        before, after = _map(old, "networkProfile"), _map(new, "networkProfile")
        if any(before.get(key) != after.get(key) for key in _CREATE_ONLY_NETWORK_PROFILE):
            found.append("networkProfile")
    return found


def deletes_first(type_: str, old: dict[str, Any], new: dict[str, Any]) -> bool:
    """Whether the provider asks the engine to delete the old resource before it creates the new one.

    The azure-native provider does so for every resource that it did not name itself, whatever forces the replacement
    (its Diff). The Kubernetes provider does so for an object that keeps its name. The resource option
    `delete_before_replace` overrides both.
    """
    if type_.startswith("azure-native:"):
        return type_ not in AUTO_NAMED
    names = [_map(inputs, "metadata").get("name") for inputs in (old, new)]
    return type_.startswith("kubernetes:") and names[0] == names[1]


def _kubernetes(kind: str, old: dict[str, Any], new: dict[str, Any], changed: list[str]) -> list[str]:
    if kind == "helm.sh/v3:Release":
        return [key for key in changed if key in ("name", "namespace")]
    before, after = _map(old, "metadata"), _map(new, "metadata")
    found = ["metadata"] if any(before.get(key) != after.get(key) for key in ("name", "namespace")) else []
    # Source: Kubernetes, "Persistent Volumes"; the provider's list of fields that replace.
    if kind in ("batch/v1:Job", "core/v1:PersistentVolume", "core/v1:PersistentVolumeClaim") and "spec" in changed:
        found.append("spec")
    if kind == "storage.k8s.io/v1:StorageClass":
        found += [key for key in ("parameters", "provisioner", "reclaimPolicy", "volumeBindingMode") if key in changed]
    if kind.endswith("RoleBinding") and "roleRef" in changed:
        found.append("roleRef")
    return found


def _map(inputs: dict[str, Any], key: str) -> dict[str, Any]:
    """A map among the inputs; one that is wholly unknown yet says nothing."""
    value = inputs.get(key)
    return value if isinstance(value, dict) else {}
