"""The content of the picture, without positions: boxes, the frames around them, and the requests between them."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Literal

from dryrun.facts import list_pools
from dryrun.plan import Plan, Resource
from dryrun.tree import Component, list_components

from . import azure, cluster, gateway, outside
from .box import Box, Text
from .connections import Flow, list_flows

Frame = Literal["group", "network", "cluster", "gateway_namespace", "namespace", "sync_namespace"]


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Boxes by key, frames, arrows, and a line of text for each node pool."""

    boxes: dict[str, Box]
    frames: dict[Frame, Box]
    flows: tuple[Flow, ...]
    pools: tuple[str, ...]


# The key of a component's box and the function that describes it, by the component's class.
_BOXES: Final = {
    "AirflowDatabaseMigration": ("migration", cluster.describe_migration),
    "AirflowRelease": ("airflow", cluster.describe_airflow),
    "AirflowSecrets": ("values", azure.describe_generated_secrets),
    "Broker": ("broker", azure.describe_broker),
    "Certificates": ("certificates", cluster.describe_certificates),
    "Chaos": ("other:chaos", cluster.describe_chaos),
    "Database": ("database", azure.describe_database),
    "Gateway": ("gateway", gateway.describe_gateway),
    # Below the services that have a place of their own.
    "GatewayAddress": ("other:gateway-address", gateway.describe_address),
    "ImageImports": ("images", azure.describe_images),
    "KeyVault": ("vault", azure.describe_key_vault),
    "LogStorage": ("logs", azure.describe_log_storage),
    "Registry": ("registry", azure.describe_registry),
    "SecretSync": ("sync", cluster.describe_secret_sync),
}
# What pods sign in as.
_IDENTITIES: Final = {
    "RemoteClusters": azure.describe_remote_clusters,
    "WorkloadIdentity": azure.describe_identity,
}
# Components whose resources exist only in Pulumi's state, or stand in the box of another component.
_NOT_DRAWN: Final = ("LogWorkspace", "StackRecord")
# Components in namespaces of their own, beside Airflow's.
_ELSEWHERE: Final = {
    "GpuPlugin": cluster.describe_gpu_plugin,
    "PodNamespaces": cluster.describe_pod_namespaces,
    "TeamAccess": cluster.describe_other,
    "TeamTasks": cluster.describe_other,
}
# Components that get no box if they have no resources in a stack.
_OFTEN_EMPTY: Final = ("AirflowStorage",)
_FRAMES: Final[dict[str, tuple[Frame, Text]]] = {
    "AirflowNamespace": ("namespace", cluster.describe_namespace),
    "Cluster": ("cluster", cluster.describe_cluster),
    "Network": ("network", azure.describe_network),
}


def describe_architecture(plan: Plan) -> Architecture:
    """Return the content of the picture, in which each component directly below the stack is a box or a frame."""
    found: dict[str, Box] = {}
    frames: dict[Frame, Box] = {}
    parts = list_components(plan)
    for part in parts:
        if part.class_name in _FRAMES:
            frame, text = _FRAMES[part.class_name]
            frames[frame] = text(part)
        elif part.class_name in _BOXES:
            key, text = _BOXES[part.class_name]
            found[key] = text(part)
        elif part.class_name in _IDENTITIES:
            found[f"identity:{part.name}"] = _IDENTITIES[part.class_name](part)
        elif part.class_name == "Monitoring":
            found[f"other:{part.name}"] = azure.describe_monitoring(part)
        elif part.class_name in _ELSEWHERE:
            found[f"elsewhere:{part.name}"] = replace(_ELSEWHERE[part.class_name](part), side="kubernetes")
        elif part.class_name not in _NOT_DRAWN and (part.resources or part.class_name not in _OFTEN_EMPTY):
            found[f"other:{part.name}"] = cluster.describe_other(part)
    if "network" in frames:
        frames["network"] = azure.add_zones_of_others(frames["network"], plan)
    groups = plan.all("azure-native:resources:ResourceGroup")
    if groups or plan.outputs.get("resourceGroupName"):
        group = azure.describe_resource_group(groups[0]) if groups else azure.describe_existing_group(plan)
        frames = {"group": group, **frames}
    _add_parts_of_components(plan, parts, found)
    sync = _find_component(parts, "SecretSync")
    place = cluster.describe_namespace_of_sync(sync) if sync else None
    if place:
        frames["sync_namespace"] = place
    if way_in := _find_component(parts, "Gateway"):
        frames["gateway_namespace"] = gateway.describe_namespace(way_in)
    aks = _find_component(parts, "Cluster")
    return Architecture(
        boxes=found,
        frames=frames,
        flows=list_flows(plan, aks, found),
        pools=tuple(cluster.format_pool(pool) for pool in list_pools(aks)) if aks else (),
    )


def _add_parts_of_components(plan: Plan, parts: tuple[Component, ...], found: dict[str, Box]) -> None:
    """Add the boxes that are no components: parts of Airflow, Kubernetes Secrets, and everything outside Azure."""
    aks, airflow, sync = (_find_component(parts, name) for name in ("Cluster", "AirflowRelease", "SecretSync"))
    if sync:
        found["secrets"] = cluster.describe_kubernetes_secrets(sync)
    if _find_component(parts, "ImageImports"):
        found["sources"] = outside.describe_image_sources(plan)
    release = _find_release(airflow)
    if airflow and release:
        found["people"] = outside.describe_people(plan)
        found["internet"] = outside.describe_internet(plan)
        found["tasks"] = cluster.describe_tasks(airflow, release, list_pools(aks) if aks else [])
        git, pooler = outside.describe_git(airflow, release), cluster.describe_pooler(airflow, release)
        found |= {key: box for key, box in (("git", git), ("pooler", pooler)) if box}


def _find_component(parts: tuple[Component, ...], class_name: str) -> Component | None:
    return next((part for part in parts if part.class_name == class_name), None)


def _find_release(airflow: Component | None) -> Resource | None:
    found = airflow.all("kubernetes:helm.sh/v3:Release") if airflow else []
    return found[0] if found else None
