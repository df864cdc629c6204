"""The service accounts of Airflow's namespace, and the Azure roles of their identity."""

from __future__ import annotations

from pulumi import Input

from components.airflow.vault.user_secrets import asks_vault
from components.azure.log_storage_plan import log_roles
from components.azure.roles import KEY_VAULT_SECRETS_USER, RoleGrant
from components.kubernetes.namespace import ServiceAccountSpec
from components.settings.airflow_sections import AirflowSettings, SecretsSettings
from components.settings.azure_sections import LogsSettings
from components.settings.model import Settings
from components.settings.names import name_form

from .executors import executor_parts
from .names import MIGRATION_SERVICE_ACCOUNT, SECRET_KEEPER_SERVICE_ACCOUNT, SECRET_SYNC_SERVICE_ACCOUNT
from .release_lines import family_of


def accounts_with_identity(settings: AirflowSettings, logs: LogsSettings) -> list[str]:
    """Return the accounts whose pods sign in to Azure: those that read or write logs, or run code of DAGs."""
    # With blobfuse, the driver mounts with a token of the service account, so the pod itself needs no label.
    without = frozenset[str]() if logs.delivery == "blobfuse" else family_of(settings.release).without_identity
    return [account for component, account in _accounts(settings).items() if component not in without]


def remote_accounts(settings: AirflowSettings) -> list[str]:
    """Return the accounts whose pods call other clusters: those that run tasks, and the triggerer for deferred ones."""
    accounts = _accounts(settings)
    callers = ["workers" if executor_parts(settings).worker_pods else "scheduler"]
    return [accounts[component] for component in (*callers, *(["triggerer"] if settings.triggerers else []))]


def airflow_rights(settings: Settings, logs_container: Input[str], vault: Input[str]) -> list[RoleGrant]:
    """Return the roles of Airflow's identity: to write logs, and to read the vault for Airflow's secrets backend.

    The program assigns no role on a whole vault that exists: it would open the secrets of others.
    """
    rights = log_roles(settings.logs, logs_container)
    if settings.key_vault.existing_id is None and backend_asks_vault(settings):
        rights.append(RoleGrant(name="reads-vault", role=KEY_VAULT_SECRETS_USER, scope=vault))
    return rights


def backend_asks_vault(settings: Settings) -> bool:
    """Return whether Airflow's secrets backend reads the vault of the stack."""
    return asks_vault(settings.airflow, name_form(settings, "vault").pattern)


def secret_sync_account(settings: SecretsSettings) -> str:
    """Return the account that reads the vault. Each delivery has its own: both exist during a switch."""
    match settings.delivery:
        case "externalSecrets":
            return SECRET_SYNC_SERVICE_ACCOUNT
        case "csi":
            return SECRET_KEEPER_SERVICE_ACCOUNT


def service_accounts(settings: AirflowSettings, logs: LogsSettings, client_id: Input[str]) -> list[ServiceAccountSpec]:
    """Return every account that the program creates. The account of the Jobs has no identity and calls no API."""
    with_identity = accounts_with_identity(settings, logs)
    callers = executor_parts(settings).kubernetes_callers
    return [
        *(
            ServiceAccountSpec(
                name=account,
                client_id=client_id if account in with_identity else None,
                calls_kubernetes=component in callers,
            )
            for component, account in _accounts(settings).items()
        ),
        ServiceAccountSpec(name=MIGRATION_SERVICE_ACCOUNT),
    ]


def _accounts(settings: AirflowSettings) -> dict[str, str]:
    """Return the service account's name on the release line for each component that runs."""
    accounts = family_of(settings.release).accounts(executor_parts(settings).accounts)
    if settings.dag_processors == 0:
        del accounts["dagProcessor"]
    return accounts
