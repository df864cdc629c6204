"""Follows a replacement to the resources that depend on the replaced one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, Final

from dryrun.plan import Plan, Resource

from .azure_refusals import list_fixed
from .changes import Change, Reason, Source
from .differences import Difference, Path
from .replacement import find_values, list_forcing_properties

# Shown for a value that Azure assigns to the new resource.
KNOWN_LATER: Final = "[known after the update]"
# Outputs that differ for a new resource of the same name. Ids and most host names are the same again.
_ASSIGNED: Final[Mapping[str, tuple[str, ...]]] = {
    "azure-native:containerservice:ManagedCluster": ("fqdn", "oidcIssuerProfile.issuerURL"),
    "azure-native:managedidentity:UserAssignedIdentity": ("clientId", "principalId"),
    "azure-native:network:PublicIPAddress": ("ipAddress",),
}
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_KUBERNETES_PROVIDER: Final = "pulumi:providers:kubernetes"


def propagate(changes: Sequence[Change], plan: Plan) -> list[Change]:
    """Return the changes with those that follow from the replacement of other resources.

    While a resource is replaced, its outputs are unknown to the engine. It therefore also replaces every resource that
    uses such an output in a property whose change forces a replacement. Source: Pulumi, "deleteBeforeReplace":
    dependent resources are replaced as well.
    """
    found = {change.urn: change for change in changes}
    waiting = [change for change in changes if change.action == "replaced"]
    while waiting:
        cause = waiting.pop(0)
        for urn, change in found.items():
            if change.old is None or change.new is None or change.urn == cause.urn:
                continue
            known = {reason.path for reason in change.reasons}
            reasons = [reason for reason in _find_reasons(cause, change.new, plan) if reason.path not in known]
            if reasons:
                found[urn] = _add_reasons(change, reasons)
                if change.action != "replaced":
                    waiting.append(found[urn])
    return [_note_assigned(change, list(found.values())) for change in found.values()]


def _add_reasons(change: Change, reasons: Sequence[Reason]) -> Change:
    """Return a change that other resources make a replacement.

    The engine deletes what depends on a resource before that resource, if that one is deleted first.
    """
    every = [*change.reasons, *reasons]
    # What Pulumi itself replaces needs no other reason.
    if any(reason.source not in ("azure", "container") for reason in every):
        every = [reason for reason in every if reason.source not in ("azure", "container")]
    first = change.deleted_first or any(reason.source == "provider" for reason in reasons)
    return replace(change, action="replaced", reasons=tuple(every), deleted_first=first)


def _find_reasons(cause: Change, resource: Resource, plan: Plan) -> Iterator[Reason]:
    if all(reason.source == "container" for reason in cause.reasons):
        # What contains it contains these as well.
        return
    source: Source = "azure" if cause.is_refused else "provider"
    if cause.type == _KUBERNETES_PROVIDER:
        if _provider_urn(resource) == cause.urn:
            yield Reason(path="provider", source="kubernetes provider", cause=cause.urn)
        return
    if _contains(cause, resource, plan):
        yield Reason(path="", source="container", cause=cause.urn)
    if not _frees_its_name(cause):
        return
    forcing = list_forcing_properties(resource.type)
    for key, urns in resource.property_dependencies.items():
        if cause.urn not in urns or key in resource.ignore_changes:
            continue
        if forcing is None:
            yield Reason(path=key, source=source, cause=cause.urn)
            continue
        for path in forcing:
            if path == key or (_is_below(path, key) and _names(cause, resource, path)):
                yield Reason(path=path, source=source, cause=cause.urn)
        for path in list_fixed(resource.type):
            if path not in forcing and (path == key or _is_below(path, key)) and _names(cause, resource, path):
                yield Reason(path=path, source="azure", cause=cause.urn)


def _frees_its_name(cause: Change) -> bool:
    """Return whether the old resource goes before the new one comes, so that nothing can stay connected to it."""
    if not cause.type.startswith(("azure-native:", "kubernetes:")) or cause.old is None or cause.new is None:
        return False
    return cause.deleted_first or cause.old.id == cause.new.id


def _contains(cause: Change, resource: Resource, plan: Plan) -> bool:
    """Return whether a Kubernetes object is in a replaced cluster.

    Pulumi does not see that objects go with their cluster: the provider's `clusterIdentifier` stays the same.
    """
    if not resource.type.startswith("kubernetes:") or cause.type != _CLUSTER:
        return False
    provider = next((found for found in plan.resources if found.urn == _provider_urn(resource)), None)
    return provider is not None and cause.urn in provider.property_dependencies.get("kubeconfig", ())


def _note_assigned(change: Change, changes: Sequence[Change]) -> Change:
    """Return a change with the inputs that take a value which Azure assigns anew to a replaced resource."""
    if change.new is None or change.old is None:
        return change
    values: set[str] = set()
    for cause in changes:
        if cause.action == "replaced" and cause.new is not None:
            for path in _ASSIGNED.get(cause.type, ()):
                values.update(str(value) for _, value in find_values(cause.new.outputs, path))
    known = {difference.path for difference in change.differences}
    differences = [
        Difference(path, value, KNOWN_LATER)
        for key in change.new.property_dependencies
        for path, value in _list_texts(change.new.inputs.get(key), (key,))
        if path not in known and any(assigned in value for assigned in values)
    ]
    if not differences:
        return change
    action = "changed" if change.action in ("same", "renamed") else change.action
    return replace(change, action=action, differences=(*change.differences, *differences))


def _list_texts(value: Any, path: Path) -> Iterator[tuple[Path, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _list_texts(item, (*path, str(key)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            name = item.get("name", index) if isinstance(item, dict) else index
            yield from _list_texts(item, (*path, f"[{name}]"))


def _names(cause: Change, resource: Resource, path: str) -> bool:
    """Return whether a property contains the id of the replaced resource, or the name of the replaced object."""
    wanted = {cause.resource.id}
    if cause.type.startswith("kubernetes:"):
        wanted.add(_object_name(cause.resource))
    return any(isinstance(value, str) and value in wanted for _, value in find_values(resource.inputs, path))


def _is_below(path: str, key: str) -> bool:
    return path.startswith((f"{key}.", f"{key}[*]"))


def _object_name(resource: Resource) -> str:
    return str(dict(find_values(resource.outputs, "metadata.name")).get("metadata.name", ""))


def _provider_urn(resource: Resource) -> str:
    return (resource.provider or "").rpartition("::")[0]
