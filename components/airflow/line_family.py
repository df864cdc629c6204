"""The differences between the generations of Airflow and their charts; release_lines.py lists the generations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from components.airflow.values.layers import merge
from components.settings import nested

from . import names


@dataclass(frozen=True, kw_only=True, eq=False)
class LineFamily:
    """A generation of Airflow with its chart; several release lines belong to it. The defaults are those of Airflow 3.

    The program builds all values under the newest chart's names. `moved` maps them to this generation's names, and
    `absent` lists those that its chart lacks. Both contain paths such as `workers.celery`.

    `static_values`: the values that every stack gives the chart.
    `facts`: the folder with the generated tables of the release lines: options of airflow.cfg, keys of the chart.
    `ui`: the values key of the UI's component.
    `ui_component`: its `component` label, which is also its container's name and the suffix of its service's name.
    `ui_secret`: the Secret's name and the key in it that holds the session signing key.
    `owned`: the file with the values that the program owns in this generation's chart only.
    `address_options`: the section of airflow.cfg with `base_url`, and the one with the options of proxies and cookies.
    `serves_with_uvicorn`: uvicorn serves the UI, and trusts a gateway's headers only when told to.
    `tasks_use_api`: tasks call the UI's API with signed tokens; otherwise they connect to the database.
    `async_engine`: Airflow opens a second connection to the database, with an asynchronous driver.
    `schedulers_may_parse`: schedulers parse DAGs if no DAG processor runs.
    `grooms_worker_logs`: a Celery worker without a persistent volume has a log groomer.
    `cleanup_mounts_volumes`: the CronJob that removes task pods mounts the volumes of all containers.
    `newest_postgresql`: the newest PostgreSQL version that Airflow's README lists as tested; None if it lists every
    version that Azure offers.
    `without_identity`: components whose pods the chart cannot label, so that they cannot sign in to Azure.
    """

    title: str
    static_values: Path
    facts: Path
    ui: str
    ui_component: str
    ui_secret: tuple[str, str]
    owned: Path | None = None
    address_options: tuple[str, str] = ("api", "fab")
    serves_with_uvicorn: bool = True
    tasks_use_api: bool = True
    async_engine: bool = True
    schedulers_may_parse: bool = False
    grooms_worker_logs: bool = True
    cleanup_mounts_volumes: bool = True
    newest_postgresql: int | None = None
    without_identity: frozenset[str] = frozenset()
    moved: Mapping[str, str] = field(default_factory=dict)
    absent: tuple[str, ...] = ()

    @property
    def ui_service(self) -> str:
        """The name of the UI's Kubernetes service, which is also the name of its service account."""
        return f"{names.RELEASE}-{self.ui_component}"

    @property
    def separates_workers(self) -> bool:
        """Whether the chart has separate values for Celery workers and for task pods."""
        return self.path("workers.celery") != self.path("workers.kubernetes")

    def accounts(self, accounts: Mapping[str, str]) -> dict[str, str]:
        """Return the service accounts under their names in this generation. The keys are those of the newest chart."""
        return {part: self.ui_service if part == "apiServer" else name for part, name in accounts.items()}

    def path(self, path: str) -> str | None:
        """Translate a path of the newest chart to the path in this chart; None if this chart lacks it."""
        if any(_is_within(path, absent) for absent in self.absent):
            return None
        moves = (f"{new}{path.removeprefix(old)}" for old, new in self.moved.items() if _is_within(path, old))
        return next(moves, path)

    def chart_values(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Translate values from the newest chart's paths to this chart's, and drop the values that this chart lacks."""
        result = merge(values)
        for path in self.absent:
            nested.take(result, path)
        for old, new in self.moved.items():
            if (value := nested.take(result, old, nested.MISSING)) is not nested.MISSING:
                result = merge(result, nested.put({}, new, value))
        return result


def _is_within(path: str, place: str) -> bool:
    return path == place or path.startswith(f"{place}.")
