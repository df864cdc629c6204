"""The required form of the ids of a company's own keys, zones and workspaces, by the name of the key."""

from __future__ import annotations

from typing import Final

_GROUP: Final = "/subscriptions/<id>/resourceGroups/<name>/providers/"
_IDENTITY: Final = (
    f"must be the id of a user-assigned identity: {_GROUP}Microsoft.ManagedIdentity/userAssignedIdentities/<name>"
)
_KEY: Final = (
    "must be the id of a key in a vault, with or without its version: https://<vault>.vault.azure.net/keys/<name>"
)
RESOURCE_ID_FORMS: Final = {
    "defenderWorkspaceId": f"must be the id of a Log Analytics workspace: {_GROUP}Microsoft.OperationalInsights/"
    "workspaces/<name>",
    "diskEncryptionSetId": f"must be the id of a disk encryption set: {_GROUP}Microsoft.Compute/diskEncryptionSets/"
    "<name>",
    "geoBackupIdentityId": _IDENTITY,
    "geoBackupKeyId": _KEY,
    "identityId": _IDENTITY,
    "keyId": _KEY,
    "privateDns": f"must be the id of a private DNS zone: {_GROUP}Microsoft.Network/privateDnsZones/<zone>",
}
