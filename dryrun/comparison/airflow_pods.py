"""Which pods a change of a Helm release restarts."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from .changes import Change, Consequence
from .differences import ABSENT, Difference

_RELEASE: Final = "kubernetes:helm.sh/v3:Release"
_ALL: Final = "all pods"
# The sections of the Airflow chart's values that shape one component's pods.
_COMPONENTS: Final[Mapping[str, str]] = {
    "apiServer": "API server",
    "dagProcessor": "DAG processor",
    "flower": "Flower",
    "pgbouncer": "PgBouncer",
    "redis": "Redis",
    "scheduler": "scheduler",
    "statsd": "StatsD",
    "triggerer": "triggerer",
    "webserver": "web server",
    "workers": "workers",
}
# Values that shape no pod that runs: numbers of pods, other objects, and pods of jobs to come.
_NO_RESTART: Final = ("hpa", "keda", "networkPolicy", "podDisruptionBudget", "replicas", "service")
_NOT_IN_PODS: Final = (
    "cleanup",
    "createUserJob",
    "databaseCleanup",
    "ingress",
    "migrateDatabaseJob",
    "networkPolicies",
    "priorityClasses",
)
_SECRET_VERSIONS: Final = "airflow-aks/secret-versions"  # noqa: S105 - the name of an annotation


def describe_release_change(change: Change) -> Iterator[Consequence]:
    """Yield what an upgrade of a release in place restarts; nothing for other resources."""
    if change.type != _RELEASE or change.new is None or change.old is None:
        return
    name = change.new.inputs.get("name") or change.name
    if change.new.inputs.get("chart") != "airflow":
        text = f"release {name} is upgraded, and its pods restart where their templates changed"
        yield Consequence(severity="note", text=text, urn=change.urn)
        return
    before, after = (_read_executor(side.inputs) for side in (change.old, change.new))
    if before != after:
        text = (
            f"the executor changes from {before} to {after}: Airflow restarts, and tasks queued for the old one do not "
            "run. Pause the DAGs and wait until nothing runs"
        )
        yield Consequence(severity="stops", text=text, urn=change.urn)
    pods = find_restarted(change.differences)
    if pods:
        text = f"Airflow restarts: {', '.join(pods)}"
        if all(_SECRET_VERSIONS in difference.path for difference in change.differences):
            text += ", because a secret has a new version"
        if "Celery" in before and {_ALL, "workers"} & {*pods}:
            text += "; tasks on Celery workers finish within their grace period, or are stopped"
        yield Consequence(severity="stops", text=text, urn=change.urn)


def find_restarted(differences: tuple[Difference, ...]) -> list[str]:
    """Return the components of Airflow whose pods restart, or `all pods`."""
    found: dict[str, None] = {}
    for difference in differences:
        match difference.path:
            case ("version", *_) | ("chart", *_) | ("values",):
                return [_ALL]
            case ("values", section, *rest) if section in _COMPONENTS:
                toggled = rest[:1] == ["enabled"] or (not rest and ABSENT in (difference.old, difference.new))
                if not toggled and not {*rest} & {*_NO_RESTART}:
                    found[_COMPONENTS[section]] = None
            case ("values", section, *_) if section not in _NOT_IN_PODS:
                return [_ALL]
    return list(found)


def _read_executor(inputs: Mapping[str, Any]) -> str:
    return str((inputs.get("values") or {}).get("executor", ""))
