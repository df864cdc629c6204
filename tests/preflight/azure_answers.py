"""What Azure answers where nothing stands in the way, in the shapes of its REST interface.

Sources: the examples of azure-rest-api-specs for policies, capabilities of PostgreSQL and versions of Kubernetes; the
models of the azure-mgmt packages for the others.
"""

from __future__ import annotations

from typing import Any

SUBSCRIPTION = "11111111-1111-1111-1111-111111111111"
TENANT = "22222222-2222-2222-2222-222222222222"
SCOPE = f"/subscriptions/{SUBSCRIPTION}"
LOCATION = "canadacentral"

Json = dict[str, Any]


def subscription() -> Json:
    return {
        "id": SCOPE,
        "authorizationSource": "RoleBased",
        "managedByTenants": [],
        "subscriptionId": SUBSCRIPTION,
        "tenantId": TENANT,
        "displayName": "Data platform",
        "state": "Enabled",
        "subscriptionPolicies": {
            "locationPlacementId": "Public_2014-09-01",
            "quotaId": "EnterpriseAgreement_2014-09-01",
            "spendingLimit": "Off",
        },
    }


def region(name: str, display_name: str, *zones: str, kind: str = "Physical") -> Json:
    found: Json = {
        "id": f"{SCOPE}/locations/{name}",
        "name": name,
        "type": "Region",
        "displayName": display_name,
        "regionalDisplayName": f"(Canada) {display_name}",
        "metadata": {"regionType": kind, "regionCategory": "Recommended", "geographyGroup": "Canada"},
    }
    if zones:
        found["availabilityZoneMappings"] = [
            {"logicalZone": zone, "physicalZone": f"{name}-az{number}"} for number, zone in enumerate(zones, 1)
        ]
    return found


def regions() -> list[Json]:
    return [
        region(LOCATION, "Canada Central", "1", "2", "3"),
        region("canadaeast", "Canada East"),
        region("eastus", "East US", "1", "2", "3"),
        region("canada", "Canada", kind="Logical"),
    ]


TYPES = {
    "Microsoft.Cache": ["Redis", "redisEnterprise"],
    "Microsoft.Compute": ["virtualMachines", "virtualMachineScaleSets"],
    "Microsoft.ContainerRegistry": ["registries"],
    "Microsoft.ContainerService": ["managedClusters"],
    "Microsoft.DBforPostgreSQL": ["servers", "flexibleServers"],
    "Microsoft.KeyVault": ["vaults"],
    "Microsoft.ManagedIdentity": ["userAssignedIdentities"],
    "Microsoft.Network": ["virtualNetworks"],
    "Microsoft.OperationalInsights": ["workspaces"],
    "Microsoft.Storage": ["storageAccounts"],
    # Azure itself writes this one in lower case.
    "microsoft.insights": ["dataCollectionRules", "diagnosticSettings"],
}


def providers() -> list[Json]:
    return [
        {
            "id": f"{SCOPE}/providers/{namespace}",
            "namespace": namespace,
            "registrationPolicy": "RegistrationRequired",
            "registrationState": "Registered",
            "resourceTypes": [
                {"resourceType": kind, "locations": ["East US", "Canada Central", "Canada East"], "apiVersions": []}
                for kind in kinds
            ],
        }
        for namespace, kinds in TYPES.items()
    ]


def permissions(*actions: str, besides: list[str] | None = None, condition: str | None = None) -> Json:
    """The permissions of one role assignment."""
    return {
        "actions": list(actions),
        "notActions": besides or [],
        "dataActions": [],
        "notDataActions": [],
        "condition": condition,
        "conditionVersion": "2.0" if condition else None,
    }


OWNER = permissions("*")
READER = permissions("*/read")
CONTRIBUTOR = permissions(
    "*",
    besides=[
        "Microsoft.Authorization/*/Delete",
        "Microsoft.Authorization/*/Write",
        "Microsoft.Authorization/elevateAccess/Action",
    ],
)


def sku(name: str, family: str, vcpus: int, *zones: str, restrictions: list[Json] | None = None) -> Json:
    return {
        "resourceType": "virtualMachines",
        "name": name,
        "tier": "Standard",
        "size": name.removeprefix("Standard_"),
        "family": family,
        "locations": [LOCATION],
        "locationInfo": [{"location": LOCATION, "zones": list(zones), "zoneDetails": []}],
        "capabilities": [
            {"name": "MaxResourceVolumeMB", "value": "153600"},
            {"name": "vCPUs", "value": str(vcpus)},
            {"name": "MemoryGB", "value": str(vcpus * 4)},
        ],
        "restrictions": restrictions or [],
    }


def skus() -> list[Json]:
    return [
        sku("Standard_D4ds_v5", "standardDDSv5Family", 4, "3", "1", "2"),
        sku("Standard_D8ds_v5", "standardDDSv5Family", 8, "1", "2", "3"),
        sku("Standard_D4as_v5", "standardDASv5Family", 4, "1", "2", "3"),
        {"resourceType": "disks", "name": "Premium_LRS", "locations": [LOCATION], "locationInfo": []},
    ]


def usage(value: str, name: str, limit: int, used: int = 0) -> Json:
    return {"unit": "Count", "currentValue": used, "limit": limit, "name": {"value": value, "localizedValue": name}}


def usages() -> list[Json]:
    return [
        usage("availabilitySets", "Availability Sets", 2500),
        usage("cores", "Total Regional vCPUs", 400),
        usage("standardDDSv5Family", "Standard DDSv5 Family vCPUs", 350),
        usage("lowPriorityCores", "Total Regional Low-priority vCPUs", 100),
    ]


def kubernetes_version(version: str, *plans: str, preview: bool = False) -> Json:
    found: Json = {
        "version": version,
        "capabilities": {"supportPlan": list(plans or ("KubernetesOfficial", "AKSLongTermSupport"))},
        "patchVersions": {f"{version}.2": {"upgrades": []}},
    }
    return {**found, "isPreview": True} if preview else found


def kubernetes_versions() -> list[Json]:
    return [
        kubernetes_version("1.33", "AKSLongTermSupport"),
        kubernetes_version("1.34"),
        kubernetes_version("1.35"),
        kubernetes_version("1.36"),
        kubernetes_version("1.37", "KubernetesOfficial", preview=True),
    ]


def database_size(name: str, *standbys: str) -> Json:
    return {
        "supportedFeatures": [],
        "name": name,
        "vCores": 2,
        "supportedIops": 3200,
        "supportedMemoryPerVcoreMb": 4096,
        "supportedZones": ["1", "2", "3"],
        "supportedHaMode": list(standbys),
    }


def capabilities() -> list[Json]:
    both = ("SameZone", "ZoneRedundant")
    editions = {
        "Burstable": [database_size("Standard_B1ms"), database_size("Standard_B2s")],
        "GeneralPurpose": [database_size("Standard_D2ds_v5", *both), database_size("Standard_D4ds_v5", *both)],
    }
    features = ("ZoneRedundantHa", "GeoBackup", "ZoneRedundantHaAndGeoBackup", "StorageAutoGrowth")
    return [
        {
            "name": "FlexibleServerCapabilities",
            "supportedServerEditions": [
                {"name": name, "defaultSkuName": sizes[0]["name"], "supportedServerSkus": sizes}
                for name, sizes in editions.items()
            ],
            "supportedServerVersions": [
                {"name": version, "supportedVersionsToUpgrade": [], "supportedFeatures": []}
                for version in ("14", "15", "16", "17", "18")
            ],
            "supportedFeatures": [
                *({"name": name, "status": "Enabled"} for name in features),
                {"name": "OfferRestricted", "status": "Disabled"},
            ],
            "geoBackupSupported": "Enabled",
            "zoneRedundantHaSupported": "Enabled",
        }
    ]


def denial(policy: str, *paths: str, effect: str = "Deny") -> Json:
    """An evaluation in which a policy assignment denies a resource because of some of its properties."""
    return {
        "policyInfo": {
            "policyDefinitionId": f"{SCOPE}/providers/microsoft.authorization/policyDefinitions/{policy}-rule",
            "policyAssignmentId": f"{SCOPE}/providers/microsoft.authorization/policyAssignments/{policy}",
        },
        "evaluationResult": "NonCompliant",
        "evaluationDetails": {
            "evaluatedExpressions": [
                {"result": "True", "expressionKind": "field", "expression": path, "path": path, "operator": "equals"}
                for path in ("type", *paths)
            ]
        },
        "effectDetails": {"policyEffect": effect},
    }
