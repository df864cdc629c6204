"""Read each connection with Airflow's own class, and its kubeconfig with the official client's loader."""

import json
import os

from airflow.models.connection import Connection
from kubernetes.client import Configuration
from kubernetes.config import load_kube_config_from_dict

found = {}
for variable, text in sorted(os.environ.items()):
    if variable.startswith("AIRFLOW_CONN_"):
        connection = Connection.from_json(text, conn_id=variable.removeprefix("AIRFLOW_CONN_").lower())
        configuration = Configuration()
        load_kube_config_from_dict(connection.extra_dejson["kube_config"], client_configuration=configuration)
        found[connection.conn_id] = {
            "type": connection.conn_type,
            "password": connection.password,
            "namespace": connection.extra_dejson["namespace"],
            "host": configuration.host,
            "authorization": configuration.api_key["BearerToken"],
        }
print(json.dumps(found))
