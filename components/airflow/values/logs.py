"""Chart values for the delivery of task logs."""

from __future__ import annotations

import json
from typing import Any, Final

from components.airflow import names
from components.airflow.executors import ExecutorParts
from components.settings.azure_sections import LogsSettings

# Minutes between two cleanups of a shared volume. Each cleanup reads every folder.
_VOLUME_CLEANUP_MINUTES: Final = 360
_GROOMED: Final = ("dagProcessor", "scheduler", "triggerer")


def log_values(logs: LogsSettings, parts: ExecutorParts, container: str, claim: str | None) -> dict[str, Any]:
    """Return the chart values for the delivery of logs."""
    match logs.delivery:
        case "blob":
            return {
                "config": {
                    "logging": {
                        "remote_logging": "True",
                        "remote_base_log_folder": names.LOG_BLOB_PREFIX,
                        "remote_log_conn_id": "wasb_logs",
                        "delete_local_logs": "True",
                    },
                    "azure_remote_logging": {"remote_wasb_log_container": container},
                }
            }
        case "blobfuse":
            # A rule of the storage account deletes old blobs; a groomer would list the whole container repeatedly.
            return _volume(claim, parts, {"enabled": False, "retentionDays": logs.retention_days})
        case "azureFiles":
            groomer = {"retentionDays": logs.retention_days, "frequencyMinutes": _VOLUME_CLEANUP_MINUTES}
            return _volume(claim, parts, groomer)


def log_connection(logs: LogsSettings, account_url: str) -> str | None:
    """Return the connection with which Airflow uploads and reads logs; None if logs are on a volume.

    The connection has no key and no login, so that the provider signs in with the pod's workload identity.
    """
    if logs.delivery != "blob":
        return None
    return json.dumps({"conn_type": "wasb", "host": account_url.rstrip("/")}, separators=(",", ":"), sort_keys=True)


def _volume(claim: str | None, parts: ExecutorParts, groomer: dict[str, Any]) -> dict[str, Any]:
    """Mount the claim in every pod that writes or reads logs, and upload nothing."""
    if claim is None:
        raise ValueError("logs on a volume need a claim")
    return {
        "logs": {"persistence": {"enabled": True, "existingClaim": claim}},
        "config": {"logging": {"remote_logging": "False"}},
        # The chart mounts the claim in the API server as `logs`, so the volume of that name in the static values is
        # removed.
        "apiServer": {"extraVolumes": [], "extraVolumeMounts": []},
        **{component: {"logGroomerSidecar": dict(groomer)} for component in _GROOMED},
        **({"workers": {"celery": {"logGroomerSidecar": dict(groomer)}}} if parts.celery_workers else {}),
    }
