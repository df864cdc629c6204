"""List pods with the operator's hook and with the triggerer's; answer with the pods or the status, and the log."""

import asyncio
import io
import json
import logging

from airflow.providers.cncf.kubernetes.hooks.kubernetes import AsyncKubernetesHook, KubernetesHook
from kubernetes_asyncio.client import CoreV1Api

log = io.StringIO()
logging.getLogger().addHandler(logging.StreamHandler(log))


def now():
    hook = KubernetesHook(conn_id="gpu")
    return [pod.metadata.name for pod in hook.core_v1_client.list_namespaced_pod(hook.get_namespace()).items]


async def deferred():
    hook = AsyncKubernetesHook(conn_id="gpu")
    names = []
    for _ in range(2):
        async with hook.get_conn() as client:
            pods = await CoreV1Api(client).list_namespaced_pod("jobs")
            names.append([pod.metadata.name for pod in pods.items])
    return names


def attempt(call):
    try:
        return call()
    except Exception as error:
        return getattr(error, "status", None) or f"{type(error).__name__}: {error}"


answer = {"now": attempt(now), "deferred": attempt(lambda: asyncio.run(deferred()))}
print(json.dumps({**answer, "log": log.getvalue()}))
