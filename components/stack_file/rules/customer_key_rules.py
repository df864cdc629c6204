"""Rules for the keys of a company with which the database and its backups are encrypted."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.settings.customer_keys import vault_host_of
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

_KEY: Final = ("database", "customerManagedKey")
_GEO: Final = ("geoBackupKeyId", "geoBackupIdentityId")
_GEO_BACKUP: Final = key_path("database", "geoRedundantBackup")


def backups_elsewhere_have_a_key(context: Context) -> Iterator[Problem]:
    """Backups in the paired region need a key and an identity there, and without such backups both have no effect.

    Source: Azure Database for PostgreSQL, "Data encryption at rest", geo-redundant business continuity features.
    """
    database = context.settings.database
    key = database.customer_managed_key
    if key is None:
        return
    for name in _GEO:
        if database.geo_redundant_backup and name not in key.ids:
            yield Problem(
                path=key_path(*_KEY, name),
                message=f"is required: {_GEO_BACKUP} is true, and its backups are encrypted in the paired region",
            )
        elif not database.geo_redundant_backup and name in key.ids:
            yield Problem(
                path=key_path(*_KEY, name),
                message=f"is for {_GEO_BACKUP}: true (is false): remove it, or set that to true",
            )


def backups_elsewhere_have_their_own_key(context: Context) -> Iterator[Problem]:
    """The key of the paired region is in a vault there, and another identity uses it. Source: the same page."""
    key = context.settings.database.customer_managed_key
    if key is None:
        return
    geo_key, geo_identity = key.geo_backup_key_id, key.geo_backup_identity_id
    if geo_key is not None and vault_host_of(geo_key) == vault_host_of(key.key_id):
        yield Problem(
            path=key_path(*_KEY, "geoBackupKeyId"),
            message=f"is in the same vault as {key_path(*_KEY, 'keyId')}, {vault_host_of(geo_key)}: name a key in a "
            "vault of the paired region",
        )
    if geo_identity is not None and geo_identity.lower() == key.identity_id.lower():
        yield Problem(
            path=key_path(*_KEY, "geoBackupIdentityId"),
            message=f"is the same identity as {key_path(*_KEY, 'identityId')}, and Azure does not take one for both "
            "vaults: name another",
        )


CUSTOMER_KEY_ERRORS: tuple[Rule, ...] = (backups_elsewhere_have_a_key, backups_elsewhere_have_their_own_key)
