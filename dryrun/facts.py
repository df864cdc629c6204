"""The few facts of a plan that a reader wants first."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .plan import SECRET, Plan, Resource
from .tree import Component

# A warning of the program begins with the path of the setting that it is about.
_WARNING: Final = re.compile(r"(?P<path>[a-z][\w-]*:[\w.\[\]-]+): (?P<message>.+)", re.DOTALL)


def at(value: Any, *path: str | int) -> Any:
    """What stands at a path in nested maps and lists; None when the path ends early."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def made(plan: Plan) -> list[Resource]:
    """What would be made: every resource but the components."""
    return [resource for resource in plan.resources if resource.custom]


def protected(plan: Plan) -> list[Resource]:
    """The resources that Pulumi refuses to delete."""
    return [resource for resource in plan.resources if resource.protect]


def kept(plan: Plan) -> list[Resource]:
    """The resources that stay when the stack is destroyed."""
    return [resource for resource in plan.resources if resource.retain_on_delete]


def region(plan: Plan) -> str:
    """The Azure region."""
    groups = plan.all("azure-native:resources:ResourceGroup")
    found = plan.outputs.get("location") or (groups[0].inputs.get("location") if groups else None)
    return str(found or "unknown region")


def airflow(plan: Plan) -> str:
    """Airflow's version and executor, for example `Airflow 3.3.2, KubernetesExecutor`."""
    version, executor = plan.outputs.get("airflowVersion"), plan.outputs.get("airflowExecutor")
    return ", ".join([f"Airflow {version}" if version else "Airflow", *([str(executor)] if executor else [])])


def warning(text: str) -> tuple[str | None, str]:
    """The stack-file path of a warning, if it names one, and its message."""
    match = _WARNING.fullmatch(text)
    return (match["path"], match["message"]) if match else (None, text)


def secret_outputs(plan: Plan) -> int:
    """How many stack outputs are secret."""
    return sum(value == SECRET for value in plan.outputs.values())


def size(name: Any) -> str:
    """A machine size or product without the word that all of them share: `Standard_D4ds_v5` is `D4ds_v5`."""
    return str(name or "").removeprefix("Standard_")


def outbound(cluster: Component | None) -> str:
    """What the cluster's traffic to the internet goes through."""
    for resource in cluster.all("azure-native:containerservice:ManagedCluster") if cluster else ():
        kind = str(at(resource.inputs, "networkProfile", "outboundType") or "loadBalancer")
        return {
            "loadBalancer": "load balancer",
            "managedNATGateway": "NAT gateway",
            "userAssignedNATGateway": "NAT gateway",
            "userDefinedRouting": "own routes",
        }.get(kind, kind)
    return "internet"


@dataclass(frozen=True, kw_only=True)
class NodePool:
    """A node pool: its name in the stack file, how many nodes (`2`, `1 to 6`), and their labels."""

    name: str
    nodes: str
    size: str
    spot: bool
    labels: Mapping[str, Any]


def pools(cluster: Component) -> list[NodePool]:
    """The node pools of a cluster, the system pool first."""
    found = []
    for resource in cluster.all("azure-native:containerservice:ManagedCluster"):
        found += [(str(profile.get("name")), profile) for profile in at(resource.inputs, "agentPoolProfiles") or ()]
    for resource in cluster.all("azure-native:containerservice:AgentPool"):
        found.append((resource.name.removeprefix(f"{cluster.name}-pool-"), resource.inputs))
    return [
        NodePool(
            name=name,
            nodes=_range(profile.get("minCount", profile.get("count")), profile.get("maxCount")),
            size=size(profile.get("vmSize")),
            spot=profile.get("scaleSetPriority") == "Spot",
            labels=profile.get("nodeLabels") or {},
        )
        for name, profile in found
    ]


def _range(least: Any, most: Any) -> str:
    return str(least) if most in (None, least) else f"{least} to {most}"
