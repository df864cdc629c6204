"""What pods reach in plans with `network.egress: restricted`."""

from __future__ import annotations

from typing import Any

from dryrun.manifests import build_manifest
from dryrun.plan import Plan
from tests.cilium import HostTraffic
from tests.cluster.traffic import Endpoint, Traffic
from tests.plans import plan_of

RESTRICTED: dict[str, Any] = {
    "network.egress": "restricted",
    "network.allowedHosts": ["api.example.com", "*.example.org"],
}
AIRFLOW = ("api-server", "dag-processor", "scheduler", "triggerer", "worker")
LAUNCHED = {"kubernetes_pod_operator": "True"}
INTERNET = Endpoint(address="203.0.113.8")
NAMESPACES = ("airflow", "airflow-gateway", "cert-manager", "external-secrets", "kube-system", "kube-public", "default")


def hosts(changes: dict[str, Any] | None = None, namespace: str = "airflow", stack: str = "prod") -> HostTraffic:
    return HostTraffic(plan_of(stack, {**RESTRICTED, **(changes or {})}), namespace)


def addresses(plan: Plan) -> Traffic:
    """The network policies of Kubernetes."""
    policies = [build_manifest(policy) for policy in plan.all("kubernetes:networking.k8s.io/v1:NetworkPolicy")]
    return Traffic(policies, {name: {"kubernetes.io/metadata.name": name} for name in NAMESPACES})


def pod(component: str) -> dict[str, str]:
    return {"component": component}
