"""What the checker finds in what a stack file passes on to Airflow."""

from __future__ import annotations

from typing import Any

from components.stack_file.checker import check
from tests.plans import PROJECT, changed, shipped

CELERY = {"airflow.executor": "CeleryExecutor"}
OLD = {"airflow.release": "2.9"}
OURS = "crairflowdev0a1b2c.azurecr.io/team/sidecar:1.0"


def found_in(changes: dict[str, Any], warnings: bool = False) -> dict[str, str]:
    """Errors, or warnings, by their path below `airflow`."""
    config = changed(shipped("dev"), changes)
    _, errors, warned = check(config.values, set(config.secret_keys), PROJECT, "dev")
    if warnings:
        assert errors == []
    found = warned if warnings else errors
    paths = [problem.path for problem in found]
    assert len(paths) == len(set(paths))
    return {problem.path.removeprefix("airflow-aks:airflow."): problem.message for problem in found}
