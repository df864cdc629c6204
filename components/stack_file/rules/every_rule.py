"""Every rule, in the order in which the rules run."""

from __future__ import annotations

from .access_rules import ACCESS_ERRORS, ACCESS_WARNINGS
from .airflow_rules import AIRFLOW_ERRORS, AIRFLOW_WARNINGS
from .chaos_rules import CHAOS_ERRORS, CHAOS_WARNINGS
from .cluster_rules import CLUSTER_ERRORS
from .context import Rule
from .database_rules import DATABASE_ERRORS, DATABASE_WARNINGS
from .egress_rules import EGRESS_ERRORS
from .example_rules import EXAMPLE_WARNINGS
from .executor_rules import EXECUTOR_ERRORS, EXECUTOR_WARNINGS
from .existing_network_rules import EXISTING_NETWORK_ERRORS
from .git_host_rules import GIT_HOST_WARNINGS
from .monitoring_rules import MONITORING_ERRORS
from .namespace_rules import NAMESPACE_ERRORS
from .naming_rules import NAMING_ERRORS, NAMING_WARNINGS
from .operation_rules import OPERATION_ERRORS
from .options_and_values_rules import OPTIONS_AND_VALUES_ERRORS, OPTIONS_AND_VALUES_WARNINGS
from .place_rules import PLACE_ERRORS, PLACE_WARNINGS
from .pod_size_rules import POD_SIZE_ERRORS, POD_SIZE_WARNINGS
from .pool_capacity_rules import POOL_CAPACITY_ERRORS, POOL_CAPACITY_WARNINGS
from .pool_rules import POOL_ERRORS, POOL_WARNINGS
from .private_network_rules import PRIVATE_NETWORK_ERRORS
from .proxy_rules import PROXY_ERRORS, PROXY_WARNINGS
from .registry_and_vault_rules import REGISTRY_AND_VAULT_ERRORS
from .release_line_rules import RELEASE_LINE_ERRORS, RELEASE_LINE_WARNINGS
from .remote_cluster_rules import REMOTE_CLUSTER_ERRORS
from .retirement_rules import RETIREMENT_ERRORS, RETIREMENT_WARNINGS
from .sign_in_rules import SIGN_IN_ERRORS, SIGN_IN_WARNINGS
from .storage_rules import STORAGE_ERRORS, STORAGE_WARNINGS
from .tag_rules import TAG_ERRORS
from .team_rules import TEAM_ERRORS, TEAM_WARNINGS
from .traffic_rules import TRAFFIC_ERRORS, TRAFFIC_WARNINGS
from .without_airflow_rules import ONLY_WITH_AIRFLOW, WITHOUT_AIRFLOW_ERRORS, WITHOUT_AIRFLOW_WARNINGS

ERRORS: tuple[Rule, ...] = (
    *PLACE_ERRORS,
    *NAMING_ERRORS,
    *TAG_ERRORS,
    *PRIVATE_NETWORK_ERRORS,
    *EXISTING_NETWORK_ERRORS,
    *PROXY_ERRORS,
    *CLUSTER_ERRORS,
    *RETIREMENT_ERRORS,
    *REGISTRY_AND_VAULT_ERRORS,
    *DATABASE_ERRORS,
    *POOL_ERRORS,
    *AIRFLOW_ERRORS,
    *RELEASE_LINE_ERRORS,
    *ACCESS_ERRORS,
    *SIGN_IN_ERRORS,
    *EXECUTOR_ERRORS,
    *STORAGE_ERRORS,
    *MONITORING_ERRORS,
    *OPTIONS_AND_VALUES_ERRORS,
    *POD_SIZE_ERRORS,
    *POOL_CAPACITY_ERRORS,
    *REMOTE_CLUSTER_ERRORS,
    *TRAFFIC_ERRORS,
    *CHAOS_ERRORS,
    *TEAM_ERRORS,
    *NAMESPACE_ERRORS,
    *EGRESS_ERRORS,
    *OPERATION_ERRORS,
)
WARNINGS: tuple[Rule, ...] = (
    *PLACE_WARNINGS,
    *NAMING_WARNINGS,
    *DATABASE_WARNINGS,
    *POOL_WARNINGS,
    *AIRFLOW_WARNINGS,
    *GIT_HOST_WARNINGS,
    *RELEASE_LINE_WARNINGS,
    *EXECUTOR_WARNINGS,
    *STORAGE_WARNINGS,
    *OPTIONS_AND_VALUES_WARNINGS,
    *POD_SIZE_WARNINGS,
    *POOL_CAPACITY_WARNINGS,
    *TEAM_WARNINGS,
    *TRAFFIC_WARNINGS,
    *ACCESS_WARNINGS,
    *SIGN_IN_WARNINGS,
    *CHAOS_WARNINGS,
    *EXAMPLE_WARNINGS,
    *RETIREMENT_WARNINGS,
    *PROXY_WARNINGS,
)
# The rules of a stack with `airflow: null`.
ERRORS_WITHOUT_AIRFLOW: tuple[Rule, ...] = (
    *WITHOUT_AIRFLOW_ERRORS,
    *PLACE_ERRORS,
    *NAMING_ERRORS,
    *TAG_ERRORS,
    *PRIVATE_NETWORK_ERRORS,
    *EXISTING_NETWORK_ERRORS,
    *PROXY_ERRORS,
    *CLUSTER_ERRORS,
    *RETIREMENT_ERRORS,
    *REGISTRY_AND_VAULT_ERRORS,
    *(rule for rule in POOL_ERRORS if rule not in ONLY_WITH_AIRFLOW),
    *MONITORING_ERRORS,
    *(rule for rule in TEAM_ERRORS if rule not in ONLY_WITH_AIRFLOW),
    *NAMESPACE_ERRORS,
    *EGRESS_ERRORS,
)
WARNINGS_WITHOUT_AIRFLOW: tuple[Rule, ...] = (
    *PLACE_WARNINGS,
    *NAMING_WARNINGS,
    *POOL_WARNINGS,
    *WITHOUT_AIRFLOW_WARNINGS,
    *RETIREMENT_WARNINGS,
    *PROXY_WARNINGS,
)
