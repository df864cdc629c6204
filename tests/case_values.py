"""Values that several plans of the tests share."""

from __future__ import annotations

USER_SECRETS = {"AIRFLOW_CONN_WAREHOUSE": "warehouse-connection", "AIRFLOW_VAR_REGION": "region"}
VAULT_BACKEND = "airflow.providers.microsoft.azure.secrets.key_vault.AzureKeyVaultBackend"
WORKSPACE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-logs"
    "/providers/Microsoft.OperationalInsights/workspaces/log-all"
)
RESTORE = {
    "sourceServerId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-airflow-prod/providers/"
    "Microsoft.DBforPostgreSQL/flexibleServers/psql-airflow-prod-a1b2c3",
    "pointInTime": "2026-08-10T03:00:00+01:00",
}
HOST = "airflow.example.com"
KEY_VAULT = {"issuer": "keyVault", "certificate": "airflow-example-com"}
