"""The keys of a company: the disk encryption set of the nodes, and the key and identity of the database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from components.azure.roles import KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER
from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, unsure
from components.preflight.operations import (
    GET_DISK_ENCRYPTION_SET,
    GET_IDENTITY,
    GET_KEY,
    GET_VAULT,
    LIST_RESOURCES,
    LIST_ROLE_ASSIGNMENTS,
)
from components.preflight.situation import Situation
from components.settings.customer_keys import vault_host_of
from components.stack_file.problems import key_path

_DISKS: Final = key_path("cluster", "diskEncryptionSetId")
_KEY: Final = ("database", "customerManagedKey")
_VAULT_SUFFIX: Final = ".vault.azure.net"
_VAULT_TYPE: Final = "Microsoft.KeyVault/vaults"
# A set of this type encrypts confidential machines only. Source: the enumeration of the SDK.
_CONFIDENTIAL: Final = "ConfidentialVmEncryptedWithCustomerKey"
# What the database does with its key. Source: Azure Database for PostgreSQL, "Data encryption at rest", requirements.
_NEEDED: Final = frozenset({"get", "list", "wrapkey", "unwrapkey"})
_ROLE: Final = "Key Vault Crypto Service Encryption User"

Answer = Mapping[str, Any]


def check_encryption_keys(situation: Situation) -> Iterator[Finding]:
    """The disk encryption set suits the stack, and the database can use its keys."""
    settings = situation.settings
    key = settings.database.customer_managed_key if settings.has_airflow else None
    problems: list[Finding] = []
    if settings.cluster.disk_encryption_set_id is not None:
        problems += _check_disks(situation, settings.cluster.disk_encryption_set_id)
    if key is not None:
        problems += _check_key(situation, "keyId", key.key_id, "identityId", key.identity_id)
        if key.geo_backup_key_id is not None and key.geo_backup_identity_id is not None:
            pair = (key.geo_backup_key_id, "geoBackupIdentityId", key.geo_backup_identity_id)
            problems += _check_key(situation, "geoBackupKeyId", *pair)
    yield from problems
    if not problems:
        own = settings.cluster.disk_encryption_set_id or key
        yield passed("the keys suit, and who needs them may use them" if own else "Azure keeps the keys")


def _check_disks(situation: Situation, set_id: str) -> Iterator[Finding]:
    """Source: Azure virtual machines, "Server-side encryption of Azure Disk Storage", restrictions."""
    if set_id.split("/")[2].lower() != situation.subscription.subscription_id.lower():
        yield fail(
            f"{set_id} is in another subscription than the stack",
            "have a disk encryption set made in the stack's subscription; its key can be elsewhere",
            _DISKS,
        )
    try:
        found = situation.arm.get(GET_DISK_ENCRYPTION_SET, scope=set_id)
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{set_id} does not exist", "correct the id, or have the set made", _DISKS)
        else:
            yield unanswered(error, set_id)
        return
    location = _short(found.get("location"))
    if location != situation.location:
        yield fail(
            f"{set_id.rpartition('/')[2]} is in {location}, and the stack in {situation.location}",
            "name a disk encryption set of the stack's region",
            _DISKS,
        )
    if (found.get("properties") or {}).get("encryptionType") == _CONFIDENTIAL:
        yield fail(f"{set_id.rpartition('/')[2]} is for confidential machines", "name another set", _DISKS)


def _check_key(
    situation: Situation, key_name: str, key_id: str, identity_name: str, identity_id: str
) -> Iterator[Finding]:
    """The identity exists, and so does the key, in a vault that lets the identity in and keeps what is deleted."""
    identity_setting = key_path(*_KEY, identity_name)
    try:
        principal = str(situation.arm.get(GET_IDENTITY, scope=identity_id)["properties"]["principalId"])
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{identity_id} does not exist", "correct the id, or have the identity made", identity_setting)
        else:
            yield unanswered(error, identity_id)
        return
    setting, host = key_path(*_KEY, key_name), vault_host_of(key_id)
    vault_id = _find_vault(situation, host, identity_id) if host.endswith(_VAULT_SUFFIX) else None
    if vault_id is None:
        yield unsure(
            f"the vault {host} is a managed HSM, or in no subscription of the stack and {identity_name}",
            f"make sure that it has the key and purge protection, and that the identity has the role {_ROLE} there",
            setting,
        )
        return
    name = host.removesuffix(_VAULT_SUFFIX)
    try:
        vault = situation.arm.get(GET_VAULT, scope=vault_id).get("properties") or {}
        key = situation.arm.get(GET_KEY, scope=f"{vault_id}/keys/{key_id.split('/')[4]}").get("properties") or {}
    except ArmError as error:
        if error.status == 404:
            yield fail(f"{name} has no key {key_id.split('/')[4]}", "correct the id, or have the key made", setting)
        else:
            yield unanswered(error, key_id)
        return
    yield from _check_vault(name, vault, setting)
    if not str(key.get("kty", "RSA")).startswith("RSA") or (key.get("attributes") or {}).get("enabled") is False:
        yield fail(f"{key_id} is disabled, or no RSA key", "name an RSA key that is enabled", setting)
    if vault.get("enableRbacAuthorization"):
        yield from _check_role(situation, f"{vault_id}/keys/{key_id.split('/')[4]}", principal, identity_setting)
    else:
        yield from _check_access_policy(name, vault, principal, identity_setting)


def _find_vault(situation: Situation, host: str, identity_id: str) -> str | None:
    """Return the id of a vault, which is looked for in the subscriptions of the stack and of the identity."""
    name = host.removesuffix(_VAULT_SUFFIX)
    query = {"$filter": f"resourceType eq '{_VAULT_TYPE}'"}
    for scope in dict.fromkeys((situation.subscription_scope, "/".join(identity_id.split("/")[:3]).lower())):
        for found in situation.arm.pages(LIST_RESOURCES, query, scope=scope):
            if str(found["name"]).lower() == name:
                return str(found["id"])
    return None


def _check_vault(name: str, vault: Answer, setting: str) -> Iterator[Finding]:
    if not vault.get("enablePurgeProtection"):
        yield fail(f"{name} has no purge protection", "have it turned on, or name a key in another vault", setting)
    rules = vault.get("networkAcls") or {}
    closed = str(vault.get("publicNetworkAccess")).lower() == "disabled" or rules.get("defaultAction") == "Deny"
    if closed and rules.get("bypass") != "AzureServices":
        yield fail(
            f"the firewall of {name} does not let trusted Microsoft services pass, of which the database is one",
            "have that exception turned on",
            setting,
        )


def _check_role(situation: Situation, scope: str, principal: str, setting: str) -> Iterator[Finding]:
    assigned = [
        str(entry["properties"]["roleDefinitionId"]).rpartition("/")[2].lower()
        for entry in situation.arm.pages(LIST_ROLE_ASSIGNMENTS, {"$filter": f"assignedTo('{principal}')"}, scope=scope)
    ]
    if KEY_VAULT_CRYPTO_SERVICE_ENCRYPTION_USER in assigned:
        return
    describe = unsure if assigned else fail
    other = ", only others" if assigned else ""
    yield describe(f"the identity has no role {_ROLE} on {scope}{other}", "have the role assigned", setting)


def _check_access_policy(name: str, vault: Answer, principal: str, setting: str) -> Iterator[Finding]:
    allowed = {
        str(permission).lower()
        for policy in vault.get("accessPolicies") or ()
        if str(policy.get("objectId")).lower() == principal.lower()
        for permission in (policy.get("permissions") or {}).get("keys") or ()
    }
    if "all" not in allowed and _NEEDED - allowed:
        yield fail(
            f"the access policies of {name} do not give the identity {', '.join(sorted(_NEEDED - allowed))} on keys",
            "have them added",
            setting,
        )


def _short(location: object) -> str:
    return str(location or "").replace(" ", "").lower()
