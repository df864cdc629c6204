"""What a user switches on a living stack, and what may be touched for it."""

from __future__ import annotations

from typing import Any

from tests.cases import ZONE

SSH = {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"}
TOKEN = {"repository": "https://git.example.com/team/dags.git", "auth": "token"}
# What a gateway brings, and whom it changes.
GATEWAY = (
    "airflow-namespace-gateway-to-api-server",
    "airflow-release",
    "gateway-",
    "images-envoy-",
)
# What the certificate of a gateway consists of.
CERTIFICATE = ("certificate", "images-cert-manager")
# Section and change; beginnings of the names of all that may be created, updated or deleted for it.
SWITCHES: dict[str, tuple[str, dict[str, Any], tuple[str, ...]]] = {
    "executor": (
        "airflow",
        {"executor": "LocalExecutor"},
        ("airflow-release", "airflow-identity-airflow-worker", "airflow-namespace-"),
    ),
    "executor celery": (
        "airflow",
        {"executor": "CeleryExecutor"},
        (
            "airflow-release",
            "airflow-namespace-",
            "airflow-secrets-broker-url",
            "airflow-secrets-keda-connection",
            "airflow-secrets-pgbouncer-ini-secret",
            "airflow-secrets-result-backend",
            "broker-",
            "cluster-cluster",
            "secret-sync-external-secrets-externalsecret-airflow-broker-url",
            "secret-sync-external-secrets-externalsecret-airflow-keda-connection",
            "secret-sync-external-secrets-externalsecret-airflow-pgbouncer-config",
            "secret-sync-external-secrets-externalsecret-airflow-result-backend",
        ),
    ),
    "pooler none": (
        "database",
        {"pooler": "none"},
        (
            "airflow-release",
            "airflow-secrets-",
            "airflow-namespace-",
            "secret-sync-external-secrets-externalsecret-",
            "images-pgb",
        ),
    ),
    "egress restricted": (
        "network",
        {"egress": "restricted", "allowedHosts": ["api.example.com", "*.example.org"]},
        ("airflow-namespace-", "cluster-cluster", "secret-sync-external-secrets-egress-"),
    ),
    "logs private": (
        "logs",
        {"publicAccess": False},
        ("log-storage-account", "log-storage-private-blob", "network-blob-zone", "airflow-release"),
    ),
    "outbound address of peers": ("network", {"peerWith": []}, ()),
    "git token": (
        "dags",
        {"git": TOKEN},
        ("airflow-release", "airflow-secrets-git-", "secret-sync-external-secrets-externalsecret-airflow-git"),
    ),
    "git ssh": (
        "dags",
        {"git": SSH},
        (
            "airflow-release",
            "airflow-secrets-git-",
            "airflow-namespace-git-sync-to-git",
            "secret-sync-external-secrets-externalsecret-airflow-git",
        ),
    ),
    "scaling": ("airflow", {"triggerers": 3}, ("airflow-release",)),
    "logs on blobfuse": (
        "logs",
        {"delivery": "blobfuse"},
        ("airflow-release", "airflow-storage-logs-"),
    ),
    "logs on a share": (
        "logs",
        {"delivery": "azureFiles", "sizeGb": 20},
        (
            "airflow-release",
            "airflow-storage-logs-",
            "airflow-identity-writes-logs",
            "airflow-secrets-storage-",
            "log-storage-account",
            "log-storage-file-service",
            "log-storage-logs-share",
            "secret-sync-external-secrets-externalsecret-storage-",
        ),
    ),
    "dags on a share": (
        "dags",
        {"delivery": "azureFiles"},
        (
            "airflow-release",
            "airflow-storage-dags-",
            "airflow-secrets-storage-",
            "images-git-sync",
            "log-storage-account",
            "log-storage-file-service",
            "log-storage-dags-share",
            "secret-sync-external-secrets-externalsecret-storage-",
        ),
    ),
    "git bundle": ("dags", {"delivery": "gitBundle"}, ("airflow-release", "images-git-sync")),
    "git bundle by token": (
        "dags",
        {"delivery": "gitBundle", "git": TOKEN},
        (
            "airflow-release",
            "airflow-secrets-git-connection",
            "images-git-sync",
            "secret-sync-external-secrets-externalsecret-airflow-git-connection",
        ),
    ),
    "access by a label": ("access", {"dnsLabel": "my-airflow"}, (*GATEWAY, *CERTIFICATE)),
    "access by a host, for some": (
        "access",
        {"host": "airflow.example.com", "path": "/airflow", "allowedCidrs": ["203.0.113.0/24"]},
        (*GATEWAY, *CERTIFICATE),
    ),
    "access from inside": (
        "access",
        {"visibility": "internal", "host": "airflow.example.com", "dnsZoneId": ZONE, "replicas": 3},
        (*GATEWAY, *CERTIFICATE),
    ),
    "log retention": ("logs", {"retentionDays": 30}, ("log-storage-lifecycle",)),
    "refresh": ("secrets", {"refreshMinutes": 5}, ("secret-sync-external-secrets-externalsecret-",)),
    "secrets csi": (
        "secrets",
        {"delivery": "csi"},
        ("cluster-cluster", "secret-sync-", "images-external-secrets"),
    ),
    "key vault secrets": (
        "airflow",
        {"keyVaultSecrets": {"AIRFLOW_CONN_WAREHOUSE": "warehouse"}},
        ("airflow-release", "airflow-database-", "secret-sync-external-secrets-externalsecret-airflow-user-secrets"),
    ),
    "chaos": ("chaos", {"target": "apiServer"}, ("chaos-", "airflow-namespace-chaos-", "images-chaoskube")),
    "azure rbac": (
        "cluster",
        {"adminGroupIds": ["00000000-0000-0000-0000-00000000000a"], "azureRbac": True},
        ("cluster-cluster",),
    ),
    "vault readers": (
        "keyVault",
        {"readerPrincipalIds": ["00000000-0000-0000-0000-000000000009"]},
        ("key-vault-reader-",),
    ),
    "monitoring": (
        "monitoring",
        {"alertEmails": ["ops@example.com"]},
        ("airflow-namespace-statsd-scrape", "cluster-cluster", "log-workspace-", "monitoring-"),
    ),
    "pool size": (
        "cluster",
        {
            "pools": [
                {"name": "airflow", "minNodes": 1, "maxNodes": 4},
                {
                    "name": "tasks",
                    "vmSize": "Standard_D4ds_v5",
                    "minNodes": 0,
                    "maxNodes": 4,
                    "spot": True,
                    "purpose": "workers",
                },
            ]
        },
        ("cluster-pool-airflow",),
    ),
}
# Shares are protected there, as the stack file says, and refuse to go.
NOT_IN_PROD = ("dags on a share", "logs on a share")
# What a private database and larger pools bring along.
IN_PROD_TOO = {
    "executor celery": ("network-broker-zone", "network-private-endpoints-security"),
    "pool size": ("airflow-release", "cluster-pool-"),
}
