"""The requests to Azure Resource Manager, each with the version of its interface.

The versions are those that the pinned SDK of azure-native uses for the same provider. Where that SDK has no such
request, the version is that of the newest azure-mgmt package: for subscriptions, resources, VM sizes, registry and
policies. The permissions have a preview version, because only that one names the conditions of role assignments.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Operation(NamedTuple):
    """A path with the places of its parts in braces, and the version. `scope` is the id of any resource."""

    path: str
    api_version: str


_SUBSCRIPTION: Final = "/subscriptions/{subscription}"
_GROUP: Final = f"{_SUBSCRIPTION}/resourceGroups/{{group}}"
_PROVIDERS: Final = f"{_SUBSCRIPTION}/providers"

GET_SUBSCRIPTION: Final = Operation(_SUBSCRIPTION, "2022-12-01")
LIST_LOCATIONS: Final = Operation(f"{_SUBSCRIPTION}/locations", "2022-12-01")
LIST_PROVIDERS: Final = Operation(_PROVIDERS, "2025-04-01")
GET_GROUP: Final = Operation(_GROUP, "2025-04-01")
LIST_GROUP_RESOURCES: Final = Operation(f"{_GROUP}/resources", "2025-04-01")
LIST_PERMISSIONS: Final = Operation("{scope}/providers/Microsoft.Authorization/permissions", "2022-05-01-preview")
CHECK_POLICIES: Final = Operation("{scope}/providers/Microsoft.PolicyInsights/checkPolicyRestrictions", "2024-10-01")
LIST_COMPUTE_SKUS: Final = Operation(f"{_PROVIDERS}/Microsoft.Compute/skus", "2021-07-01")
LIST_COMPUTE_USAGE: Final = Operation(f"{_PROVIDERS}/Microsoft.Compute/locations/{{location}}/usages", "2024-11-01")
LIST_KUBERNETES_VERSIONS: Final = Operation(
    f"{_PROVIDERS}/Microsoft.ContainerService/locations/{{location}}/kubernetesVersions", "2025-09-01"
)
# This version tells whether a proxy is turned off. Source: Azure/AKS issue 5138.
GET_CLUSTER: Final = Operation(f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{name}}", "2026-01-01")
LIST_NODE_POOLS: Final = Operation(
    f"{_GROUP}/providers/Microsoft.ContainerService/managedClusters/{{name}}/agentPools", "2025-09-01"
)
CHECK_REGISTRY_NAME: Final = Operation(f"{_PROVIDERS}/Microsoft.ContainerRegistry/checkNameAvailability", "2025-11-01")
CHECK_STORAGE_NAME: Final = Operation(f"{_PROVIDERS}/Microsoft.Storage/checkNameAvailability", "2024-01-01")
CHECK_VAULT_NAME: Final = Operation(f"{_PROVIDERS}/Microsoft.KeyVault/checkNameAvailability", "2024-11-01")
LIST_DELETED_VAULTS: Final = Operation(f"{_PROVIDERS}/Microsoft.KeyVault/deletedVaults", "2024-11-01")
CHECK_DATABASE_NAME: Final = Operation(f"{_PROVIDERS}/Microsoft.DBforPostgreSQL/checkNameAvailability", "2025-08-01")
LIST_DATABASE_CAPABILITIES: Final = Operation(
    f"{_PROVIDERS}/Microsoft.DBforPostgreSQL/locations/{{location}}/capabilities", "2025-08-01"
)
CHECK_DNS_LABEL: Final = Operation(
    f"{_PROVIDERS}/Microsoft.Network/locations/{{location}}/CheckDnsNameAvailability", "2024-05-01"
)
GET_PUBLIC_ADDRESS: Final = Operation(f"{_GROUP}/providers/Microsoft.Network/publicIPAddresses/{{name}}", "2024-05-01")
GET_REGISTRY: Final = Operation("{scope}", "2025-11-01")
GET_CACHE_RULE: Final = Operation("{scope}/cacheRules/{name}", "2025-11-01")
GET_NETWORK: Final = Operation("{scope}", "2024-05-01")
GET_SUBNET: Final = Operation("{scope}", "2024-05-01")
GET_ROUTE_TABLE: Final = Operation("{scope}", "2024-05-01")
GET_VAULT: Final = Operation("{scope}", "2024-11-01")
GET_VAULT_SECRET: Final = Operation("{scope}/secrets/{name}", "2024-11-01")
GET_WORKSPACE: Final = Operation("{scope}", "2023-09-01")
GET_PRIVATE_ZONE: Final = Operation("{scope}", "2024-06-01")
LIST_ZONE_LINKS: Final = Operation("{scope}/virtualNetworkLinks", "2024-06-01")
GET_ZONE_RECORD: Final = Operation("{scope}/A/{name}", "2024-06-01")
LIST_ZONE_GROUPS: Final = Operation("{scope}/privateDnsZoneGroups", "2024-05-01")
# Of a subscription that may be another one.
GET_PROVIDER: Final = Operation("/subscriptions/{other}/providers/{namespace}", "2025-04-01")
LIST_RESOURCES: Final = Operation("{scope}/resources", "2025-04-01")
LIST_ROLE_ASSIGNMENTS: Final = Operation("{scope}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01")
GET_FEATURE: Final = Operation(
    f"{_PROVIDERS}/Microsoft.Features/providers/{{namespace}}/features/{{name}}", "2021-07-01"
)
GET_DISK_ENCRYPTION_SET: Final = Operation("{scope}", "2024-03-02")
GET_IDENTITY: Final = Operation("{scope}", "2023-01-31")
GET_KEY: Final = Operation("{scope}", "2024-11-01")
