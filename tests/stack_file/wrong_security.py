"""Wrong settings of the security baseline: ids of something else, and keys that do not fit together."""

from __future__ import annotations

from typing import Any

from tests.case_values import WORKSPACE
from tests.landing_zone_cases import (
    DATABASE_IDENTITY,
    DATABASE_KEY,
    DISK_ENCRYPTION_SET,
    GEO_DATABASE_KEY,
    GEO_IDENTITY,
)

_KEY = "database.customerManagedKey"
_GEO = {"database.geoRedundantBackup": True}
_WITHOUT_GEO_IDENTITY = {key: value for key, value in GEO_DATABASE_KEY.items() if key != "geoBackupIdentityId"}
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
SECURITY: list[tuple[dict[str, Any], str, str]] = [
    ({"cluster.azurePolicy": "yes"}, "cluster.azurePolicy", "must be true or false"),
    ({"cluster.hostEncryption": 1}, "cluster.hostEncryption", "must be true or false"),
    ({"cluster.imageIntegrity": True}, "cluster.imageIntegrity", "unknown key"),
    ({"cluster.defender": WORKSPACE}, "cluster.defender", "did you mean defenderWorkspaceId?"),
    ({"cluster.defenderWorkspaceId": "log-all"}, "cluster.defenderWorkspaceId", "the id of a Log Analytics workspace"),
    (
        {"cluster.defenderWorkspaceId": DISK_ENCRYPTION_SET},
        "cluster.defenderWorkspaceId",
        "the id of a Log Analytics workspace",
    ),
    ({"cluster.diskEncryptionSetId": "des-aks"}, "cluster.diskEncryptionSetId", "the id of a disk encryption set"),
    ({"cluster.diskEncryptionSetId": WORKSPACE}, "cluster.diskEncryptionSetId", "the id of a disk encryption set"),
    (
        {"cluster.diskEncryptionSetId": f"{DISK_ENCRYPTION_SET}/x"},
        "cluster.diskEncryptionSetId",
        "the id of a disk encryption set",
    ),
    ({_KEY: DATABASE_KEY["keyId"]}, _KEY, "must be a mapping of settings"),
    ({_KEY: {"keyId": DATABASE_KEY["keyId"]}}, f"{_KEY}.identityId", "is required"),
    ({_KEY: {"identityId": DATABASE_IDENTITY}}, f"{_KEY}.keyId", "is required"),
    ({_KEY: {**DATABASE_KEY, "keyId": "airflow"}}, f"{_KEY}.keyId", "must be the id of a key in a vault"),
    (
        {_KEY: {**DATABASE_KEY, "keyId": "https://kv-keys.vault.azure.net/secrets/airflow"}},
        f"{_KEY}.keyId",
        "https://<vault>.vault.azure.net/keys/<name>",
    ),
    (
        {_KEY: {**DATABASE_KEY, "keyId": f"{DATABASE_KEY['keyId']}/newest"}},
        f"{_KEY}.keyId",
        "with or without its version",
    ),
    (
        {_KEY: {**DATABASE_KEY, "identityId": DISK_ENCRYPTION_SET}},
        f"{_KEY}.identityId",
        "must be the id of a user-assigned identity",
    ),
    (
        {_KEY: DATABASE_KEY, **_GEO},
        f"{_KEY}.geoBackupKeyId",
        "is required: airflow-aks:database.geoRedundantBackup is true",
    ),
    (
        {_KEY: _WITHOUT_GEO_IDENTITY, **_GEO},
        f"{_KEY}.geoBackupIdentityId",
        "is required: airflow-aks:database.geoRedundantBackup is true",
    ),
    (
        {_KEY: GEO_DATABASE_KEY},
        f"{_KEY}.geoBackupKeyId",
        "is for airflow-aks:database.geoRedundantBackup: true (is false): remove it",
    ),
    (
        {_KEY: {**DATABASE_KEY, "geoBackupIdentityId": GEO_IDENTITY}},
        f"{_KEY}.geoBackupIdentityId",
        "is for airflow-aks:database.geoRedundantBackup: true (is false): remove it",
    ),
    (
        {_KEY: {**GEO_DATABASE_KEY, "geoBackupKeyId": DATABASE_KEY["keyId"].replace("kv-keys", "KV-Keys")}, **_GEO},
        f"{_KEY}.geoBackupKeyId",
        "is in the same vault as airflow-aks:database.customerManagedKey.keyId, kv-keys.vault.azure.net",
    ),
    (
        {_KEY: {**GEO_DATABASE_KEY, "geoBackupIdentityId": DATABASE_IDENTITY.replace("rg-keys", "RG-KEYS")}, **_GEO},
        f"{_KEY}.geoBackupIdentityId",
        "is the same identity as airflow-aks:database.customerManagedKey.identityId",
    ),
]
