"""Every plan in a real cluster, strictly: what the API server refuses, what controllers make of it, and what runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from tests.cases import CASES
from tests.cluster import applied_plan, checks
from tests.engine.workspace import wait_until
from tests.plans import plan_of

from .api import Api, Object
from .azure_view import AzureView
from .live_cluster import LiveCluster

NAMESPACE = "airflow"


@pytest.mark.parametrize("name", CASES)
def test_plan_is_taken_and_runs(name: str, cluster: LiveCluster, provider: Path, count: Callable[..., None]) -> None:
    plan = plan_of(*CASES[name])
    cluster.restore(cluster.empty)
    cluster.play(AzureView.of_plan(plan))
    applied_plan.apply(cluster.api, provider, plan)
    applied_plan.wait_until_running(cluster.api, NAMESPACE)
    runs = [*_task_pods(cluster.api), *_cron_pods(cluster.api)]
    wait_until(lambda: all(map(checks.running, _found(cluster.api, runs))), 60)
    assert cluster.played.operator.refused == []
    count(plans=1, pods=checks.pods(cluster.api), objects=len(cluster.api.list("v1", "Secret")))


def _task_pods(api: Api) -> list[str]:
    """A pod as KubernetesExecutor makes one, from the chart's template and with the scheduler's rights."""
    config = api.find("v1", "ConfigMap", "airflow-config", NAMESPACE) or {"data": {}}
    text = config["data"].get("pod_template_file.yaml")
    if not text or "KubernetesExecutor" not in config["data"]["airflow.cfg"]:
        return []
    pod = yaml.safe_load(text)
    pod["metadata"] |= {"name": "a-task", "namespace": NAMESPACE}
    api.acting_as("airflow-scheduler", NAMESPACE).create(pod)
    return ["a-task"]


def _cron_pods(api: Api) -> list[str]:
    """A Job of every CronJob, as its controller makes one at its time."""
    made = []
    for cron in api.list("batch/v1", "CronJob", NAMESPACE):
        name = f"{cron['metadata']['name']}-now"
        job = {"apiVersion": "batch/v1", "kind": "Job", **cron["spec"]["jobTemplate"]}
        api.create({**job, "metadata": {**job.get("metadata", {}), "name": name, "namespace": NAMESPACE}})
        made.append(name)
    return made


def _found(api: Api, beginnings: list[str]) -> list[Object]:
    """The pods of these beginnings; one that is not there yet counts as one that does not run."""
    pods = api.list("v1", "Pod", NAMESPACE)
    found = []
    for beginning in beginnings:
        found += [pod for pod in pods if pod["metadata"]["name"].startswith(beginning)] or [{}]
    return found
