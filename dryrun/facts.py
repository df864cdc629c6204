"""Facts about a plan that both the page and the summary show."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from .plan import SECRET, Plan, Resource
from .tree import Component

# The program's warnings begin with the path of a setting in the stack file.
_WARNING: Final = re.compile(r"(?P<path>[a-z][\w-]*:[\w.\[\]-]+): (?P<message>.+)", re.DOTALL)


def look_up(value: Any, *path: str | int) -> Any:
    """Return the value at a path in nested mappings and lists; None if there is no value."""
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part)
        elif isinstance(value, Sequence) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return None
    return value


def list_created(plan: Plan) -> list[Resource]:
    """Return the resources that would be created: all resources except components."""
    return [resource for resource in plan.resources if resource.custom]


def list_protected(plan: Plan) -> list[Resource]:
    """Return the resources that Pulumi refuses to delete."""
    return [resource for resource in plan.resources if resource.protect]


def list_retained(plan: Plan) -> list[Resource]:
    """Return the resources that Pulumi removes from its state without deleting them."""
    return [resource for resource in plan.resources if resource.retain_on_delete]


def find_region(plan: Plan) -> str:
    """Return the Azure region."""
    groups = plan.all("azure-native:resources:ResourceGroup")
    found = plan.outputs.get("location") or (groups[0].inputs.get("location") if groups else None)
    return str(found or "unknown region")


def describe_airflow(plan: Plan) -> str:
    """Return Airflow's version and executor, for example `Airflow 3.3.2, KubernetesExecutor`."""
    if not plan.releases:
        return "without Airflow"
    version, executor = plan.outputs.get("airflowVersion"), plan.outputs.get("airflowExecutor")
    return ", ".join([f"Airflow {version}" if version else "Airflow", *([str(executor)] if executor else [])])


def split_warning(text: str) -> tuple[str | None, str]:
    """Return the path of a setting with which a warning begins, or None, and the message after it."""
    match = _WARNING.fullmatch(text)
    return (match["path"], match["message"]) if match else (None, text)


def count_secret_outputs(plan: Plan) -> int:
    """Return the number of stack outputs that are secret."""
    return sum(value == SECRET for value in plan.outputs.values())


def shorten_size(name: Any) -> str:
    """Return a VM size or SKU without the prefix that all sizes share: `D4ds_v5` for `Standard_D4ds_v5`."""
    return str(name or "").removeprefix("Standard_")


def describe_outbound(cluster: Component | None) -> str:
    """Return the name of the cluster's way to the internet, for example `NAT gateway` or `proxy, NAT gateway`."""
    for resource in cluster.all("azure-native:containerservice:ManagedCluster") if cluster else ():
        kind = str(look_up(resource.inputs, "networkProfile", "outboundType") or "loadBalancer")
        way = {
            "loadBalancer": "load balancer",
            "managedNATGateway": "NAT gateway",
            "userAssignedNATGateway": "NAT gateway",
            "userDefinedRouting": "route table",
            "none": "way of yours",
        }.get(kind, kind)
        return f"proxy, {way}" if look_up(resource.inputs, "httpProxyConfig", "httpProxy") else way
    return "internet"


@dataclass(frozen=True, kw_only=True)
class NodePool:
    """A node pool: its name in the stack file, its number of nodes (`2`, `1 to 6`), their VM size and labels."""

    name: str
    nodes: str
    vm_size: str
    spot: bool
    labels: Mapping[str, Any]

    @property
    def size(self) -> str:
        """The VM size without the prefix that all sizes share."""
        return shorten_size(self.vm_size)


def list_pools(cluster: Component) -> list[NodePool]:
    """Return the node pools of a cluster, the system pool first."""
    found = []
    for resource in cluster.all("azure-native:containerservice:ManagedCluster"):
        profiles = look_up(resource.inputs, "agentPoolProfiles") or ()
        found += [(str(profile.get("name")), profile) for profile in profiles]
    for resource in cluster.all("azure-native:containerservice:AgentPool"):
        found.append((resource.name.removeprefix(f"{cluster.name}-pool-"), resource.inputs))
    return [
        NodePool(
            name=name,
            nodes=_format_range(profile.get("minCount", profile.get("count")), profile.get("maxCount")),
            vm_size=str(profile.get("vmSize") or ""),
            spot=profile.get("scaleSetPriority") == "Spot",
            labels=profile.get("nodeLabels") or {},
        )
        for name, profile in found
    ]


def _format_range(least: Any, most: Any) -> str:
    return str(least) if most in (None, least) else f"{least} to {most}"
