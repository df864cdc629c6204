"""Import a DAG file with every deprecation as an error; answer with its tasks and the pods that they would launch."""

import importlib.util
import json
import sys
import warnings

# What these libraries warn about when they are imported is theirs.
import airflow.providers.cncf.kubernetes.operators.pod
import airflow.sdk  # noqa: F401
import kubernetes.client
import pendulum  # noqa: F401

warnings.simplefilter("error", DeprecationWarning)
specification = importlib.util.spec_from_file_location("example", sys.argv[1])
module = importlib.util.module_from_spec(specification)
specification.loader.exec_module(module)
warnings.simplefilter("default", DeprecationWarning)
found = {}
for task in module.watched.dag.tasks:
    pod = kubernetes.client.ApiClient().sanitize_for_serialization(task.build_pod_request_obj())
    found[task.task_id] = {
        "connection": task.kubernetes_conn_id,
        "deferrable": task.deferrable,
        "poll": task.poll_interval,
        "namespace": pod["metadata"]["namespace"],
        "containers": [
            {
                "name": container["name"],
                "image": container["image"],
                "escalation": container["securityContext"]["allowPrivilegeEscalation"],
            }
            for container in pod["spec"]["containers"]
        ],
        "in_cluster": task.hook.is_in_cluster,
    }
print(json.dumps(found))
