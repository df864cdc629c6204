"""A node that is drained, as an upgrade of AKS does it: by evictions, which PodDisruptionBudgets hold up."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable

import pytest

from tests.cluster import checks
from tests.cluster.kubectl import cordon, evict

from .api import Api, Object
from .workspace import ClusterWorkspace

Living = Callable[..., ClusterWorkspace]
# A drain asks again as long as a budget refuses. Pods are ready again within seconds here.
SECONDS = 90.0


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_every_pod_of_a_drained_node_moves_and_budgets_hold(
    stack: str, living: Living, count: Callable[..., None]
) -> None:
    api = living(stack).cluster.api
    assert _budgets(api), "there is something to hold"
    blocking = [name for name, status in _budgets(api).items() if status["disruptionsAllowed"] < 1]
    assert not blocking, "a budget that allows nothing blocks every drain"
    node = _busiest(api)
    cordon(api, node)
    end = time.monotonic() + SECONDS
    moved = 0
    while pods := _on(api, node):
        assert time.monotonic() < end, [checks.why_not(pod) for pod in pods]
        for pod in pods:
            if "deletionTimestamp" not in pod["metadata"] and evict(api, pod):
                moved += 1
            _assert_budgets_hold(api)
        time.sleep(0.2)
    checks.wait_until_every_pod_runs(api)
    assert moved
    assert not _on(api, node)
    count(faults=1, pods=moved)


def _on(api: Api, node: str) -> list[Object]:
    """Pods that a drain moves: Jobs' pods that have ended stay."""
    pods = [pod for pod in api.list("v1", "Pod") if pod["spec"].get("nodeName") == node]
    return [pod for pod in pods if pod["status"].get("phase") not in ("Succeeded", "Failed")]


def _busiest(api: Api) -> str:
    counts = Counter(pod["spec"]["nodeName"] for pod in api.list("v1", "Pod", "airflow") if checks.running(pod))
    return counts.most_common(1)[0][0]


def _budgets(api: Api) -> dict[str, Object]:
    return {item["metadata"]["name"]: item["status"] for item in api.list("policy/v1", "PodDisruptionBudget")}


def _assert_budgets_hold(api: Api) -> None:
    broken = [name for name, status in _budgets(api).items() if status["currentHealthy"] < status["desiredHealthy"]]
    assert not broken
