"""Airflow 2.9 and the chart of its time, as a release line.

To remove the line:
- delete this folder and stack_file/rules/release_line_rules.py;
- remove their uses in release_lines.py and stack_file/rules/every_rule.py;
- remove the line's entries in charts/pins.yaml and charts/airflow/providers.yaml;
- set the minimum of `airflow.dagProcessors` to 1.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from components.airflow.line_family import LineFamily

_FOLDER: Final = Path(__file__).resolve().parent

AIRFLOW_2: Final = LineFamily(
    title="Airflow 2",
    static_values=_FOLDER / "values-2.9.yaml",
    facts=_FOLDER,
    owned=_FOLDER / "owned.yaml",
    ui="webserver",
    ui_component="webserver",
    ui_secret=("airflow-webserver-secret-key", "webserver-secret-key"),
    address_options=("webserver", "webserver"),
    serves_with_uvicorn=False,
    tasks_use_api=False,
    async_engine=False,
    schedulers_may_parse=True,
    grooms_worker_logs=False,
    cleanup_mounts_volumes=False,
    newest_postgresql=16,
    without_identity=frozenset({"dagProcessor"}),
    moved={
        "apiServer.apiServerConfig": "webserver.webserverConfig",
        "apiServer.apiServerConfigConfigMapName": "webserver.webserverConfigConfigMapName",
        "apiServer": "webserver",
        "apiSecretKeySecretName": "webserverSecretKeySecretName",
        "workers.celery": "workers",
        "workers.kubernetes": "workers",
    },
    absent=(
        "allowJobLaunching",
        "apiSecretAnnotations",
        "apiSecretKey",
        "databaseCleanup",
        "enableServiceLinks",
        "fernetKeySecretAnnotations",
        "imagePullSecrets",
        "jwtSecret",
        "jwtSecretAnnotations",
        "jwtSecretName",
        "opensearch",
        "otelCollector",
        "webserverSecretAnnotations",
        "dagProcessor.labels",
        "dagProcessor.logGroomerSidecar.frequencyMinutes",
        "dagProcessor.podDisruptionBudget",
        "scheduler.logGroomerSidecar.frequencyMinutes",
        # The chart gives schedulers ten seconds.
        "scheduler.terminationGracePeriodSeconds",
        "triggerer.logGroomerSidecar.frequencyMinutes",
        "triggerer.podDisruptionBudget",
        "workers.celery.enableDefault",
        "workers.celery.logGroomerSidecar.env",
        "workers.celery.logGroomerSidecar.frequencyMinutes",
        "workers.celery.podDisruptionBudget",
        "workers.celery.sets",
    ),
)
