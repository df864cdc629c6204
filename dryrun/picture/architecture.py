"""What stands where in a plan and what flows between it: the content of the picture, without its geometry."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from dryrun.facts import at, outbound, pools
from dryrun.plan import Plan, Resource
from dryrun.tree import Component, components

from . import azure, cluster, outside
from .box import Box, Text

Frame = Literal["group", "network", "cluster", "namespace"]


@dataclass(frozen=True, kw_only=True)
class Flow:
    """An arrow. `private` says whether it stays off public endpoints; None where that is no question."""

    source: str
    target: str
    label: str
    note: str = ""
    private: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Architecture:
    """Boxes by key, the frames around them, and the arrows between them."""

    boxes: dict[str, Box]
    frames: dict[Frame, Box]
    flows: tuple[Flow, ...]
    pools: tuple[str, ...]


# Class of a component to the key and the text of its box.
_BOXES: Final = {
    "AirflowDatabaseMigration": ("migration", cluster.migration),
    "AirflowRelease": ("airflow", cluster.airflow),
    "AirflowSecrets": ("values", azure.generated_secrets),
    "Broker": ("broker", azure.broker),
    "Database": ("database", azure.database),
    "ImageImports": ("images", azure.images),
    "KeyVault": ("vault", azure.key_vault),
    "LogStorage": ("logs", azure.log_storage),
    "Registry": ("registry", azure.registry),
    "SecretSync": ("sync", cluster.secret_sync),
}
# Components that stand for nothing where a setting mounts nothing.
_OFTEN_EMPTY: Final = ("AirflowStorage",)
_FRAMES: Final[dict[str, tuple[Frame, Text]]] = {
    "AirflowNamespace": ("namespace", cluster.namespace),
    "Cluster": ("cluster", cluster.cluster),
    "Network": ("network", azure.network),
}


def architecture(plan: Plan) -> Architecture:
    """The picture's content: every component that the program makes is a box or a frame in it."""
    found: dict[str, Box] = {}
    frames: dict[Frame, Box] = {}
    parts = components(plan)
    for part in parts:
        if part.class_name in _FRAMES:
            frame, text = _FRAMES[part.class_name]
            frames[frame] = text(part)
        elif part.class_name in _BOXES:
            key, text = _BOXES[part.class_name]
            found[key] = text(part)
        elif part.class_name == "WorkloadIdentity":
            found[f"identity:{part.name}"] = azure.identity(part)
        elif part.resources or part.class_name not in _OFTEN_EMPTY:
            found[f"other:{part.name}"] = cluster.other(part)
    groups = plan.all("azure-native:resources:ResourceGroup")
    if groups:
        frames = {"group": azure.resource_group(groups[0]), **frames}
    _add_parts_of_components(plan, parts, found)
    aks = _one(parts, "Cluster")
    return Architecture(
        boxes=found,
        frames=frames,
        flows=tuple(flow for flow in _flows(plan, aks, found) if {flow.source, flow.target} <= {*found, "nodes"}),
        pools=tuple(cluster.pool_text(pool) for pool in pools(aks)) if aks else (),
    )


def _add_parts_of_components(plan: Plan, parts: tuple[Component, ...], found: dict[str, Box]) -> None:
    """Boxes for what is no component of its own: parts of Airflow, synced secrets, and the world outside Azure."""
    aks, airflow, sync = (_one(parts, name) for name in ("Cluster", "AirflowRelease", "SecretSync"))
    if sync:
        found["secrets"] = cluster.kubernetes_secrets(sync)
    if _one(parts, "ImageImports"):
        found["sources"] = outside.image_sources(plan)
    release = _release(airflow)
    if airflow and release:
        found["people"] = outside.people(plan, aks)
        found["tasks"] = cluster.tasks(airflow, release, pools(aks) if aks else [])
        for key, box in (("git", outside.git(airflow, release)), ("pooler", cluster.pooler(airflow, release))):
            if box:
                found[key] = box


def _flows(plan: Plan, aks: Component | None, found: dict[str, Box]) -> Iterable[Flow]:
    release = next((release for release in plan.releases if release.inputs.get("chart") == "airflow"), None)
    url = plan.outputs.get("airflowUrl")
    yield Flow(
        source="people", target="airflow", label="HTTPS" if url else "port-forward", note="" if url else "kubectl"
    )
    period = at(release.inputs, "values", "dags", "gitSync", "period") if release else None
    way_out = f"via {outbound(aks)}"
    yield Flow(source="git", target="airflow", label=f"DAGs, every {period}" if period else "DAGs", note=way_out)
    yield Flow(source="sources", target="images", label="copied by Azure")
    yield Flow(source="images", target="registry", label="imported")
    yield _reached(found, Flow(source="registry", target="nodes", label="nodes pull"))
    yield Flow(source="airflow", target="tasks", label="starts")
    yield _reached(found, Flow(source="tasks", target="logs", label="task logs"))
    yield Flow(source="airflow", target="pooler", label="queries")
    yield _reached(found, Flow(source="pooler" if "pooler" in found else "airflow", target="database", label="SQL"))
    yield _reached(found, Flow(source="airflow", target="broker", label="tasks for workers"))
    yield Flow(source="migration", target="airflow", label="runs first")
    yield _reached(found, Flow(source="migration", target="database", label="migrates"))
    yield Flow(source="values", target="vault", label="stored in")
    yield _reached(found, Flow(source="vault", target="sync", label="reads secrets"))
    yield Flow(source="sync", target="secrets", label="keeps equal")
    yield Flow(source="secrets", target="airflow", label="read by pods")


def _reached(found: dict[str, Box], flow: Flow) -> Flow:
    """The flow with how Azure's end of it is reached."""
    box = next(
        (found[key] for key in (flow.source, flow.target) if key in found and found[key].private is not None), None
    )
    if box is None:
        return flow
    note = box.access if box.private else "public endpoint"
    return Flow(source=flow.source, target=flow.target, label=flow.label, note=note, private=box.private)


def _one(parts: tuple[Component, ...], class_name: str) -> Component | None:
    return next((part for part in parts if part.class_name == class_name), None)


def _release(airflow: Component | None) -> Resource | None:
    found = airflow.all("kubernetes:helm.sh/v3:Release") if airflow else []
    return found[0] if found else None
