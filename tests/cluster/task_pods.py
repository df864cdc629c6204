"""Pods that no controller makes by itself in a test: those of tasks, and those of CronJobs."""

from __future__ import annotations

import yaml

from tests.cluster import checks

from .api import Api, Object
from .live_cluster import LiveCluster
from .played import Played
from .waiting import wait_until

NAMESPACE = "airflow"


def start(cluster: LiveCluster) -> list[str]:
    """Start one of each, and wait until it runs or has ended well; the beginnings of their names."""
    started = [*_of_tasks(cluster.api), *_of_cron_jobs(cluster.api)]
    wait_until(lambda: all(map(checks.running, _found(cluster.played, started))), 60)
    return started


def _of_tasks(api: Api) -> list[str]:
    """A pod as KubernetesExecutor makes one, from the chart's template and with the scheduler's rights."""
    config = api.find("v1", "ConfigMap", "airflow-config", NAMESPACE) or {"data": {}}
    text = config["data"].get("pod_template_file.yaml")
    if not text or "KubernetesExecutor" not in config["data"]["airflow.cfg"]:
        return []
    pod = yaml.safe_load(text)
    pod["metadata"] |= {"name": "a-task", "namespace": NAMESPACE}
    api.acting_as("airflow-scheduler", NAMESPACE).create(pod)
    return ["a-task"]


def _of_cron_jobs(api: Api) -> list[str]:
    """A Job of every CronJob, as its controller makes one at its time."""
    made = []
    for cron in api.list("batch/v1", "CronJob", NAMESPACE):
        name = f"{cron['metadata']['name']}-now"
        job = {"apiVersion": "batch/v1", "kind": "Job", **cron["spec"]["jobTemplate"]}
        api.create({**job, "metadata": {**job.get("metadata", {}), "name": name, "namespace": NAMESPACE}})
        made.append(name)
    return made


def _found(played: Played, beginnings: list[str]) -> list[Object]:
    """The pods of these beginnings; one that is not there yet counts as one that does not run."""
    pods = played.list("v1", "Pod", NAMESPACE)
    found = []
    for beginning in beginnings:
        found += [pod for pod in pods if pod["metadata"]["name"].startswith(beginning)] or [{}]
    return found


__all__ = ["start"]
