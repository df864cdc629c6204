"""What a security team made: a disk encryption set, a key with its identity, a workspace, and a feature registered."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from tests.case_values import WORKSPACE
from tests.landing_zone_cases import DATABASE_IDENTITY, DISK_ENCRYPTION_SET

from .existing_objects import CloudObject
from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

Properties = dict[str, Any]
_KEYS: Final = DISK_ENCRYPTION_SET.partition("/providers/")[0]
VAULT: Final = f"{_KEYS}/providers/Microsoft.KeyVault/vaults/kv-keys"
KEY: Final = f"{VAULT}/keys/airflow"
FEATURE: Final = "Microsoft.Compute/EncryptionAtHost"
KEY_ROLE: Final = f"{KEY}/providers/Microsoft.Authorization/roleAssignments/postgres"
_LENT: Final[dict[str, tuple[str, Properties]]] = {
    DISK_ENCRYPTION_SET: ("azure-native:compute:DiskEncryptionSet", {"location": "canadacentral"}),
    DATABASE_IDENTITY: ("azure-native:managedidentity:UserAssignedIdentity", {"principalId": "postgres-key"}),
    VAULT: ("azure-native:keyvault:Vault", {"vaultName": "kv-keys", "enablePurgeProtection": True}),
    KEY: ("azure-native:keyvault:Key", {"keyName": "airflow"}),
    KEY_ROLE: (
        "azure-native:authorization:RoleAssignment",
        {"scope": KEY, "principalId": "postgres-key", "roleDefinitionId": "e147488a-f6f5-4113-8e2d-b22465e65bf6"},
    ),
    WORKSPACE: ("azure-native:operationalinsights:Workspace", {"workspaceName": "log-all"}),
    FEATURE: ("azure-native:features:SubscriptionFeatureRegistration", {"state": "Registered"}),
}


def lend_keys(cloud: SimulatedCloud) -> None:
    """Make everything that the security baseline names."""
    for key, (type_, inputs) in _LENT.items():
        cloud.objects[key] = CloudObject(type_, f"lent-{key.rpartition('/')[2]}", dict(inputs), dict(inputs), key)


def lent(cloud: SimulatedCloud) -> dict[str, Properties]:
    """What it looks like now; what is gone is missing."""
    return {key: item.inputs for key, item in cloud.objects.items() if key in _LENT}


def check_create(cloud: SimulatedCloud, kind: str, inputs: Properties) -> None:
    """Refuse what Azure refuses of encryption and Defender, until everything stands where it must.

    Sources: AKS, "Bring your own keys (BYOK) with Azure managed disks" and "Host-based encryption"; Azure virtual
    machines, "Enable end-to-end encryption using encryption at host"; Azure Database for PostgreSQL, "Data encryption
    at rest".
    """
    match kind:
        case "containerservice:ManagedCluster":
            _check_disks(cloud, inputs)
            _check_defender(cloud, inputs)
            for pool in inputs["agentPoolProfiles"]:
                _check_hosts(cloud, pool)
        case "containerservice:AgentPool":
            _check_hosts(cloud, inputs)
        case "dbforpostgresql:Server":
            _check_key(cloud, inputs)


def check_update(cloud: SimulatedCloud, type_: str, old: Properties, new: Properties) -> None:
    """Refuse another kind of key for a server: Azure Database for PostgreSQL, "Data encryption at rest"."""
    match type_.partition(":")[2]:
        case "containerservice:ManagedCluster":
            _check_defender(cloud, new)
        case "dbforpostgresql:Server":
            before, after = ((one.get("dataEncryption") or {}).get("type") for one in (old, new))
            if before != after:
                raise CloudError(f"DataEncryptionTypeCannotBeChanged: {before} to {after}")
            _check_key(cloud, new)


def _check_disks(cloud: SimulatedCloud, inputs: Properties) -> None:
    set_id = inputs.get("diskEncryptionSetID")
    if set_id is None:
        return
    if not cloud.exists(set_id):
        raise CloudError(f"DiskEncryptionSetNotFound: {set_id}")
    if cloud.objects[set_id].inputs["location"] != inputs["location"]:
        raise CloudError(f"BadRequest: {set_id} is in another region")
    (identity,) = inputs["identity"]["userAssignedIdentities"]
    principal = cloud.objects[identity].outputs["principalId"]
    if not _has_role(cloud, principal, set_id):
        raise CloudError(
            f"LinkedAuthorizationFailed: no permission Microsoft.Compute/diskEncryptionSets/read on {set_id}"
        )


def _check_defender(cloud: SimulatedCloud, inputs: Properties) -> None:
    defender = inputs["securityProfile"].get("defender") or {}
    workspace = defender.get("logAnalyticsWorkspaceResourceId")
    if workspace is not None and not cloud.exists(workspace):
        raise CloudError(f"GetLogAnalyticsWorkspaceError: Unable to get log analytics workspace info: {workspace}")


def _check_hosts(cloud: SimulatedCloud, pool: Properties) -> None:
    if pool.get("enableEncryptionAtHost") and not cloud.exists(FEATURE):
        raise CloudError("BadRequest: the feature 'Microsoft.Compute/EncryptionAtHost' is not enabled")


def _check_key(cloud: SimulatedCloud, inputs: Properties) -> None:
    encryption = inputs.get("dataEncryption")
    if encryption is None:
        return
    identity_id = encryption["primaryUserAssignedIdentityId"]
    if identity_id not in inputs["identity"]["userAssignedIdentities"]:
        raise CloudError(f"BadRequest: {identity_id} is not an identity of the server")
    if not cloud.exists(identity_id):
        raise CloudError(f"FailedIdentityOperation: {identity_id} was not found")
    name = encryption["primaryKeyURI"].split("/")[4]
    if not cloud.exists(f"{VAULT}/keys/{name}"):
        raise CloudError(f"AzureKeyVaultKeyNameNotFound: {encryption['primaryKeyURI']}")
    principal = cloud.objects[identity_id].inputs["principalId"]
    if not _has_role(cloud, principal, KEY):
        raise CloudError(f"AzureKeyVaultMissingPermissions: {identity_id} on {encryption['primaryKeyURI']}")


def _has_role(cloud: SimulatedCloud, principal: str, scope: str) -> bool:
    return any(
        item.inputs.get("principalId") == principal and item.inputs.get("scope") == scope
        for item in cloud.objects.values()
        if item.type == "azure-native:authorization:RoleAssignment"
    )
