"""What the changes mean: data that is lost, updates that are refused, and what stops Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dryrun.plan import SECRET

from .airflow_pods import describe_release_change
from .changes import Change, Comparison, Consequence
from .data import list_lost, name_resource
from .differences import Difference, list_differences

_AGENT_POOL: Final = "azure-native:containerservice:AgentPool"
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_JOB: Final = "kubernetes:batch/v1:Job"
_STASH: Final = "pulumi:index:Stash"
# What it stops when a resource of a type is replaced or removed.
_STOPS_WHEN_GONE: Final = {
    _CLUSTER: "everything in the cluster stops, and running tasks are lost",
    "azure-native:network:PublicIPAddress": "its address changes, and allow lists of others have the old one",
    "azure-native:redisenterprise:Database": "queued tasks are lost",
    "azure-native:redisenterprise:RedisEnterprise": "queued tasks are lost",
    "kubernetes:core/v1:Namespace": "every object in it is deleted",
    "kubernetes:helm.sh/v3:Release": "its pods are deleted",
}
# What an update in place does, by type and the beginning of the property's path. Source: AKS, "Upgrade a cluster",
# "Upgrade node images"; Azure Database for PostgreSQL, "Scaling resources", "Major version upgrades", "Server
# parameters".
_STOPS_WHEN_CHANGED: Final = (
    (_CLUSTER, "kubernetesVersion", "the control plane is upgraded: calls to the Kubernetes API can fail for minutes"),
    (_CLUSTER, "agentPoolProfiles", "its system nodes can be replaced one after another, and their pods move"),
    (_AGENT_POOL, "orchestratorVersion", "its nodes are drained one after another: tasks on them are stopped"),
    (_AGENT_POOL, "osSKU", "its nodes are drained one after another: tasks on them are stopped"),
    (_AGENT_POOL, "maxCount", "nodes above a lower maximum are drained: tasks on them are stopped"),
    (
        "azure-native:dbforpostgresql:Server",
        "sku",
        "the server restarts, or fails over if it is highly available: connections drop for a minute or two, and the "
        "scheduler and running tasks reconnect or fail",
    ),
    ("azure-native:dbforpostgresql:Server", "version", "a major upgrade: the server is offline for several minutes"),
    (
        "azure-native:dbforpostgresql:Server",
        "highAvailability",
        "connections can drop while the standby is made or removed",
    ),
    (
        "azure-native:dbforpostgresql:Configuration",
        "value",
        "a static parameter needs a restart of the server, which Pulumi does not do",
    ),
    ("azure-native:redisenterprise:RedisEnterprise", "sku", "connections to the broker drop while it scales"),
)


def list_consequences(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what the changes mean, the worst first."""
    found = [
        *list_lost(comparison),
        *_list_refused(comparison),
        *_list_stops(comparison),
        *_list_notes(comparison),
    ]
    for severity in ("data", "refused", "stops", "note"):
        yield from (consequence for consequence in found if consequence.severity == severity)


def _list_refused(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what makes `pulumi up` fail."""
    yield from _list_refused_records(comparison)
    for change in comparison.changes:
        if change.is_refused and any(reason.cause is None for reason in change.reasons):
            paths = ", ".join(reason.path for reason in change.reasons if reason.cause is None)
            text = f"{name_resource(change.resource)}: Azure does not change {paths} in place, so `pulumi up` fails"
            yield Consequence(severity="refused", text=f"{text}; see docs/moving-a-stack.md", urn=change.urn)
    removed = {change.old.id: change for change in comparison.of("removed") if change.old and _has_own_name(change)}
    for change in comparison.of("added"):
        former = removed.get(change.resource.id)
        if former is not None and _has_own_name(change):
            text = (
                f"{name_resource(change.resource)} is added as {change.name} while the one of {former.name} still has "
                "the name, so `pulumi up` fails. An alias makes this a rename"
            )
            yield Consequence(severity="refused", text=text, urn=change.urn)


def _has_own_name(change: Change) -> bool:
    return bool(change.resource.id) and change.type.startswith(("azure-native:", "kubernetes:"))


def _list_refused_records(comparison: Comparison) -> Iterator[Consequence]:
    """Yield the settings that the program records when it makes a stack, and later refuses to change.

    A record is a stash that ignores changes of its input, so that its first value stays.
    """
    before = {resource.urn: resource for resource in comparison.old.all(_STASH)}
    for record in comparison.new.all(_STASH):
        old = before.get(record.urn)
        if old is None or "input" not in record.ignore_changes:
            continue
        for found in list_differences(old.inputs.get("input"), record.inputs.get("input")):
            was, now = (str(value).strip('"') for value in (found.old, found.new))
            setting = ".".join(found.path) or record.name
            text = f"{setting} is {now}, and the stack was made with {was}: `pulumi up` refuses it"
            yield Consequence(severity="refused", text=text, urn=record.urn)


def _list_stops(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what stops Airflow or a part of it."""
    cluster_gone = any(change.type == _CLUSTER and change.is_gone for change in comparison.changes)
    for change in comparison.changes:
        name = name_resource(change.resource)
        if _goes_with_container(change) or (change.type == _AGENT_POOL and cluster_gone):
            continue
        if change.type == _AGENT_POOL and change.is_gone:
            yield Consequence(severity="stops", text=f"{name} is {change.action}: {_drain(change)}", urn=change.urn)
        elif change.is_gone and change.type in _STOPS_WHEN_GONE:
            text = f"{name} is {change.action}: {_STOPS_WHEN_GONE[change.type]}"
            yield Consequence(severity="stops", text=text, urn=change.urn)
        elif change.action == "changed":
            for type_, path, effect in _STOPS_WHEN_CHANGED:
                if change.type == type_ and any(_is_at(difference, path) for difference in change.differences):
                    yield Consequence(severity="stops", text=f"{name}, {path}: {effect}", urn=change.urn)
            yield from describe_release_change(change)
        if change.type.startswith("random:") and "fernet-key" in change.name and change.is_gone:
            text = f"{name} is {change.action}: Airflow cannot decrypt its connections and variables with another key"
            yield Consequence(severity="stops", text=text, urn=change.urn)


def _goes_with_container(change: Change) -> bool:
    return bool(change.reasons) and all(reason.source == "container" for reason in change.reasons)


def _drain(change: Change) -> str:
    if change.action == "replaced" and change.new and change.old and change.new.id != change.old.id:
        return "new nodes come first, then the old ones are drained, and tasks on them are stopped"
    return "its nodes are drained, and tasks on them are stopped"


def _is_at(difference: Difference, path: str) -> bool:
    return difference.path[:1] == (path,)


def _list_notes(comparison: Comparison) -> Iterator[Consequence]:
    for change in comparison.changes:
        name = name_resource(change.resource)
        for difference in change.differences:
            if difference.path == ("option protect",) and difference.old is True:
                text = f"{name} is no longer protected: Pulumi may delete it"
                yield Consequence(severity="note", text=text, urn=change.urn)
        if change.type == _JOB and change.action in ("added", "replaced") and not _goes_with_container(change):
            yield Consequence(severity="note", text=f"{name} runs with this update", urn=change.urn)
    if any(_contains_secret(resource.inputs) for resource in comparison.new.resources):
        text = f"Secrets are {SECRET} on both sides: a change of a secret's value alone cannot be seen here"
        yield Consequence(severity="note", text=text)


def _contains_secret(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_contains_secret, value.values()))
    return any(map(_contains_secret, value)) if isinstance(value, list) else value == SECRET
