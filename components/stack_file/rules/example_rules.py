"""Rules for what the shipped stack files contain as an example, and a stack in production should not keep."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# https://, ssh:// and git@host:path, with a port or without: all address the repository of Apache Airflow.
_AIRFLOW_REPOSITORY: Final = re.compile(
    r"^(?:(?:https?|ssh)://)?(?:[^@/\s]+@)?(?:www\.|ssh\.)?github\.com(?::\d+(?=/))?[:/]/*apache/airflow(?:\.git)?/*$",
    re.IGNORECASE,
)


def dags_are_your_own(context: Context) -> Iterator[Problem]:
    """Warn when a stack that looks like production runs the example DAGs of Apache Airflow."""
    settings = context.settings
    if not settings.dags.from_git or not _AIRFLOW_REPOSITORY.match(settings.dags.git.repository or ""):
        return
    signs = [f"{key_path('protectData')} is true"] if settings.protect_data else []
    if settings.airflow.schedulers > 1:
        signs.append(f"{key_path('airflow', 'schedulers')} is {settings.airflow.schedulers}")
    if signs:
        yield Problem(
            path=key_path("dags", "git", "repository"),
            message="is the repository of Apache Airflow, whose example DAGs are for trying, and "
            f"{' and '.join(signs)}: set the repository with your own DAGs",
        )


EXAMPLE_WARNINGS: tuple[Rule, ...] = (dags_are_your_own,)
