"""The names that are unique in all of Azure: free, or the stack's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered
from components.preflight.operations import (
    CHECK_DATABASE_NAME,
    CHECK_REGISTRY_NAME,
    CHECK_STORAGE_NAME,
    CHECK_VAULT_NAME,
    LIST_DELETED_VAULTS,
    Operation,
)
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import DATABASE, REGISTRY, STORAGE, VAULT

_SUFFIX: Final = "airflow-aks:naming.suffix"
_OTHER_SUFFIX: Final = f"set {_SUFFIX} to 3 to 6 other letters or digits"


class UniqueName(NamedTuple):
    """A name, the type of its resource, and the request that says whether it is free."""

    name: str
    resource_type: str
    operation: Operation


def unique_names(situation: Situation) -> list[UniqueName]:
    """Return the names of the stack that no other stack in Azure may have.

    Azure has no such request for Azure Managed Redis, so the broker's name is not in the list.
    """
    names = situation.names
    found = [
        UniqueName(names.vault, VAULT, CHECK_VAULT_NAME),
        UniqueName(names.registry, REGISTRY, CHECK_REGISTRY_NAME),
        UniqueName(names.storage_account, STORAGE, CHECK_STORAGE_NAME),
        UniqueName(names.database_server, DATABASE, CHECK_DATABASE_NAME),
    ]
    if situation.has_file_account:
        found.append(UniqueName(names.file_storage_account, STORAGE, CHECK_STORAGE_NAME))
    return found


def check_deleted_vault(situation: Situation) -> Iterator[Finding]:
    """Azure does not keep a deleted vault of the stack's name."""
    vault = situation.names.vault
    for deleted in situation.arm.pages(LIST_DELETED_VAULTS):
        if str(deleted["name"]).lower() != vault:
            continue
        properties = deleted.get("properties") or {}
        until, region = str(properties.get("scheduledPurgeDate", "")), properties.get("location", "")
        purge = f"run `az keyvault purge --name {vault} --location {region}`, or "
        protected = properties.get("purgeProtectionEnabled")
        yield fail(
            f"the deleted vault {vault} in {region} keeps its name until {until[:10] or 'its purge'}",
            f"{'' if protected else purge}{_OTHER_SUFFIX}",
            _SUFFIX,
        )
        return
    yield passed(f"no deleted vault is named {vault}")


def check_unique_names(situation: Situation) -> Iterator[Finding]:
    """Each name that is unique in Azure is free, or belongs to the stack itself."""
    for unique in unique_names(situation):
        if situation.stack.has(unique.resource_type, unique.name):
            yield passed(f"{unique.name} is the stack's own")
            continue
        question = {"name": unique.name, "type": unique.resource_type}
        try:
            answer = situation.arm.post(unique.operation, question)
        except ArmError as error:
            yield unanswered(error, f"whether {unique.name} is free")
            continue
        if answer["nameAvailable"]:
            yield passed(f"{unique.name} is free")
        else:
            reason = str(answer.get("message") or answer.get("reason") or "no reason given").strip()
            yield fail(f"{unique.name} ({unique.resource_type}) is taken: {reason}", _OTHER_SUFFIX, _SUFFIX)
