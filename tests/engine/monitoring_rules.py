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


def _check_rule(inputs: dict[str, Any]) -> None:
    frequency, window = _minutes(inputs["evaluationFrequency"]), _minutes(inputs["windowSize"])
    if frequency not in _FREQUENCIES or window not in _WINDOWS or window < frequency:
        raise CloudError(f"BadRequest: {inputs['evaluationFrequency']} over {inputs['windowSize']} is not offered")
    if not inputs.get("skipQueryValidation"):
        raise CloudError("BadRequest: a table of the query does not exist yet")


def _minutes(duration: str) -> int:
    number, unit = int(duration[2:-1]), duration[-1]
    return number * 60 if unit == "H" else number


def _check_workspace(cloud: SimulatedCloud, add_ons: dict[str, Any]) -> None:
    add_on = add_ons.get("omsagent", {})
    workspace = (add_on.get("config") or {}).get("logAnalyticsWorkspaceResourceID")
    # One of another subscription is beyond this cloud.
    ours = workspace is not None and workspace.split("/")[4].startswith("rg-airflow-")
    if add_on.get("enabled") and ours and not cloud.exists(workspace):
        raise CloudError(f"GetLogAnalyticsWorkspaceError: Unable to get log analytics workspace info: {workspace}")
