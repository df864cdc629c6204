"""The picture's arrows without positions. Each arrow points from a caller to the callee."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from dryrun.facts import describe_outbound, look_up
from dryrun.plan import Plan
from dryrun.tree import Component

from .box import Box, find_inputs
from .gateway import describe_visitors


@dataclass(frozen=True, kw_only=True)
class Flow:
    """A request: an arrow from the caller to the callee. Both are keys of boxes, or `nodes` for the node pools.

    `private` is whether the request avoids public endpoints; None if the picture shows no access.
    """

    source: str
    target: str
    label: str
    note: str = ""
    private: bool | None = None


def list_flows(plan: Plan, aks: Component | None, found: Mapping[str, Box]) -> tuple[Flow, ...]:
    """Return the requests between existing boxes, each with the access to the Azure service that it calls."""
    release = next((release for release in plan.releases if release.inputs.get("chart") == "airflow"), None)
    values = look_up(release.inputs, "values") if release else None
    flows = (*_list_outside(plan, aks, values), *_list_inside(plan, values or {}, found))
    known = {*found, "nodes"}
    return tuple(_add_access(found, flow) for flow in flows if {flow.source, flow.target} <= known)


def uses_public_api_server(aks: Component | None) -> bool:
    """Return whether the cluster's API server has a public endpoint, which AKS gives it unless it is private."""
    inputs = find_inputs(aks, "azure-native:containerservice:ManagedCluster") if aks else {}
    return not look_up(inputs, "apiServerAccessProfile", "enablePrivateCluster")


def _list_outside(plan: Plan, aks: Component | None, values: Mapping[str, Any] | None) -> Iterator[Flow]:
    """Yield the requests of people, the requests of pods to the internet, and the requests for images."""
    way_out = f"via {describe_outbound(aks)}"
    if plan.outputs.get("airflowUrl"):
        who, internal = describe_visitors(plan)
        yield Flow(source="people", target="gateway", label="HTTPS", note=who, private=internal)
        yield Flow(source="gateway", target="airflow", label="HTTP")
    else:
        public = uses_public_api_server(aks)
        end = "public" if public else "private"
        yield Flow(
            source="people", target="airflow", label="port-forward", note=f"{end} API server", private=not public
        )
    period = look_up(values, "dags", "gitSync", "period")
    yield Flow(source="airflow", target="git", label=f"DAGs, every {period}" if period else "DAGs", note=way_out)
    yield Flow(source="tasks", target="internet", label="what DAGs call", note=way_out)
    yield Flow(source="images", target="registry", label="import")
    yield Flow(source="registry", target="sources", label="copies images", note="in Azure")
    yield Flow(source="nodes", target="registry", label="pull images")


def _list_inside(plan: Plan, values: Mapping[str, Any], found: Mapping[str, Box]) -> Iterator[Flow]:
    """Yield the requests of Airflow, its tasks, its Jobs and the secret sync."""
    executor = str(values.get("executor") or "")
    celery = "CeleryExecutor" in executor
    # Tasks of Airflow 3 use the API server. Tasks of Airflow 2 connect to the database.
    uses_api = not str(values.get("airflowVersion") or "").startswith("2.")
    # Celery workers get their tasks from the broker. Airflow only asks the workers for the logs of running tasks.
    yield Flow(source="airflow", target="tasks", label="live logs" if executor == "CeleryExecutor" else "starts")
    if uses_api:
        yield Flow(source="tasks", target="airflow", label="task API")
    yield Flow(source="tasks", target="logs", label="writes logs")
    shares_dags = any(share.name.endswith("-dags-share") for share in plan.all("azure-native:storage:FileShare"))
    yield Flow(source="airflow", target="logs", label="reads logs, DAGs" if shares_dags else "reads logs")
    if celery:
        yield Flow(source="airflow", target="broker", label="queues tasks")
        yield Flow(source="tasks", target="broker", label="takes tasks")
    pooled = "pooler" in found
    if celery or not uses_api:
        # Celery workers keep the results of tasks in the database.
        label = "results" if uses_api else "SQL"
        yield Flow(source="tasks", target="pooler" if pooled else "database", label=label)
    yield Flow(source="airflow", target="pooler" if pooled else "database", label="SQL")
    if pooled:
        yield Flow(source="pooler", target="database", label="SQL")
    yield Flow(source="migration", target="database", label="migrates")
    yield Flow(source="airflow", target="secrets", label="reads")
    yield Flow(source="sync", target="secrets", label="writes")
    yield Flow(source="sync", target="vault", label="reads secrets")
    roles = plan.all("azure-native:authorization:RoleAssignment")
    if any(role.name == "airflow-identity-reads-vault" for role in roles):
        yield Flow(source="airflow", target="vault", label="secrets backend")
    yield Flow(source="values", target="vault", label="stored in")


def _add_access(found: Mapping[str, Box], flow: Flow) -> Flow:
    """Return the flow with the access to the Azure service that it calls: private, or over a public endpoint."""
    box = found.get(flow.target)
    if box is None or box.private is None or flow.source in ("images", "values"):
        return flow
    return replace(flow, note=box.access if box.private else "public endpoint", private=box.private)
