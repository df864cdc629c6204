"""Chaos in a real cluster: its pod runs, what it may do, and which pods each target selects."""

from __future__ import annotations

import typing
from pathlib import Path

import pytest

from components.airflow.chaos_target import target_labels
from components.airflow.release_lines import family_of
from components.settings.chaos_section import ChaosTarget
from tests.cluster import applied_plan, task_pods
from tests.plans import plan_of

from .access_reviews import may
from .azure_view import AzureView
from .live_cluster import LiveCluster

NAMESPACE = "airflow"
TARGETS: tuple[ChaosTarget, ...] = typing.get_args(ChaosTarget)
OWNERS = {"ReplicaSet", "StatefulSet"}


@pytest.fixture(params=["3.3", "2.9"])
def release(request: pytest.FixtureRequest, cluster: LiveCluster, provider: Path) -> typing.Iterator[str]:
    plan = plan_of("prod", {"airflow.release": request.param, "chaos": {"target": "scheduler"}})
    cluster.clear()
    cluster.play(AzureView.of_plan(plan))
    applied_plan.apply(cluster, provider, plan)
    applied_plan.wait_until_running(cluster, NAMESPACE)
    task_pods.start(cluster)
    yield request.param
    cluster.end_playing()


def test_chaos_runs_and_can_delete_pods_of_its_target_alone(release: str, cluster: LiveCluster) -> None:
    api = cluster.api
    pods = [pod["metadata"] for pod in api.list("v1", "Pod", NAMESPACE)]
    (chaos,) = [pod for pod in pods if pod["labels"].get("component") == "chaos"]
    assert "a-task" in {pod["name"] for pod in pods}
    selected = {
        target: [
            pod for pod in pods if target_labels(target, family_of(release), "airflow").items() <= pod["labels"].items()
        ]
        for target in TARGETS
    }
    for target, found in selected.items():
        assert found, target
        assert {owner["kind"] for pod in found for owner in pod["ownerReferences"]} <= OWNERS
        assert chaos not in found
    names = [pod["name"] for found in selected.values() for pod in found]
    assert len(names) == len(set(names))
    others = {pod["labels"].get("component") for pod in pods if pod["name"] not in names}
    assert {"worker", "chaos", "statsd"} <= others
    _may_do_what_it_needs_and_no_more(cluster)


def _may_do_what_it_needs_and_no_more(cluster: LiveCluster) -> None:
    def chaos(verb: str, resource: str, namespace: str = NAMESPACE) -> bool:
        return may(cluster.api, NAMESPACE, "airflow-chaos", verb, resource, namespace)

    assert chaos("list", "pods")
    assert chaos("delete", "pods")
    assert chaos("create", "events")
    for verb, resource in (
        ("deletecollection", "pods"),
        ("create", "pods"),
        ("get", "secrets"),
        ("delete", "jobs"),
        ("delete", "deployments"),
        ("create", "pods/eviction"),
    ):
        assert not chaos(verb, resource), (verb, resource)
    assert not chaos("list", "pods", "kube-system")
    assert not chaos("list", "pods", "")
