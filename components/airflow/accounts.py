"""The service accounts of Airflow's namespace."""

from __future__ import annotations

from pulumi import Input

from components.kubernetes.namespace import ServiceAccountSpec
from components.settings.airflow_sections import AirflowSettings

from .names import MIGRATION_SERVICE_ACCOUNT, SERVICE_ACCOUNTS
from .release_lines import family_of

# Launch pods, or read their logs: the scheduler, tasks and deferred tasks with KubernetesPodOperator, the UI.
_CALL_KUBERNETES = ("apiServer", "scheduler", "triggerer", "workers")


def accounts_with_identity(settings: AirflowSettings) -> list[str]:
    """The accounts whose pods sign in to Azure: whatever reads or writes logs, or runs code of a DAG."""
    without = family_of(settings.release).without_identity
    return [account for component, account in _accounts(settings).items() if component not in without]


def service_accounts(settings: AirflowSettings, client_id: Input[str]) -> list[ServiceAccountSpec]:
    """All accounts that the program makes; the one of the Jobs has no right at all."""
    with_identity = accounts_with_identity(settings)
    return [
        *(
            ServiceAccountSpec(
                name=account,
                client_id=client_id if account in with_identity else None,
                calls_kubernetes=component in _CALL_KUBERNETES,
            )
            for component, account in _accounts(settings).items()
        ),
        ServiceAccountSpec(name=MIGRATION_SERVICE_ACCOUNT),
    ]


def _accounts(settings: AirflowSettings) -> dict[str, str]:
    """The accounts of the components that run."""
    accounts = family_of(settings.release).accounts(SERVICE_ACCOUNTS)
    if settings.dag_processors == 0:
        del accounts["dagProcessor"]
    match settings.executor:
        case "KubernetesExecutor":
            return accounts
        case "LocalExecutor":
            return {component: account for component, account in accounts.items() if component != "workers"}
