"""The chart values that the program owns, as the chart of a release line names them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from components.airflow.release_lines import AIRFLOW_2, AIRFLOW_3, LineFamily

from .config import fixed, use
from .paths import CHART_KEYS, OWNED_VALUES

# Top-level keys that came with charts for Airflow 3, and those that went.
_NEWER_KEYS: Final = """
    allowJobLaunching apiSecretAnnotations apiSecretKey apiSecretKeySecretName apiServer databaseCleanup
    enableServiceLinks fernetKeySecretAnnotations imagePullSecrets jwtSecret jwtSecretAnnotations jwtSecretName
    opensearch otelCollector webserverSecretAnnotations
"""
_OLDER_KEYS: Final = ("_rpcServer",)
_KEYS: Final[Mapping[str, tuple[str, ...]]] = {
    AIRFLOW_2.title: (*(key for key in CHART_KEYS if key not in _NEWER_KEYS.split()), *_OLDER_KEYS),
    AIRFLOW_3.title: CHART_KEYS,
}

_ONE_KIND: Final = fixed("the chart of this line knows one kind of worker; task pods are workers")
_ALWAYS: Final = fixed("Airflow needs it")
# What this line owns beside the values that it shares with the newest, or with another message.
_OWNED_BY_AIRFLOW_2: Final[Mapping[str, str]] = {
    "_rpcServer": fixed("this part never left its trial"),
    "dagProcessor.enabled": use("airflow.dagProcessors"),
    "scheduler.enabled": _ALWAYS,
    "scheduler.waitForMigrations.env": OWNED_VALUES["dagProcessor.waitForMigrations.env"],
    "triggerer.waitForMigrations.env": OWNED_VALUES["dagProcessor.waitForMigrations.env"],
    "webserver.args": fixed("the command keeps its files off the image's read-only root"),
    "webserver.defaultUser": OWNED_VALUES["createUserJob"],
    "webserver.enabled": _ALWAYS,
    "workers.celery": _ONE_KIND,
    "workers.kubernetes": _ONE_KIND,
    **{
        f"{part}.logGroomerSidecar.command": fixed("the container knows no database that the image could wait for")
        for part in ("dagProcessor", "scheduler", "triggerer", "workers")
    },
    "workers.waitForMigrations.env": OWNED_VALUES["dagProcessor.waitForMigrations.env"],
}


def chart_keys(line: LineFamily) -> tuple[str, ...]:
    """The top-level keys of the line's chart, whose schema lets an unknown one pass."""
    return _KEYS[line.title]


def owned_values(line: LineFamily) -> Mapping[str, str]:
    """Path to message; whatever stands below a path is owned with it."""
    if line is AIRFLOW_3:
        return OWNED_VALUES
    owned: dict[str, str] = {}
    for path, message in OWNED_VALUES.items():
        place = line.path(path)
        # The UI's own values are free here, and so are those of task pods, which Celery's have moved in with.
        if place is None or place in (line.ui, line.task_pods) or path == line.ui:
            continue
        if place.partition(".")[0] in chart_keys(line):
            owned[place] = message.replace(AIRFLOW_3.task_pods, line.task_pods)
    return {**owned, **_OWNED_BY_AIRFLOW_2}
