"""Rules across sections: each yields what is wrong, by path."""

from __future__ import annotations

from .airflow_rules import AIRFLOW_ERRORS, AIRFLOW_WARNINGS
from .azure_rules import AZURE_ERRORS, AZURE_WARNINGS
from .context import Context, Rule
from .storage_rules import STORAGE_ERRORS, STORAGE_WARNINGS

ERRORS: tuple[Rule, ...] = (*AZURE_ERRORS, *AIRFLOW_ERRORS, *STORAGE_ERRORS)
WARNINGS: tuple[Rule, ...] = (*AZURE_WARNINGS, *AIRFLOW_WARNINGS, *STORAGE_WARNINGS)

__all__ = ["ERRORS", "WARNINGS", "Context", "Rule"]
