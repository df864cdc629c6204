"""Every rule, in the order in which the rules run."""

from __future__ import annotations

from .airflow_rules import AIRFLOW_ERRORS, AIRFLOW_WARNINGS
from .azure_rules import AZURE_ERRORS, AZURE_WARNINGS
from .context import Rule
from .example_rules import EXAMPLE_WARNINGS
from .executor_rules import EXECUTOR_ERRORS, EXECUTOR_WARNINGS
from .line_rules import LINE_ERRORS, LINE_WARNINGS
from .pool_rules import POOL_ERRORS, POOL_WARNINGS
from .sizing_rules import SIZING_ERRORS, SIZING_WARNINGS
from .storage_rules import STORAGE_ERRORS, STORAGE_WARNINGS

ERRORS: tuple[Rule, ...] = (
    *AZURE_ERRORS,
    *POOL_ERRORS,
    *AIRFLOW_ERRORS,
    *LINE_ERRORS,
    *EXECUTOR_ERRORS,
    *STORAGE_ERRORS,
    *SIZING_ERRORS,
)
WARNINGS: tuple[Rule, ...] = (
    *AZURE_WARNINGS,
    *POOL_WARNINGS,
    *AIRFLOW_WARNINGS,
    *LINE_WARNINGS,
    *EXECUTOR_WARNINGS,
    *STORAGE_WARNINGS,
    *SIZING_WARNINGS,
    *EXAMPLE_WARNINGS,
)
