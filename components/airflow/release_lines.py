"""What Airflow and the chart of each release line call things: one description per generation, and nowhere else.

The program speaks of values as the newest chart does. A description says where its own chart keeps them. Sources: the
packaged charts with their schemas, and the configuration references of the Airflow versions in charts/pins.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from components.airflow.values.layers import merged, nested, taken

from . import names

_CHARTS: Final = Path(__file__).resolve().parents[2] / "charts" / "airflow"


@dataclass(frozen=True, kw_only=True)
class LineFamily:
    """A generation of Airflow, with the chart that fits it."""

    title: str
    # What every stack gives the chart.
    static_values: Path
    # The part with the UI: its values, and its label, container and service. It has a Secret with the key that signs
    # sessions, as name and key.
    ui: str
    ui_component: str
    ui_secret: tuple[str, str]
    # The values of task pods.
    task_pods: str
    # Tasks speak to the UI's API with tokens that a key of their own signs; otherwise they open the database.
    tasks_use_api: bool
    # A second engine with an asynchronous driver, whose URL is a Secret's.
    async_engine: bool
    # Without DAG processors the schedulers parse DAGs.
    schedulers_may_parse: bool
    # The last PostgreSQL that it was tested with, where newer ones are to be had. Source: the version's own README.
    newest_postgresql: int | None
    # Parts to whose pods the chart gives no label of their own, so that they cannot have an identity in Azure.
    without_identity: frozenset[str]
    # Path in the newest chart to the path here; and paths that this chart does not know.
    moved: Mapping[str, str]
    absent: tuple[str, ...]

    def accounts(self, accounts: Mapping[str, str]) -> dict[str, str]:
        """Name service accounts, given by values key of the newest chart, as this line does."""
        return {part: self.ui_service if part == "apiServer" else name for part, name in accounts.items()}

    @property
    def ui_service(self) -> str:
        """The Kubernetes service of the UI; its service account has the same name."""
        return f"{names.RELEASE}-{self.ui_component}"

    def path(self, path: str) -> str | None:
        """Where this chart keeps what the newest one keeps at a path; None where it knows no such value."""
        if any(_within(path, absent) for absent in self.absent):
            return None
        return next(
            (f"{new}{path.removeprefix(old)}" for old, new in self.moved.items() if _within(path, old)),
            path,
        )

    def chart_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Put values of the newest chart where this one looks for them, and drop what it does not know."""
        result = merged(values)
        for path in self.absent:
            taken(result, path)
        for old, new in self.moved.items():
            for value in taken(result, old):
                result = merged(result, nested(new, value))
        return result


AIRFLOW_3: Final = LineFamily(
    title="Airflow 3",
    static_values=_CHARTS / "values.yaml",
    ui="apiServer",
    ui_component="api-server",
    ui_secret=(names.API_SECRET, names.API_SECRET_KEY),
    task_pods="workers.kubernetes",
    tasks_use_api=True,
    async_engine=True,
    schedulers_may_parse=False,
    newest_postgresql=None,
    without_identity=frozenset(),
    moved={},
    absent=(),
)
AIRFLOW_2: Final = LineFamily(
    title="Airflow 2",
    static_values=_CHARTS / "values-2.9.yaml",
    ui="webserver",
    ui_component="webserver",
    ui_secret=(names.WEBSERVER_SECRET, names.WEBSERVER_SECRET_KEY),
    task_pods="workers",
    tasks_use_api=False,
    async_engine=False,
    schedulers_may_parse=True,
    newest_postgresql=16,
    without_identity=frozenset({"dagProcessor"}),
    moved={
        "apiServer": "webserver",
        "apiSecretKeySecretName": "webserverSecretKeySecretName",
        "workers.celery": "workers",
        "workers.kubernetes": "workers",
    },
    absent=(
        "jwtSecretName",
        *(f"{part}.logGroomerSidecar.frequencyMinutes" for part in ("dagProcessor", "scheduler", "triggerer")),
        "workers.celery.logGroomerSidecar.frequencyMinutes",
        "dagProcessor.labels",
        "dagProcessor.podDisruptionBudget",
        "triggerer.podDisruptionBudget",
        "workers.celery.enableDefault",
        "workers.celery.logGroomerSidecar.env",
        "workers.celery.podDisruptionBudget",
        "workers.celery.sets",
        # The chart gives schedulers ten seconds.
        "scheduler.terminationGracePeriodSeconds",
    ),
)
FAMILIES: Final = (AIRFLOW_2, AIRFLOW_3)


def family_of(release: str) -> LineFamily:
    """The description of a release line such as 2.9 or 3.3."""
    return AIRFLOW_2 if release.partition(".")[0] == "2" else AIRFLOW_3


def _within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
