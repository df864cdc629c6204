"""Every plan in a real cluster, strictly: what the API server refuses, what controllers make of it, and what runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.case_values import USER_SECRETS
from tests.cases import CASES
from tests.cluster import applied_plan, checks, task_pods
from tests.plans import plan_of

from .azure_view import AzureView
from .kubernetes_half import is_first
from .live_cluster import LiveCluster
from .waiting import wait_until

STORED = dict.fromkeys((*USER_SECRETS.values(), "airflow-example-com"), "stored by its owner")


@pytest.fixture(scope="session")
def shared_folder(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Path:
    """A folder that all processes of this run see."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if hasattr(request.config, "workerinput") else own


def serves(cluster: LiveCluster, address: str) -> bool:
    """Whether the Gateway says that it has its address."""
    gateway = cluster.api.get("gateway.networking.k8s.io/v1", "Gateway", "airflow", "airflow-gateway")
    return [one["value"] for one in gateway.get("status", {}).get("addresses", [])] == [address]


@pytest.mark.parametrize("name", CASES)
def test_plan_is_taken_and_runs(
    name: str, cluster: LiveCluster, provider: Path, shared_folder: Path, count: Callable[..., None]
) -> None:
    plan = plan_of(*CASES[name])
    if not is_first(plan, shared_folder):
        # Another plan gives the cluster the same, and is applied in its own test.
        count(plans=1)
        return
    cluster.clear()
    cluster.play(AzureView.of_plan(plan, STORED))
    made = applied_plan.apply(cluster, provider, plan)
    for namespace in plan.all("kubernetes:core/v1:Namespace"):
        applied_plan.wait_until_running(cluster, namespace.inputs["metadata"]["name"])
    task_pods.start(cluster)
    if plan.outputs["gatewayAddress"]:
        applied_plan.wait_until_running(cluster, "airflow-gateway")
        wait_until(lambda: serves(cluster, plan.outputs["gatewayAddress"]))
    played = cluster.played
    operators = (played.operator, played.gateway_operator, played.gateway, played.certificates)
    assert [refused for operator in operators for refused in operator.refused] == []
    count(plans=1, pods=checks.pods(cluster.api), objects=len(made))
