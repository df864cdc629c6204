"""Rules for chaos: its target runs, and what a deletion of it ends."""

from __future__ import annotations

from collections.abc import Iterator

from components.airflow.executors import executor_parts
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def chaos_target_runs(context: Context) -> Iterator[Problem]:
    """The component whose pods chaos deletes has pods in this stack."""
    settings = context.settings
    if settings.chaos is None:
        return
    absent = {
        "dagProcessor": (settings.airflow.dag_processors == 0, key_path("airflow", "dagProcessors"), "0"),
        "triggerer": (settings.airflow.triggerers == 0, key_path("airflow", "triggerers"), "0"),
        "pgbouncer": (
            settings.database.pooler != "pgbouncer",
            key_path("database", "pooler"),
            settings.database.pooler,
        ),
    }
    is_absent, path, value = absent.get(settings.chaos.target, (False, "", ""))
    if is_absent:
        yield Problem(
            path=key_path("chaos", "target"),
            message=f"is {settings.chaos.target}, which has no pods: {path} is {value}; choose another target",
        )


def chaos_spares_tasks(context: Context) -> Iterator[Problem]:
    """Warn when the deleted pods run tasks themselves."""
    settings = context.settings
    if settings.chaos is None or settings.chaos.target != "scheduler" or settings.chaos.dry_run:
        return
    if not executor_parts(settings.airflow).worker_pods:
        yield Problem(
            path=key_path("chaos", "target"),
            message=f"is scheduler, and {key_path('airflow', 'executor')} is LocalExecutor, which runs tasks in the "
            "scheduler: each deletion ends the tasks that do not finish within the pod's grace period",
        )


CHAOS_ERRORS: tuple[Rule, ...] = (chaos_target_runs,)
CHAOS_WARNINGS: tuple[Rule, ...] = (chaos_spares_tasks,)
