"""Which replaced and removed resources hold data, and what is lost with each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from dryrun.page import find_physical_name
from dryrun.plan import Resource
from dryrun.words import describe_type, pluralize

from .changes import Change, Comparison, Consequence

_GROUP: Final = "azure-native:resources:ResourceGroup"
_SECRET: Final = "azure-native:keyvault:Secret"  # noqa: S105 - the name of a type
# What each type holds. Source: the Azure pages on deletion and soft delete of each service.
_HELD: Final[Mapping[str, str]] = {
    "azure-native:containerregistry:Registry": "every image in it, your own too",
    "azure-native:dbforpostgresql:Database": "DAG runs, connections, variables and users",
    "azure-native:dbforpostgresql:Server": "every database on it; Azure keeps its backups for five days",
    "azure-native:keyvault:Vault": "its secrets; Azure keeps the deleted vault and its name for a time",
    _GROUP: "everything in it",
    "azure-native:storage:BlobContainer": "the task logs in it",
    "azure-native:storage:FileShare": "the files in it",
    "azure-native:storage:StorageAccount": "the task logs and files in it",
}


def list_lost(comparison: Comparison) -> Iterator[Consequence]:
    """Yield a consequence for each resource that holds data and is replaced or removed; one for all Key Vault secrets.

    A resource with `retainOnDelete` that is only removed stays in Azure, unless what contains it goes.
    """
    gone = [change for change in comparison.changes if change.is_gone and change.type in (*_HELD, _SECRET)]
    kept = [change for change in gone if _stays(change, gone)]
    lost = [change for change in gone if change not in kept]
    for change in lost:
        if change.type in _HELD:
            yield Consequence(severity="data", text=_describe(change), urn=change.urn)
    for change in kept:
        if change.type in _HELD:
            text = f"{name_resource(change.resource)} stays in Azure with its data; Pulumi only forgets it"
            yield Consequence(severity="note", text=text, urn=change.urn)
    if secrets := _list_secrets(lost):
        yield Consequence(severity="data", text=f"{secrets}: deleted")
    if secrets := _list_secrets(kept):
        yield Consequence(severity="note", text=f"{secrets}: no longer used. Pulumi forgets what the vault keeps")


def _list_secrets(changes: list[Change]) -> str:
    """Return the names of Key Vault secrets after their number; empty if there are none."""
    secrets = [change.old or change.resource for change in changes if change.type == _SECRET]
    names = [str(secret.inputs.get("secretName", secret.name)) for secret in secrets]
    return f"{pluralize(len(names), 'Key Vault secret')} ({', '.join(names)})" if names else ""


def name_resource(resource: Resource) -> str:
    """Return a resource's type in words, with its name in Azure or Kubernetes."""
    own = find_physical_name(resource)
    return f"{describe_type(resource.type)} {own[0] if own else resource.name}"


def _stays(change: Change, gone: list[Change]) -> bool:
    old = change.old
    if change.action != "removed" or old is None or not old.retain_on_delete:
        return False
    return not any(
        other.old is not None and other is not change and old.id.startswith(f"{other.old.id}/") for other in gone
    )


def _describe(change: Change) -> str:
    old = change.old
    assert old is not None  # noqa: S101 - it was replaced or removed
    name, held = name_resource(old), _HELD[change.type]
    protection = ". It is protected: `pulumi up` refuses until somebody runs `pulumi state unprotect`"
    if change.is_refused:
        text = f"Azure refuses the update that Pulumi plans. Only a replacement of {name} makes this change, and loses "
        text += held
        return text + (protection if old.protect else "")
    text = f"{name} is {change.action}, and with it {held}"
    if old.protect:
        return text + protection
    if change.action == "replaced" and not change.deleted_first and change.new and change.new.id == old.id:
        return f"{text}. `pulumi up` fails, because the old one still has the name"
    return text
