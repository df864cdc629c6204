"""Small plans whose resources depend on each other, and what a change of them does."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from dryrun.comparison.changes import Change, Comparison
from dryrun.comparison.comparing import compare_plans
from dryrun.plan import Plan, Resource
from tests.dryrun.small_plan import resource, small_plan

GROUP = "azure-native:resources:ResourceGroup"
SUBNET = "azure-native:network:Subnet"
CLUSTER = "azure-native:containerservice:ManagedCluster"
POOL = "azure-native:containerservice:AgentPool"
SERVER = "azure-native:dbforpostgresql:Server"
DATABASE = "azure-native:dbforpostgresql:Database"
ENDPOINT = "azure-native:network:PrivateEndpoint"
IDENTITY = "azure-native:managedidentity:UserAssignedIdentity"
GRANT = "azure-native:authorization:RoleAssignment"
SHARE = "azure-native:storage:FileShare"
ACCOUNT = "azure-native:storage:StorageAccount"
PROVIDER = "pulumi:providers:kubernetes"
NAMESPACE = "kubernetes:core/v1:Namespace"
JOB = "kubernetes:batch/v1:Job"
RELEASE = "kubernetes:helm.sh/v3:Release"


def plan_of(*resources: Resource, **outputs: Any) -> Plan:
    return replace(small_plan(), resources=resources, outputs=outputs)


def wired(type_: str, name: str, inputs: Mapping[str, Any], takes: Mapping[str, Resource], **more: Any) -> Resource:
    """A resource with inputs that were computed from other resources."""
    dependencies = {key: (other.urn,) for key, other in takes.items()}
    return resource(type_, name, inputs=inputs, property_dependencies=dependencies, **more)


def azure(type_: str, name: str, id_: str, inputs: Mapping[str, Any], **more: Any) -> Resource:
    return resource(type_, name, inputs=inputs, id=id_, **more)


def compare(old: Resource | Plan, new: Resource | Plan) -> Comparison:
    sides = [side if isinstance(side, Plan) else plan_of(side) for side in (old, new)]
    return compare_plans(*sides)


def with_inputs(old: Resource, **inputs: Any) -> Resource:
    """The same resource with other inputs; None takes one away."""
    changed = {key: value for key, value in {**old.inputs, **inputs}.items() if value is not None}
    return replace(old, inputs=changed, outputs={**old.outputs, **changed})


def change_of(comparison: Comparison, name: str) -> Change:
    return next(change for change in comparison.changes if change.name == name)


def actions(comparison: Comparison) -> dict[str, str]:
    return {change.name: change.action for change in comparison.changes}


def texts(comparison: Comparison, severity: str) -> list[str]:
    return [found.text for found in comparison.consequences if found.severity == severity]
