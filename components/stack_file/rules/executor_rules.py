"""Rules for the executor and the settings that depend on it: workers, broker, container sizes, chart values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule


def workers_fit_their_scaler(context: Context) -> Iterator[Problem]:
    """The scaler can keep the number of workers between `min` and `max`, and uses both settings."""
    workers = context.settings.airflow.workers
    scaler = f"{key_path('airflow', 'workers', 'scaler')}: {workers.scaler}"
    if workers.min == 0 and workers.scaler != "keda":
        yield Problem(
            path=key_path("airflow", "workers", "min"),
            message=f"must be at least 1 with {scaler} (is 0): only keda starts a first worker for waiting tasks",
        )
    if workers.scaler != "none" and workers.max < workers.min:
        yield Problem(
            path=key_path("airflow", "workers", "max"),
            message=f"is {workers.max}, less than min ({workers.min}): must be at least {workers.min}",
        )
    if workers.scaler == "none" and "max" in workers.model_fields_set and workers.max != workers.min:
        yield Problem(
            path=key_path("airflow", "workers", "max"),
            message=f"is not used with {scaler}, which always runs min ({workers.min}): remove it, or use keda or hpa",
        )


def workers_have_celery(context: Context) -> Iterator[Problem]:
    """Settings of workers come with an executor that has Celery workers."""
    airflow = context.settings.airflow
    if "workers" in airflow.model_fields_set and not executor_parts(airflow).celery_workers:
        yield Problem(
            path=key_path("airflow", "workers"),
            message=f"is for Celery workers, and {key_path('airflow', 'executor')} is {airflow.executor}, which has "
            "none: remove it, or choose an executor with Celery",
        )


def sized_containers_run(context: Context) -> Iterator[Problem]:
    """The stack runs every container that `resources` sizes."""
    settings = context.settings
    airflow, pooler = settings.airflow, settings.database.pooler
    parts = executor_parts(airflow)
    no_pooler = f"{key_path('database', 'pooler')} is {pooler}" if pooler != "pgbouncer" else None
    delivery = settings.dags.delivery
    absent = {
        "gitSync": f"{key_path('dags', 'delivery')} is {delivery}" if delivery != "gitSync" else None,
        "logGroomer": f"{key_path('logs', 'delivery')} is blobfuse" if settings.logs.delivery == "blobfuse" else None,
        "workers": None if parts.worker_pods else "LocalExecutor runs tasks in the scheduler; size `scheduler`",
        "taskPods": None
        if parts.celery_workers and parts.task_pods
        else "it is for executors with both Celery workers and task pods, and "
        f"{key_path('airflow', 'executor')} is {airflow.executor}; size `workers`",
        "dagProcessor": f"{key_path('airflow', 'dagProcessors')} is 0" if airflow.dag_processors == 0 else None,
        "triggerer": f"{key_path('airflow', 'triggerers')} is 0" if airflow.triggerers == 0 else None,
        "pgbouncer": no_pooler,
        "pgbouncerExporter": no_pooler,
    }
    for component in airflow.resources:
        if (reason := absent.get(component)) is not None:
            yield Problem(path=key_path("airflow", "resources", component), message=f"sizes no container: {reason}")


def worker_values_are_used(context: Context) -> Iterator[Problem]:
    """Chart values of workers are for a kind of worker that the executor has."""
    airflow = context.settings.airflow
    parts = executor_parts(airflow)
    workers = airflow.values.get("workers")
    if not family_of(airflow.release).separates_workers:
        if workers is not None and not parts.worker_pods:
            yield Problem(
                path=key_path("airflow", "values", "workers"),
                message=f"is not used: {key_path('airflow', 'executor')} is {airflow.executor}",
            )
        return
    for kind, runs in (("celery", parts.celery_workers), ("kubernetes", parts.task_pods)):
        if isinstance(workers, Mapping) and kind in workers and not runs:
            yield Problem(
                path=key_path("airflow", "values", "workers", kind),
                message=f"is not used: {key_path('airflow', 'executor')} is {airflow.executor}",
            )


def broker_is_used(context: Context) -> Iterator[Problem]:
    """Warn about settings of the broker if the executor needs no broker."""
    settings = context.settings
    if "broker" in settings.model_fields_set and not executor_parts(settings.airflow).celery_workers:
        yield Problem(
            path=key_path("broker"),
            message="is not used: it is for executors with Celery, and "
            f"{key_path('airflow', 'executor')} is {settings.airflow.executor}",
        )


EXECUTOR_ERRORS: tuple[Rule, ...] = (
    workers_fit_their_scaler,
    workers_have_celery,
    sized_containers_run,
    worker_values_are_used,
)
EXECUTOR_WARNINGS: tuple[Rule, ...] = (broker_is_used,)
