"""Encryption keys that a company keeps itself: the disk encryption set of the nodes, and the key of the database."""

from __future__ import annotations

from typing import Annotated, Final

from pydantic import Field, StringConstraints

from .base import GUID, Section

_GROUP: Final = rf"(?i)^/subscriptions/{GUID}/resourceGroups/[^/]+/providers"
DiskEncryptionSetId = Annotated[
    str, StringConstraints(pattern=rf"{_GROUP}/Microsoft\.Compute/diskEncryptionSets/[^/]+$")
]
UserAssignedIdentityId = Annotated[
    str,
    StringConstraints(pattern=rf"{_GROUP}/Microsoft\.ManagedIdentity/userAssignedIdentities/[^/]+$"),
]
# With or without the version of the key. Source: Azure, "About keys, secrets, and certificates", object identifiers.
KeyId = Annotated[
    str,
    StringConstraints(
        pattern=r"(?i)^https://[a-z][a-z0-9-]{1,22}[a-z0-9]\.(vault|managedhsm)\.azure\.net/keys/[0-9a-z-]{1,127}"
        r"(/[0-9a-f]{32})?$"
    ),
]


class CustomerManagedKey(Section):
    """A key in a vault of yours, with which the database's disks and backups are encrypted.

    Whether the database has one is fixed at creation; another key or identity can follow.
    """

    key_id: KeyId = Field(
        description="Id of an RSA key, for example https://kv-keys.vault.azure.net/keys/airflow. Without a version at "
        "its end, the database follows each rotation of the key; with one, you set the next version here."
    )
    identity_id: UserAssignedIdentityId = Field(
        description="Id of a user-assigned identity that may use the key: see docs/security-baseline.md."
    )
    geo_backup_key_id: KeyId | None = Field(
        None,
        description="Id of a key in a vault of the paired region, for `database.geoRedundantBackup: true`.",
    )
    geo_backup_identity_id: UserAssignedIdentityId | None = Field(
        None, description="Id of another identity, which may use the key of the backups in the paired region."
    )

    @property
    def ids(self) -> dict[str, str]:
        """The keys and identities that are given, by their keys in the stack file."""
        found = {
            "keyId": self.key_id,
            "identityId": self.identity_id,
            "geoBackupKeyId": self.geo_backup_key_id,
            "geoBackupIdentityId": self.geo_backup_identity_id,
        }
        return {key: text for key, text in found.items() if text is not None}


def vault_host_of(key_id: str) -> str:
    """Return the host of a key's vault in lower case, for example `kv-keys.vault.azure.net`."""
    return key_id.split("/")[2].lower()
