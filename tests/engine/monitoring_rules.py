"""What Azure Monitor refuses and does, as far as a simulation can know it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .refusal import CloudError

if TYPE_CHECKING:
    from .simulated_cloud import SimulatedCloud

_SETTING = "azure-native:monitor:DiagnosticSetting"
# Azure Monitor, "Types of Azure Monitor alerts": minutes between two evaluations, and minutes that each looks at.
_FREQUENCIES = {1, 5, 10, 15, 30, 45, 60, 120, 180, 240, 300, 360, 1440}
_WINDOWS = {*_FREQUENCIES, 2880}
# Azure Monitor, "Configure log collection in Container insights", stream values.
_STREAMS = {
    f"Microsoft-{table}"
    for table in (
        "ContainerInventory",
        "ContainerLog",
        "ContainerLogV2",
        "ContainerNodeInventory",
        "InsightsMetrics",
        "KubeEvents",
        "KubeMonAgentEvents",
        "KubeNodeInventory",
        "KubePVInventory",
        "KubePodInventory",
        "KubeServices",
        "Perf",
    )
}


def check_create(cloud: SimulatedCloud, kind: str, inputs: dict[str, Any]) -> None:
    """Refuse what Azure Monitor would refuse."""
    match kind:
        case "monitor:DiagnosticSetting":
            _check_sink(cloud, inputs)
        case "monitor:ActionGroup":
            if len(inputs["groupShortName"]) > 12 or inputs["location"] != "Global":
                raise CloudError("BadRequest: a short name has 12 characters, and the group is global")
            names = [receiver["name"] for receiver in inputs.get("emailReceivers", [])]
            if len(names) != len(set(names)):
                raise CloudError("ReceiverNameIsNotUnique: each receiver needs a name of its own")
        case "monitor:DataCollectionRule":
            _check_streams(cloud, inputs)
        case "monitor:MetricAlert":
            if inputs["location"] != "global":
                raise CloudError("BadRequest: a metric alert is global")
        case "monitor:ScheduledQueryRule":
            _check_rule(inputs)
        case "containerservice:ManagedCluster":
            _check_workspace(cloud, inputs.get("addonProfiles", {}))


def check_update(cloud: SimulatedCloud, type_: str, old: dict[str, Any], new: dict[str, Any]) -> None:
    """Refuse a change as well.

    AKS asks for the workspace that its add-on names, also when the request turns the add-on off (Azure/AKS 1636).
    """
    kind = type_.partition(":")[2]
    if kind == "containerservice:ManagedCluster":
        _check_workspace(cloud, old.get("addonProfiles", {}))
        _check_workspace(cloud, new.get("addonProfiles", {}))
    elif kind == "monitor:ScheduledQueryRule":
        _check_rule(new)


def goes_with_its_parent(type_: str) -> bool:
    """Azure keeps the diagnostic settings of a resource that is deleted (azure-docs issue 100347)."""
    return type_ != _SETTING


def _check_sink(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """Five settings at most for a resource, and each category once for a workspace."""
    others = [
        item.inputs
        for item in cloud.objects.values()
        if item.type == _SETTING and item.inputs["resourceUri"] == inputs["resourceUri"]
    ]
    if len(others) >= 5:
        raise CloudError("Conflict: a resource has at most 5 diagnostic settings")
    categories = {log["category"] for log in inputs["logs"]}
    for other in others:
        used = categories & {log["category"] for log in other["logs"]}
        if used and other["workspaceId"] == inputs["workspaceId"]:
            raise CloudError(f"Conflict: Data sink is already used in diagnostic setting for category {sorted(used)}")


def _check_streams(cloud: SimulatedCloud, inputs: dict[str, Any]) -> None:
    """Known streams, from a source to a destination that is there."""
    (source,), (flow,) = inputs["dataSources"]["extensions"], inputs["dataFlows"]
    (destination,) = inputs["destinations"]["logAnalytics"]
    unknown = {*source["streams"], *flow["streams"]} - _STREAMS
    if unknown or flow["destinations"] != [destination["name"]]:
        raise CloudError(f"InvalidPayload: streams {sorted(unknown)} to {flow['destinations']}")
    workspace = destination["workspaceResourceId"]
    if _is_here(workspace) and not cloud.exists(workspace):
        raise CloudError(f"InvalidPayload: no workspace {workspace}")


def _check_rule(inputs: dict[str, Any]) -> None:
    frequency, window = _minutes(inputs["evaluationFrequency"]), _minutes(inputs["windowSize"])
    if frequency not in _FREQUENCIES or window not in _WINDOWS or window < frequency:
        raise CloudError(f"BadRequest: {inputs['evaluationFrequency']} over {inputs['windowSize']} is not offered")
    # Azure, "Microsoft.Insights scheduledQueryRules", condition.
    operators = {"Equals", "GreaterThan", "GreaterThanOrEqual", "LessThan", "LessThanOrEqual"}
    if {condition["operator"] for condition in inputs["criteria"]["allOf"]} - operators:
        raise CloudError("BadRequest: the operator of a condition is not one of these")
    if not inputs.get("skipQueryValidation"):
        raise CloudError("BadRequest: a table of the query does not exist yet")


def _minutes(duration: str) -> int:
    number, unit = int(duration[2:-1]), duration[-1]
    return number * 60 if unit == "H" else number


def _check_workspace(cloud: SimulatedCloud, add_ons: dict[str, Any]) -> None:
    add_on = add_ons.get("omsagent", {})
    workspace = (add_on.get("config") or {}).get("logAnalyticsWorkspaceResourceID")
    if add_on.get("enabled") and _is_here(workspace) and not cloud.exists(workspace):
        raise CloudError(f"GetLogAnalyticsWorkspaceError: Unable to get log analytics workspace info: {workspace}")


def _is_here(workspace: str) -> bool:
    """Whether a workspace would be in this cloud: one of another group is not."""
    return workspace.split("/")[4].startswith("rg-airflow-")
