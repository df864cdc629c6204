"""What the changes mean: data that is lost, updates that are refused, and what stops Airflow."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from dryrun.plan import SECRET

from .airflow_pods import describe_release_change
from .changes import Change, Comparison, Consequence
from .data import list_lost, name_resource
from .differences import Difference
from .kept_settings import list_kept_settings
from .moved_images import list_moved_images
from .private_names import list_name_changes
from .refused_records import list_refused_records

_AGENT_POOL: Final = "azure-native:containerservice:AgentPool"
_CLUSTER: Final = "azure-native:containerservice:ManagedCluster"
_PROVIDER: Final = "pulumi:providers:kubernetes"
_JOB: Final = "kubernetes:batch/v1:Job"
_LOWER_MAXIMUM: Final = "maxCount"
# What it stops when a resource of a type is replaced or removed.
_STOPS_WHEN_GONE: Final = {
    _CLUSTER: "everything in the cluster stops, and running tasks are lost",
    _PROVIDER: "every object in the cluster is made anew, and running tasks are lost",
    "azure-native:network:PublicIPAddress": "its address changes, and allow lists of others have the old one",
    "azure-native:redisenterprise:Database": "queued tasks are lost",
    "azure-native:redisenterprise:RedisEnterprise": "queued tasks are lost",
    "kubernetes:core/v1:Namespace": "every object in it is deleted",
    "kubernetes:helm.sh/v3:Release": "its pods are deleted",
}
_REIMAGED: Final = "AKS reimages every node, one after another: pods move, and tasks on the nodes are stopped"
# What an update in place does, by type and the beginning of the property's path. Source: AKS, "Upgrade a cluster",
# "Upgrade node images", "HTTP proxy support", "Custom certificate authority"; Azure Database for PostgreSQL, "Scaling
# resources", "Major version upgrades", "Server parameters".
_STOPS_WHEN_CHANGED: Final = (
    (_CLUSTER, "kubernetesVersion", "the control plane is upgraded: calls to the Kubernetes API can fail for minutes"),
    (_CLUSTER, "agentPoolProfiles[*].orchestratorVersion", "the system nodes are drained one after another"),
    (_CLUSTER, "agentPoolProfiles[*].osSKU", "the system nodes are drained one after another"),
    (_CLUSTER, "httpProxyConfig", _REIMAGED),
    (_CLUSTER, "securityProfile.customCATrustCertificates", _REIMAGED),
    (_AGENT_POOL, "orchestratorVersion", "its nodes are drained one after another: tasks on them are stopped"),
    (_AGENT_POOL, "osSKU", "its nodes are drained one after another: tasks on them are stopped"),
    (_AGENT_POOL, _LOWER_MAXIMUM, "nodes above the lower maximum are drained: tasks on them are stopped"),
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
        *list_name_changes(comparison),
        *list_moved_images(comparison),
        *_list_notes(comparison),
    ]
    for severity in ("data", "refused", "stops", "note"):
        yield from (consequence for consequence in found if consequence.severity == severity)


def _list_refused(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what makes `pulumi up` fail."""
    yield from list_refused_records(comparison)
    for change in comparison.changes:
        if change.is_refused and any(reason.cause is None for reason in change.reasons):
            paths = ", ".join(reason.path for reason in change.reasons if reason.cause is None)
            text = f"{name_resource(change.resource)}: Azure does not change {paths} in place, so `pulumi up` fails"
            yield Consequence(severity="refused", text=f"{text}; see docs/moving-a-stack.md", urn=change.urn)
    yield from _list_collisions(comparison)


def _list_collisions(comparison: Comparison) -> Iterator[Consequence]:
    """Yield the resources that are added under the name of one that is removed: Pulumi adds before it removes.

    Creating an Azure resource or a Helm release of that name fails. The Kubernetes provider takes an object of that
    name over, and then deletes it as the removed one. Source: pulumi-kubernetes, "Server-Side Apply", upsert.
    """
    removed = {(change.type, change.resource.id): change.name for change in comparison.of("removed")}
    for change in comparison.of("added"):
        former = removed.get((change.type, change.resource.id))
        if former is None or not change.type.startswith(("azure-native:", "kubernetes:")):
            continue
        text = f"{name_resource(change.resource)} is added as {change.name} while {former} still has the name"
        fails = change.type.startswith(("azure-native:", "kubernetes:helm.sh/"))
        end = "so `pulumi up` fails" if fails else "so Pulumi deletes it at the end"
        yield Consequence(severity="refused", text=f"{text}, {end}. An alias makes this a rename", urn=change.urn)


def _list_stops(comparison: Comparison) -> Iterator[Consequence]:
    """Yield what stops Airflow or a part of it."""
    cluster_gone = any(change.type == _CLUSTER and change.is_gone for change in comparison.changes)
    for change in comparison.changes:
        name = name_resource(change.resource)
        if _goes_with_cluster(change) or (cluster_gone and change.type in (_AGENT_POOL, _PROVIDER)):
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
        # Not the letters at the end of a secret's name.
        key = change.type.startswith("random:") and not change.type.endswith(":RandomId")
        if key and "fernet-key" in change.name and change.is_gone:
            text = f"{name} is {change.action}: Airflow cannot decrypt its connections and variables with another key"
            yield Consequence(severity="stops", text=text, urn=change.urn)


def _goes_with_cluster(change: Change) -> bool:
    """Return whether an object is replaced because its cluster or its provider is, which is said once for all."""
    sources = {reason.source for reason in change.reasons}
    return bool(sources) and sources <= {"container", "kubernetes provider"}


def _drain(change: Change) -> str:
    if change.action == "replaced" and change.new and change.old and change.new.id != change.old.id:
        return "new nodes come first, then the old ones are drained, and tasks on them are stopped"
    return "its nodes are drained, and tasks on them are stopped"


def _is_at(difference: Difference, path: str) -> bool:
    """Return whether a difference is at or below a path with `[*]` for any item; of a maximum, only a lower one."""
    if path == _LOWER_MAXIMUM and not _is_lower(difference):
        return False
    wanted = path.replace("[*]", ".[*]").split(".")
    own = ["[*]" if part.startswith("[") else part for part in difference.path]
    return own[: len(wanted)] == wanted


def _is_lower(difference: Difference) -> bool:
    return isinstance(difference.old, int) and isinstance(difference.new, int) and difference.new < difference.old


def _list_notes(comparison: Comparison) -> Iterator[Consequence]:
    for change in comparison.changes:
        name = name_resource(change.resource)
        for difference in change.differences:
            if difference.path == ("protect",) and difference.old is True:
                text = f"{name} is no longer protected: Pulumi may delete it"
                yield Consequence(severity="note", text=text, urn=change.urn)
        if change.type == _JOB and change.action in ("added", "replaced") and not _goes_with_cluster(change):
            yield Consequence(severity="note", text=f"{name} runs with this update", urn=change.urn)
    yield from list_kept_settings(comparison)
    for warning in comparison.new.warnings:
        if warning not in comparison.old.warnings:
            yield Consequence(severity="note", text=f"new warning: {warning}")
    if any(_contains_secret(resource.inputs) for resource in comparison.new.resources):
        text = f"Secrets are {SECRET} on both sides: a change of a secret's value alone cannot be seen here"
        yield Consequence(severity="note", text=text)


def _contains_secret(value: object) -> bool:
    if isinstance(value, dict):
        return any(map(_contains_secret, value.values()))
    return any(map(_contains_secret, value)) if isinstance(value, list) else value == SECRET
