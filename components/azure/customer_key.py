"""The encryption of a database server with a key that its owner keeps."""

from __future__ import annotations

from typing import Any

from pulumi_azure_native import dbforpostgresql

from components.settings.customer_keys import CustomerManagedKey


def encryption_of(key: CustomerManagedKey | None) -> dict[str, Any]:
    """Return the properties of a server that is encrypted with a key; none if Azure keeps the key.

    A restored server has them too: Azure encrypts a copy like its source. Source: Azure Database for PostgreSQL, "Data
    encryption at rest".
    """
    if key is None:
        return {}
    identities = [found for found in (key.identity_id, key.geo_backup_identity_id) if found is not None]
    return {
        "identity": dbforpostgresql.UserAssignedIdentityArgs(
            type=dbforpostgresql.IdentityType.USER_ASSIGNED,
            user_assigned_identities={
                identity_id: dbforpostgresql.UserIdentityArgs() for identity_id in dict.fromkeys(identities)
            },
        ),
        "data_encryption": dbforpostgresql.DataEncryptionArgs(
            type=dbforpostgresql.DataEncryptionType.AZURE_KEY_VAULT,
            primary_key_uri=key.key_id,
            primary_user_assigned_identity_id=key.identity_id,
            geo_backup_key_uri=key.geo_backup_key_id,
            geo_backup_user_assigned_identity_id=key.geo_backup_identity_id,
        ),
    }
