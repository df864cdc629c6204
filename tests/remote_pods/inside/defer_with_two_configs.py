"""Load what a deferred operator takes from the connection and from KUBECONFIG; answer with the error."""

import asyncio
import json

from airflow.providers.cncf.kubernetes.hooks.kubernetes import AsyncKubernetesHook


async def load():
    hook = AsyncKubernetesHook(conn_id="gpu", config_dict={"kind": "Config"})
    async with hook.get_conn():
        pass


try:
    answer = asyncio.run(load())
except Exception as error:
    answer = str(error)
print(json.dumps(answer))
