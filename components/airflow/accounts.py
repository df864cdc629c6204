"""The service accounts of Airflow's namespace."""

from __future__ import annotations

from pulumi import Input

from components.kubernetes.namespace import ServiceAccountSpec
from components.settings.airflow_sections import AirflowSettings

from .executors import executor_parts
from .names import MIGRATION_SERVICE_ACCOUNT


def accounts_with_identity(settings: AirflowSettings) -> list[str]:
    """The accounts whose pods sign in to Azure: whatever reads or writes logs, or runs code of a DAG."""
    return list(executor_parts(settings).accounts.values())


def service_accounts(settings: AirflowSettings, client_id: Input[str]) -> list[ServiceAccountSpec]:
    """All accounts that the program makes; the one of the Jobs has no right at all."""
    parts = executor_parts(settings)
    return [
        *(
            ServiceAccountSpec(name=name, client_id=client_id, calls_kubernetes=component in parts.kubernetes_callers)
            for component, name in parts.accounts.items()
        ),
        ServiceAccountSpec(name=MIGRATION_SERVICE_ACCOUNT),
    ]
