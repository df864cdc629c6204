"""Names inside the cluster that several modules use: namespace, release, service accounts, secrets."""

from __future__ import annotations

from typing import Final

NAMESPACE: Final = "airflow"
RELEASE: Final = "airflow"
GATEWAY_NAMESPACE: Final = "airflow-gateway"

# Kubernetes Secrets and the keys in them. The chart dictates the keys, not the names.
FERNET_KEY_SECRET: Final = "airflow-fernet-key"
FERNET_KEY: Final = "fernet-key"
API_SECRET: Final = "airflow-api-secret-key"
API_SECRET_KEY: Final = "api-secret-key"
JWT_SECRET: Final = "airflow-jwt-secret"
JWT_SECRET_KEY: Final = "jwt-secret"
METADATA_SECRET: Final = "airflow-metadata-connection"
MIGRATION_SECRET: Final = "airflow-migration-connection"
CONNECTION_KEY: Final = "connection"
BROKER_SECRET: Final = "airflow-broker-url"
RESULT_BACKEND_SECRET: Final = "airflow-result-backend"
KEDA_SECRET: Final = "airflow-keda-connection"
ASYNC_CONNECTION_KEY: Final = "async-connection"
PGBOUNCER_CONFIG_SECRET: Final = "airflow-pgbouncer-config"
PGBOUNCER_INI_KEY: Final = "pgbouncer.ini"
PGBOUNCER_USERS_KEY: Final = "users.txt"
PGBOUNCER_STATS_SECRET: Final = "airflow-pgbouncer-stats"
GIT_SSH_SECRET: Final = "airflow-git-ssh-key"
GIT_SSH_KEY: Final = "gitSshKey"
GIT_TOKEN_SECRET: Final = "airflow-git-credentials"
GIT_USERNAME_KEYS: Final = ("GIT_SYNC_USERNAME", "GITSYNC_USERNAME")
GIT_PASSWORD_KEYS: Final = ("GIT_SYNC_PASSWORD", "GITSYNC_PASSWORD")
GIT_CONNECTION_SECRET: Final = "airflow-git-connection"
# The prefix of log blobs. Airflow uses Blob Storage because the prefix begins with `wasb`.
LOG_BLOB_PREFIX: Final = "wasb-airflow"
# The storage drivers read these keys. Azure's guides on Airflow on AKS use the same names.
STORAGE_SECRET: Final = "storage-account-credentials"
STORAGE_NAME_KEY: Final = "azurestorageaccountname"
STORAGE_KEY_KEY: Final = "azurestorageaccountkey"
STORAGE_VAULT_ENDINGS: Final = {STORAGE_NAME_KEY: "NAME", STORAGE_KEY_KEY: "KEY"}
STORAGE_VAULT_SECRET: Final = "AKS-AIRFLOW-LOGS-STORAGE-ACCOUNT"
ADMIN_SECRET: Final = "airflow-admin"
ADMIN_PASSWORD_KEY: Final = "password"
SIGN_IN_SECRET: Final = "airflow-sign-in"
SIGN_IN_SECRET_KEY: Final = "client-secret"

# Environment variables with connections of Airflow.
GIT_CONNECTION: Final = "AIRFLOW_CONN_GIT_DAGS"
WASB_CONNECTION: Final = "AIRFLOW_CONN_WASB_LOGS"

# The connections of `remoteClusters`; its keys are the environment variables.
REMOTE_CONNECTIONS: Final = "airflow-remote-clusters"
# The secrets of `airflow.keyVaultSecrets`; its keys are the environment variables.
USER_SECRETS: Final = "airflow-user-secrets"

# The service account of each component, by the component's key in the chart's values. The chart would derive the same
# names from the release's name. Federated credentials refer to these names. LineFamily.accounts returns the names for
# each release line.
SERVICE_ACCOUNTS: Final[dict[str, str]] = {
    "apiServer": "airflow-api-server",
    "dagProcessor": "airflow-dag-processor",
    "scheduler": "airflow-scheduler",
    "triggerer": "airflow-triggerer",
    "workers": "airflow-worker",
}
MIGRATION_SERVICE_ACCOUNT: Final = "airflow-migration"
SECRET_SYNC_SERVICE_ACCOUNT: Final = "airflow-secret-sync"
SECRET_KEEPER_SERVICE_ACCOUNT: Final = "airflow-secret-keeper"
