"""The alerts of a stack: what they ask, of data that Container insights collects.

Both release lines emit the metrics under these names. `airflow_pool_queued_slots_*` stands for one metric per pool. A
counter restarts at 0 with the pod that exposes it. The growth in a window is the greatest value minus the least, so a
restart looks like growth, and an alert on a standstill can come one window late.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from components.azure.alert_resources import DatabaseAlert, LogAlert
from components.azure.database_sizes import max_connections
from components.settings.model import Settings

SCHEDULER_HEARTBEAT: Final = "airflow_scheduler_heartbeat"
# Counts the rounds in which every DAG file was parsed: a new round begins when the last one is finished.
PARSING_ROUNDS: Final = "airflow_dag_processing_file_path_queue_update_count"
IMPORT_ERRORS: Final = "airflow_dag_processing_import_errors"
QUEUED_SLOTS: Final = "airflow_pool_queued_slots_"
RUNNING_SLOTS: Final = "airflow_pool_running_slots_"
# What the alerts and charts/airflow/dashboard.json read; `*` stands for any ending.
SCRAPED_METRICS: Final = (
    SCHEDULER_HEARTBEAT,
    PARSING_ROUNDS,
    IMPORT_ERRORS,
    f"{QUEUED_SLOTS}*",
    f"{RUNNING_SLOTS}*",
    "airflow_dag_processing_total_parse_time",
    "airflow_dagbag_size",
    "airflow_scheduler_tasks_starving",
    "airflow_ti_failures",
    "airflow_ti_successes",
    "airflow_triggers_failed",
)
# The certificate that ends first, of those that the gateway's proxies serve. They round down, and 0 is one that ended.
CERTIFICATE_DAYS: Final = "envoy_server_days_until_first_cert_expiring"
# What Airflow and its Azure provider write when a log stays in its pod.
UPLOAD_FAILURES: Final = (
    "Could not write logs to",
    "Could not create a WasbHook",
    "Failed to upload remote logs",
    "Failed to upload trigger logs to remote",
    "remote_log_upload_failed",
)
# Per cent of the database's disk, and of the connections that the server accepts.
_STORAGE_FULL: Final = 80
_CONNECTIONS_FULL: Final = 80
# Certificates are renewed when a third of their time is left: 30 of 90 days.
_CERTIFICATE_DAYS: Final = 14
_CRASHES: Final = ("CrashLoopBackOff", "CreateContainerConfigError", "ErrImagePull", "ImagePullBackOff")
_METRIC: Final = 'InsightsMetrics\n| where Namespace == "prometheus" and Name'


def log_alerts(settings: Settings, namespaces: Iterable[str]) -> tuple[LogAlert, ...]:
    """Return the alerts that query the workspace; `namespaces` are those whose pods are watched."""
    alerts = [
        LogAlert(
            name="scheduler-heartbeat",
            summary="No scheduler of Airflow beats, or its metrics do not arrive",
            severity=1,
            minutes=10,
            every_minutes=5,
            query=_standing_still(SCHEDULER_HEARTBEAT),
        ),
        LogAlert(
            name="dag-processor-behind",
            summary="Airflow has not parsed every DAG file within 30 minutes",
            severity=2,
            minutes=30,
            every_minutes=10,
            query=_standing_still(PARSING_ROUNDS),
        ),
        LogAlert(
            name="import-errors",
            summary="DAG files of Airflow cannot be imported",
            severity=3,
            minutes=15,
            every_minutes=15,
            query=f'{_METRIC} == "{IMPORT_ERRORS}"\n| summarize errors = min(Val)\n| where errors > 0',
        ),
        LogAlert(
            name="queue-growing",
            summary="More and more tasks of Airflow wait for a worker",
            severity=2,
            minutes=30,
            every_minutes=10,
            query=f'{_METRIC} startswith "{QUEUED_SLOTS}"\n'
            "| extend late = TimeGenerated > ago(15m)\n"
            "| summarize queued = avg(Val) by Name, late\n"
            "| summarize before = sumif(queued, not(late)), now = sumif(queued, late)\n"
            "| where before > 0 and now >= 10 and now > before",
        ),
        LogAlert(
            name="pods-crash",
            summary="Pods of Airflow crash or cannot start",
            severity=2,
            minutes=15,
            every_minutes=5,
            query=f"KubePodInventory\n| where Namespace in ({_texts(namespaces)})\n"
            "| summarize restarts = max(ContainerRestartCount) - min(ContainerRestartCount),\n"
            f"    stuck = countif(ContainerStatusReason in ({_texts(_CRASHES)})) by Namespace, Name, ContainerName\n"
            "| where restarts >= 2 or stuck >= 5",
        ),
    ]
    if settings.logs.delivery == "blob":
        alerts.append(
            LogAlert(
                name="log-upload-fails",
                summary="Logs of Airflow's tasks are not uploaded, and are lost with their pods",
                severity=2,
                minutes=15,
                every_minutes=15,
                query="ContainerLogV2\n| extend line = tostring(LogMessage)\n| where "
                + " or ".join(f'line contains "{text}"' for text in UPLOAD_FAILURES),
            )
        )
    if settings.access is not None:
        alerts.append(
            LogAlert(
                name="certificate-ends",
                summary=f"The certificate of Airflow's address ends within {_CERTIFICATE_DAYS} days",
                severity=1,
                minutes=60,
                every_minutes=60,
                query=f'{_METRIC} == "{CERTIFICATE_DAYS}"\n| summarize days = min(Val) by Tags\n'
                f"| where days < {_CERTIFICATE_DAYS}",
            )
        )
    return tuple(alerts)


def scraped_metrics(settings: Settings) -> tuple[str, ...]:
    """Return the names of the metrics to read."""
    return SCRAPED_METRICS if settings.access is None else (*SCRAPED_METRICS, CERTIFICATE_DAYS)


def database_alerts(settings: Settings) -> tuple[DatabaseAlert, ...]:
    """Return the alerts on the database server's own metrics, which Azure measures free of charge."""
    most = max_connections(settings.database.sku)
    return (
        DatabaseAlert(
            name="database-storage",
            summary=f"The disk of Airflow's database is over {_STORAGE_FULL} % full",
            severity=1,
            metric="storage_percent",
            threshold=_STORAGE_FULL,
        ),
        DatabaseAlert(
            name="database-connections",
            summary=f"Over {_CONNECTIONS_FULL} % of the {most} connections of Airflow's database are in use",
            severity=2,
            metric="active_connections",
            threshold=most * _CONNECTIONS_FULL // 100,
        ),
    )


def _standing_still(counter: str) -> str:
    """Return the query for a counter that does not grow, or is not there at all."""
    return (
        f'{_METRIC} == "{counter}"\n'
        "| summarize samples = count(), growth = max(Val) - min(Val)\n"
        "| where samples == 0 or growth == 0"
    )


def _texts(values: Iterable[str]) -> str:
    return ", ".join(f'"{value}"' for value in values)
