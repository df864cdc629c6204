"""Every plan in a real cluster, strictly: what the API server refuses, what controllers make of it, and what runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cases import CASES, USER_SECRETS
from tests.cluster import applied_plan, checks, task_pods
from tests.plans import plan_of

from .azure_view import AzureView
from .live_cluster import LiveCluster

STORED = dict.fromkeys((*USER_SECRETS.values(), "airflow-example-com"), "stored by its owner")


@pytest.mark.parametrize("name", CASES)
def test_plan_is_taken_and_runs(name: str, cluster: LiveCluster, provider: Path, count: Callable[..., None]) -> None:
    plan = plan_of(*CASES[name])
    cluster.restore(cluster.empty)
    cluster.play(AzureView.of_plan(plan, STORED))
    made = applied_plan.apply(cluster.api, provider, plan)
    for namespace in plan.all("kubernetes:core/v1:Namespace"):
        applied_plan.wait_until_running(cluster.api, namespace.inputs["metadata"]["name"])
    task_pods.start(cluster.api)
    assert cluster.played.operator.refused + cluster.played.gateway_operator.refused == []
    count(plans=1, pods=checks.pods(cluster.api), objects=len(made))
