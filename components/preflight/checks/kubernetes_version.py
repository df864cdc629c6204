"""The version of Kubernetes: offered by AKS in the region."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.azure.kubernetes_versions import minor
from components.preflight.findings import Finding, fail, passed, warn
from components.preflight.operations import LIST_KUBERNETES_VERSIONS
from components.preflight.situation import Situation
from components.preflight.stack_in_azure import CLUSTER

_SETTING: Final = "airflow-aks:cluster.kubernetesVersion"
_LONG_TERM: Final = "AKSLongTermSupport"
_COMMUNITY: Final = "KubernetesOfficial"


def check_kubernetes_version(situation: Situation) -> Iterator[Finding]:
    """AKS offers the minor version, with the support plan of the cluster's tier.

    A cluster that exists may have a version that Azure no longer offers: a new one may not.
    """
    settings, location = situation.settings.cluster, situation.location
    wanted, plan = settings.kubernetes_version, _LONG_TERM if settings.tier == "Premium" else _COMMUNITY
    answer = situation.arm.get(LIST_KUBERNETES_VERSIONS, location=location)
    versions = {str(entry["version"]): entry for entry in answer.get("values") or ()}
    offered = [
        version
        for version in sorted(versions, key=minor)
        if plan in (versions[version].get("capabilities") or {}).get("supportPlan", [_COMMUNITY])
        and not versions[version].get("isPreview")
    ]
    if wanted in offered:
        patches = sorted(versions[wanted].get("patchVersions") or {})
        yield passed(f"{wanted} is offered in {location}" + (f": {', '.join(patches)}" if patches else ""))
        return
    preview = bool(versions.get(wanted, {}).get("isPreview"))
    state = "only a preview" if preview else f"not offered in {location} with tier {settings.tier}"
    remedy = f"use one of {', '.join(offered)}" if offered else "choose another region"
    if situation.stack.has(CLUSTER, situation.names.cluster):
        yield warn(f"{wanted} is {state}, so that the cluster could not be made again", remedy, _SETTING)
    else:
        yield fail(f"{wanted} is {state}", remedy, _SETTING)
