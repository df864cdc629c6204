"""What a plan gives the real cluster: its Kubernetes resources, and the node pools that its pods run on."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from dryrun.plan import Plan


def digest_of(plan: Plan) -> str:
    """The digest of everything in a plan that the cluster and its nodes see."""
    seen = [
        (resource.type, resource.name, resource.inputs)
        for resource in plan.resources
        if resource.type.startswith(("kubernetes:", "azure-native:containerservice:", "azure-native:keyvault:Secret"))
    ]
    without_azure = [
        (type_, name, inputs.get("agentPoolProfiles") if type_.endswith(":ManagedCluster") else inputs)
        for type_, name, inputs in seen
    ]
    return hashlib.sha256(json.dumps(without_azure, sort_keys=True, default=str).encode()).hexdigest()


def is_first(plan: Plan, folder: Path) -> bool:
    """Whether no process of this run has applied the same half; a folder that all of them share remembers it."""
    try:
        (folder / f"half-{digest_of(plan)}").touch(exist_ok=False)
    except FileExistsError:
        return False
    return True
