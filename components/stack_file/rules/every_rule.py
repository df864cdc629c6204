"""Every rule, in the order in which the rules run."""

from __future__ import annotations

from .access_rules import ACCESS_ERRORS, ACCESS_WARNINGS
from .airflow_rules import AIRFLOW_ERRORS, AIRFLOW_WARNINGS
from .airflow_texts_rules import AIRFLOW_TEXTS_ERRORS, AIRFLOW_TEXTS_WARNINGS
from .azure_limits import LIMIT_ERRORS
from .azure_rules import AZURE_ERRORS, AZURE_WARNINGS
from .context import Rule
from .example_rules import EXAMPLE_WARNINGS
from .executor_rules import EXECUTOR_ERRORS, EXECUTOR_WARNINGS
from .git_host_rules import GIT_HOST_WARNINGS
from .line_rules import LINE_ERRORS, LINE_WARNINGS
from .packing_rules import PACKING_ERRORS, PACKING_WARNINGS
from .platform_rules import PLATFORM_ERRORS, PLATFORM_WARNINGS
from .pool_rules import POOL_ERRORS, POOL_WARNINGS
from .remote_cluster_rules import REMOTE_CLUSTER_ERRORS
from .sign_in_rules import SIGN_IN_ERRORS, SIGN_IN_WARNINGS
from .sizing_rules import SIZING_ERRORS, SIZING_WARNINGS
from .storage_rules import STORAGE_ERRORS, STORAGE_WARNINGS
from .traffic_rules import TRAFFIC_ERRORS, TRAFFIC_WARNINGS

ERRORS: tuple[Rule, ...] = (
    *AZURE_ERRORS,
    *LIMIT_ERRORS,
    *POOL_ERRORS,
    *AIRFLOW_ERRORS,
    *LINE_ERRORS,
    *ACCESS_ERRORS,
    *SIGN_IN_ERRORS,
    *EXECUTOR_ERRORS,
    *STORAGE_ERRORS,
    *AIRFLOW_TEXTS_ERRORS,
    *PLATFORM_ERRORS,
    *REMOTE_CLUSTER_ERRORS,
    *SIZING_ERRORS,
    *PACKING_ERRORS,
    *TRAFFIC_ERRORS,
)
WARNINGS: tuple[Rule, ...] = (
    *AZURE_WARNINGS,
    *POOL_WARNINGS,
    *AIRFLOW_WARNINGS,
    *GIT_HOST_WARNINGS,
    *LINE_WARNINGS,
    *EXECUTOR_WARNINGS,
    *STORAGE_WARNINGS,
    *AIRFLOW_TEXTS_WARNINGS,
    *PLATFORM_WARNINGS,
    *SIZING_WARNINGS,
    *PACKING_WARNINGS,
    *TRAFFIC_WARNINGS,
    *ACCESS_WARNINGS,
    *SIGN_IN_WARNINGS,
    *EXAMPLE_WARNINGS,
)
