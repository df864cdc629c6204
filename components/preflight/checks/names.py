"""The names that nobody else may have, in all of Azure or in the region: free, or the stack's own."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from components.preflight.arm_client import ArmError
from components.preflight.findings import Finding, fail, passed, unanswered, unsure
from components.preflight.operations import (
    CHECK_DATABASE_NAME,
    CHECK_DNS_LABEL,
    CHECK_REGISTRY_NAME,
    CHECK_STORAGE_NAME,
    CHECK_VAULT_NAME,
    GET_PUBLIC_ADDRESS,
    LIST_DELETED_VAULTS,
    Operation,
)
from components.preflight.renaming import by_suffix
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import DATABASE, PUBLIC_ADDRESS, REGISTRY, STORAGE, VAULT


class UniqueName(NamedTuple):
    """A field of Names, the name, the type of its resource, and the request that says whether it is free."""

    key: str
    name: str
    resource_type: str
    operation: Operation


def unique_names(situation: Situation) -> list[UniqueName]:
    """Return the names of the stack that no other stack in Azure may have.

    Azure has no such request for Azure Managed Redis, so the broker's name is not in the list.
    """
    names = situation.names
    registry = [UniqueName("registry", names.registry, REGISTRY, CHECK_REGISTRY_NAME)]
    if situation.settings.registry.existing_id is not None:
        registry = []
    if not situation.settings.has_airflow:
        return registry
    own_vault = situation.settings.key_vault.existing_id is None
    found = [
        *([UniqueName("vault", names.vault, VAULT, CHECK_VAULT_NAME)] if own_vault else []),
        *registry,
        UniqueName("storage_account", names.storage_account, STORAGE, CHECK_STORAGE_NAME),
        UniqueName("database_server", names.database_server, DATABASE, CHECK_DATABASE_NAME),
    ]
    if situation.has_file_account:
        found.append(UniqueName("file_storage_account", names.file_storage_account, STORAGE, CHECK_STORAGE_NAME))
    return found


def check_deleted_vault(situation: Situation) -> Iterator[Finding]:
    """Azure does not keep a deleted vault of the stack's name."""
    if not situation.settings.has_airflow:
        yield passed("the stack has no vault")
        return
    if situation.settings.key_vault.existing_id is not None:
        yield passed("the vault is another's: see the check of the existing vault")
        return
    vault = situation.names.vault
    for deleted in situation.arm.pages(LIST_DELETED_VAULTS):
        if str(deleted["name"]).lower() != vault:
            continue
        properties = deleted.get("properties") or {}
        until, region = str(properties.get("scheduledPurgeDate", "")), properties.get("location", "")
        purge = f"run `az keyvault purge --name {vault} --location {region}`, or "
        protected = properties.get("purgeProtectionEnabled")
        renaming = by_suffix(situation.settings.naming, "vault")
        yield fail(
            f"the deleted vault {vault} in {region} keeps its name until {until[:10] or 'its purge'}",
            f"{'' if protected else purge}{renaming.remedy}",
            renaming.setting,
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
            taken = f"{unique.name} ({unique.resource_type}) is taken: {reason}"
            renaming = by_suffix(situation.settings.naming, unique.key)
            yield _describe_taken(situation, taken, renaming.remedy, renaming.setting)


def check_dns_label(situation: Situation) -> Iterator[Finding]:
    """Nobody else in the region has the label."""
    access = situation.settings.access
    label = access.dns_label if access is not None else None
    if access is None or label is None or access.visibility != "public":
        yield passed("the stack has no DNS label")
        return
    host = access.host_in(situation.location)
    if label == _own_label(situation):
        yield passed(f"{host} is the stack's own")
        return
    answer = situation.arm.get(CHECK_DNS_LABEL, {"domainNameLabel": label}, location=situation.location)
    if answer["available"]:
        yield passed(f"{host} is free")
    else:
        remedy = f"choose another label, for example {label}-2"
        yield _describe_taken(situation, f"{host} is taken", remedy, "airflow-aks:access.dnsLabel")


def _describe_taken(situation: Situation, taken: str, remedy: str, setting: str) -> Finding:
    """Return the finding about a name that is taken, which is uncertain if the stack's own group cannot be read."""
    if situation.stack.error is None:
        return fail(taken, remedy, setting)
    return unsure(f"{taken}, maybe by the stack itself", f"ask for Reader on the stack, or {remedy}", setting)


def _own_label(situation: Situation) -> str | None:
    """Return the label of the address that the stack has already."""
    name = situation.names.gateway_address
    if not situation.stack.has(PUBLIC_ADDRESS, name):
        return None
    address = situation.arm.get(GET_PUBLIC_ADDRESS, group=situation.names.resource_group, name=name)
    label = ((address.get("properties") or {}).get("dnsSettings") or {}).get("domainNameLabel")
    return str(label) if label else None
