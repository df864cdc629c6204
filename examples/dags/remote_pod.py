"""Pods in another AKS cluster: one that a task watches, and one that the triggerer watches.

Both use the connection `gpu` of `remoteClusters`. The namespace is that of the connection, and both pods meet Pod
Security "restricted".
"""

from __future__ import annotations

from typing import Any

import pendulum
from airflow.providers.cncf.kubernetes.operators.pod import KubernetesPodOperator
from airflow.sdk import DAG
from kubernetes.client import models as k8s

SMALL_POD: dict[str, Any] = {
    "kubernetes_conn_id": "gpu",
    "image": "docker.io/library/busybox:1.37",
    "security_context": {"runAsNonRoot": True, "runAsUser": 65534, "seccompProfile": {"type": "RuntimeDefault"}},
    "container_security_context": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    "container_resources": k8s.V1ResourceRequirements(
        requests={"cpu": "100m", "memory": "64Mi"}, limits={"cpu": "100m", "memory": "64Mi"}
    ),
    # Seconds. A node pool that is empty needs some minutes for its first node.
    "startup_timeout_seconds": 900,
    "on_finish_action": "delete_pod",
}

with DAG("remote_pod", schedule=None, start_date=pendulum.datetime(2026, 1, 1, tz="UTC"), tags=["example"]):
    watched = KubernetesPodOperator(
        task_id="watched_by_the_task",
        cmds=["sh", "-c"],
        arguments=['mkdir -p /airflow/xcom && echo \'{"pod": "remote"}\' > /airflow/xcom/return.json'],
        do_xcom_push=True,
        **SMALL_POD,
    )
    deferred = KubernetesPodOperator(
        task_id="watched_by_the_triggerer",
        cmds=["sh", "-c"],
        arguments=["sleep 60; echo done"],
        deferrable=True,
        # Seconds. Each poll starts kubelogin, which asks Entra for a token.
        poll_interval=30,
        **SMALL_POD,
    )
    watched >> deferred
