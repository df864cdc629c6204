"""The service accounts of Airflow's namespace."""

from __future__ import annotations

from pulumi import Input

from components.kubernetes.namespace import ServiceAccountSpec
from components.settings.airflow_sections import AirflowSettings

from .names import MIGRATION_SERVICE_ACCOUNT, SERVICE_ACCOUNTS

# Launch pods, or read their logs: the scheduler, tasks and deferred tasks with KubernetesPodOperator, the UI.
_CALL_KUBERNETES = ("apiServer", "scheduler", "triggerer", "workers")


def accounts_with_identity(settings: AirflowSettings) -> list[str]:
    """The accounts whose pods sign in to Azure: whatever reads or writes logs, or runs code of a DAG."""
    return [SERVICE_ACCOUNTS[component] for component in _components(settings)]


def service_accounts(settings: AirflowSettings, client_id: Input[str]) -> list[ServiceAccountSpec]:
    """All accounts that the program makes; the one of the Jobs has no right at all."""
    return [
        *(
            ServiceAccountSpec(
                name=SERVICE_ACCOUNTS[component], client_id=client_id, calls_kubernetes=component in _CALL_KUBERNETES
            )
            for component in _components(settings)
        ),
        ServiceAccountSpec(name=MIGRATION_SERVICE_ACCOUNT),
    ]


def _components(settings: AirflowSettings) -> list[str]:
    """The components that run with the executor."""
    match settings.executor:
        case "KubernetesExecutor":
            return list(SERVICE_ACCOUNTS)
        case "LocalExecutor":
            return [component for component in SERVICE_ACCOUNTS if component != "workers"]
