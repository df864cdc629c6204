"""Task pods in namespaces of teams: the chart values for them, and the airflow.cfg that they read there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final
from urllib.parse import urlsplit

from components.airflow import names
from components.airflow.traffic.port_numbers import API_PORT
from components.settings import nested

from .layers import merge

_DAGS_FOLDER: Final = "/opt/airflow/dags"
_LOCAL_BUNDLE: Final = {
    "name": "dags-folder",
    "classpath": "airflow.dag_processing.bundles.local.LocalDagBundle",
    "kwargs": {},
}
# Minutes after which failed task pods are removed, like those of Airflow's own namespace.
_KEEP_MINUTES: Final = 1440


def task_namespace_values(namespace: str, others: Sequence[str]) -> dict[str, Any]:
    """Return the values with which KubernetesExecutor runs tasks in other namespaces too; none without such ones.

    The chart's `multiNamespaceMode` stays off: it gives Airflow rights in every namespace of the cluster.
    """
    if not others:
        return {}
    every = [namespace, *others]
    remove = (
        f"airflow kubernetes cleanup-pods --namespace={each} --min-completed-minutes={_KEEP_MINUTES}" for each in every
    )
    return {
        "config": {
            "kubernetes_executor": {
                "multi_namespace_mode": "True",
                # Airflow splits the list at commas and keeps blanks. Without a list, it would watch the whole cluster.
                "multi_namespace_mode_namespace_list": ",".join(every),
            }
        },
        "cleanup": {"args": ["bash", "-c", " && ".join(remove)]},
    }


def task_config(values: Mapping[str, Any], namespace: str) -> str:
    """Return the airflow.cfg of task pods outside Airflow's namespace, from the chart values of the release.

    The chart renders the same file for its own namespace, with names of services that only resolve there. The options
    below are the chart's own, as far as tasks read them.
    """
    config = values["config"]
    git_sync = nested.get(values, "dags.gitSync", {})
    sub_path = f"/repo/{git_sync.get('subPath', '')}" if git_sync.get("enabled") else ""
    path = urlsplit(str(nested.get(config, "api.base_url", ""))).path.rstrip("/")
    bundles = nested.get(values, "dagProcessor.dagBundleConfigList", [_LOCAL_BUNDLE])
    services = f"{namespace}.svc.cluster.local"
    chart = {
        "core": {
            "dags_folder": f"{_DAGS_FOLDER}{sub_path}".rstrip("/"),
            "execution_api_server_url": f"http://{names.RELEASE}-api-server.{services}:{API_PORT}{path}/execution/",
            "executor": values["executor"],
            "load_examples": "False",
        },
        "dag_processor": {"dag_bundle_config_list": json.dumps(bundles, separators=(",", ":"), sort_keys=True)},
        "logging": {"colored_console_log": "False"},
        "metrics": {
            "statsd_host": f"{names.RELEASE}-statsd.{services}",
            "statsd_on": "True",
            "statsd_port": "9125",
            "statsd_prefix": "airflow",
        },
    }
    whole = merge(chart, config)
    sections = (
        "\n".join([f"[{section}]", *(f"{key} = {_plain(options[key])}" for key in sorted(options))])
        for section, options in sorted(whole.items())
    )
    return "\n\n".join(sections) + "\n"


def _plain(value: object) -> str:
    """Undo the escape of braces, which is for the chart's templates. Further lines of a value are indented."""
    return str(value).replace('{{ "{{" }}', "{{").replace("\n", "\n  ")
