"""The plans that tests look at: each stack file of the tests, and a value for each of its selectors."""

from __future__ import annotations

import json
from typing import Any

from .case_values import HOST, KEY_VAULT, RESTORE, USER_SECRETS, VAULT_BACKEND, WORKSPACE
from .landing_zone_cases import LANDING_ZONES
from .remote_cluster_cases import THREE

STACKS = ("dev", "prod")
ENTRA = {
    "tenantId": "00000000-0000-0000-0000-00000000000A",
    "clientId": "00000000-0000-0000-0000-00000000000B",
    "roles": {"Admin": ["Airflow.Admin"], "Viewer": ["00000000-0000-0000-0000-00000000000C", "Airflow.Viewer"]},
}
ACCESS = {"host": "airflow.example.com", "tls": {"issuer": "selfSigned"}}
ZONE = (
    "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/dns/providers/Microsoft.Network/dnsZones/"
    "example.com"
)
DNS_ZONE = (
    "/subscriptions/00000000-0000-0000-0000-00000000000d/resourceGroups/rg-dns/providers/Microsoft.Network/dnsZones/"
    "example.com"
)
# The way in, by the source of its certificate.
CERTIFICATES: dict[str, dict[str, Any]] = {
    "certificate-letsencrypt": {"access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}}},
    "certificate-letsencrypt-host": {"access": {"host": "airflow.example.com"}},
    "certificate-letsencrypt-staging": {"access": {"dnsLabel": "my-airflow", "tls": {"issuer": "letsencryptStaging"}}},
    "certificate-dns": {
        "access": {"visibility": "internal", "host": "airflow.example.com", "dnsZoneId": DNS_ZONE},
    },
    "certificate-self-signed": {
        "access": {"visibility": "internal", "host": "airflow.example.com", "tls": {"issuer": "selfSigned"}},
    },
    "certificate-key-vault": {"access": {"host": "airflow.example.com", "tls": KEY_VAULT}},
    "certificate-key-vault-csi": {
        "secrets.delivery": "csi",
        "access": {"host": "airflow.example.com", "tls": KEY_VAULT},
    },
}
ADMINS = "00000000-0000-0000-0000-00000000000a"
# The second team is the same group in another namespace.
TEAMS = [
    {"name": "reports", "groupId": "00000000-0000-0000-0000-0000000000B1", "namespace": "reports", "role": "viewer"},
    {"name": "dev", "groupId": "00000000-0000-0000-0000-0000000000b1", "namespace": "dev", "role": "developer"},
    {"name": "data-ops", "groupId": "00000000-0000-0000-0000-0000000000c2", "namespace": "ops", "role": "admin"},
]
# A value for each selector of the stack file, as changes to prod.
SELECTORS: dict[str, dict[str, Any]] = {
    "kubernetes-executor": {"airflow.executor": "KubernetesExecutor"},
    "local-executor": {"airflow.executor": "LocalExecutor"},
    "celery-executor": {"airflow.executor": "CeleryExecutor"},
    "celery-scaler-hpa": {"airflow": {"executor": "CeleryExecutor", "workers": {"scaler": "hpa"}}},
    "celery-scaler-none": {"airflow": {"executor": "CeleryExecutor", "workers": {"scaler": "none", "min": 3}}},
    "celery-public": {"airflow.executor": "CeleryExecutor", "database.access": "public", "database.pooler": "none"},
    "celery-and-kubernetes": {"airflow.executor": "CeleryExecutor,KubernetesExecutor"},
    "release-2.9": {"airflow.release": "2.9"},
    "release-2.9-local": {
        "airflow.release": "2.9",
        "airflow.executor": "LocalExecutor",
        "airflow.dagProcessors": 0,
    },
    "release-3.3": {"airflow.release": "3.3"},
    "logs-blob": {"logs.delivery": "blob"},
    "logs-blobfuse": {"logs.delivery": "blobfuse"},
    "logs-azure-files": {"logs": {"delivery": "azureFiles", "sizeGb": 50}},
    "logs-premium": {"logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS"}},
    "dags-azure-files": {"dags": {"delivery": "azureFiles"}},
    "dags-image": {
        "dags": {"delivery": "image"},
        "airflow.image": {"repository": "team/airflow", "tag": "1.0.0"},
    },
    "dags-bundle": {"dags.delivery": "gitBundle"},
    "dags-bundle-ssh": {
        "dags": {
            "delivery": "gitBundle",
            "git": {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"},
        },
        "dagsGitSshKey": {"secure": "x"},
        "dagsGitKnownHosts": "git.example.com ssh-ed25519 AAAA",
    },
    "dags-bundle-token": {
        "dags": {
            "delivery": "gitBundle",
            "git": {"repository": "https://git.example.com/team/dags.git", "auth": "token"},
        },
        "dagsGitToken": {"secure": "x"},
    },
    "dags-git-without-sign-in": {"dags.git.auth": "none"},
    "dags-git-ssh": {
        "dags.git": {"repository": "git@git.example.com:team/dags.git", "auth": "ssh"},
        "dagsGitSshKey": {"secure": "x"},
        "dagsGitKnownHosts": "git.example.com ssh-ed25519 AAAA",
    },
    "dags-git-token": {
        "dags.git": {"repository": "https://git.example.com/team/dags.git", "auth": "token"},
        "dagsGitToken": {"secure": "x"},
    },
    "secrets-external-secrets": {"secrets.delivery": "externalSecrets"},
    "secrets-csi": {"secrets.delivery": "csi"},
    "key-vault-secrets": {"airflow.keyVaultSecrets": USER_SECRETS},
    "key-vault-secrets-csi": {"secrets.delivery": "csi", "airflow.keyVaultSecrets": USER_SECRETS},
    "key-vault-backend": {"airflow.config": {"secrets": {"backend": VAULT_BACKEND}}},
    "sign-in": {"access": {**ACCESS, "signIn": ENTRA}, "signInClientSecret": {"secure": "x"}},
    "sign-in-csi": {
        "access": {**ACCESS, "signIn": ENTRA},
        "signInClientSecret": {"secure": "x"},
        "secrets.delivery": "csi",
    },
    "sign-in-federated": {"access": {**ACCESS, "signIn": {**ENTRA, "federated": True}}},
    "sign-in-2.9": {
        "access": {**ACCESS, "signIn": ENTRA},
        "signInClientSecret": {"secure": "x"},
        "airflow.release": "2.9",
    },
    "secrets-rotated": {
        "secrets": {
            "rotate": {"adminPassword": 2, "apiSecretKey": 2, "databasePassword": 3, "fernetKey": 3, "jwtSecret": 2},
            "droppedFernetKeys": 1,
            "storageKey": "key2",
            "brokerKey": "secondary",
        },
        "dags": {"delivery": "azureFiles"},
        "airflow.executor": "CeleryExecutor",
    },
    "database-restore": {"database.restore": RESTORE},
    "database-restored": {"database.restore": {**RESTORE, "inUse": True}},
    "database-restored-again": {
        "database": {
            "access": "public",
            "restore": {**RESTORE, "number": 2, "inUse": True, "earlierServers": {"0": "unprotected"}},
        },
        "network.egress": "restricted",
    },
    "database-private": {"database.access": "private"},
    "database-public": {"database.access": "public"},
    "pooler-pgbouncer": {"database.pooler": "pgbouncer"},
    "pooler-server": {
        "database": {"sku": "Standard_D2ds_v5", "tier": "GeneralPurpose", "pooler": "server"},
    },
    "pooler-none": {"database.pooler": "none"},
    "outbound-nat-gateway": {"network.outbound": "natGateway"},
    "outbound-load-balancer": {"network.outbound": "loadBalancer"},
    "private-api-server": {"cluster.privateApiServer": True},
    "without-local-accounts": {
        "cluster.localAccounts": False,
        "cluster.adminGroupIds": ["00000000-0000-0000-0000-000000000001"],
    },
    "private-registry-and-vault": {"registry": {"publicAccess": False}, "keyVault.publicAccess": False},
    "monitoring": {"monitoring": {"alertEmails": ["ops@example.com"]}},
    "monitoring-in-a-workspace": {"monitoring": {"workspaceId": WORKSPACE}},
    "monitoring-off": {"monitoring": {"logAnalytics": False}},
    "logs-private": {"logs.publicAccess": False},
    "private-network": {"network.private": True},
    "egress-restricted": {"network.egress": "restricted", "network.allowedHosts": ["api.example.com", "*.example.org"]},
    "egress-restricted-public": {
        "network.egress": "restricted",
        "database": {"access": "public", "pooler": "server"},
        "airflow.executor": "CeleryExecutor",
        "access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}},
    },
    "access-label": {"access": {"dnsLabel": "my-airflow", "tls": {"email": "ops@example.com"}}},
    "access-host": {
        "access": {"host": HOST, "allowedCidrs": ["203.0.113.0/24", "198.51.100.7/32"], "tls": {"issuer": "selfSigned"}}
    },
    "access-internal": {"access": {"visibility": "internal", "host": HOST, "dnsZoneId": ZONE, "replicas": 3}},
    "access-path": {"access": {"host": HOST, "path": "/data/airflow", "tls": {"issuer": "letsencryptStaging"}}},
    "access-2.9": {"airflow.release": "2.9", "access": {"host": HOST, "dnsZoneId": ZONE}},
    "remote-clusters": THREE,
    "chaos": {"chaos": {"target": "scheduler"}},
    "teams": {"cluster.adminGroupIds": [ADMINS], "teams": TEAMS},
    "teams-tasks": {
        "cluster.adminGroupIds": [ADMINS],
        "teams": [TEAMS[0], *({**team, "runsTasks": True} for team in TEAMS[1:])],
    },
    "teams-tasks-git-token": {
        "cluster.adminGroupIds": [ADMINS],
        "teams": [{**TEAMS[1], "runsTasks": True}],
        "dags": {
            "delivery": "gitBundle",
            "git": {"repository": "https://git.example.com/team/dags.git", "auth": "token"},
        },
        "dagsGitToken": {"secure": "x"},
    },
    "teams-azure-rbac": {"cluster.adminGroupIds": [ADMINS], "cluster.azureRbac": True, "teams": TEAMS},
    "customized-image": {"airflow.image": {"repository": "team/airflow", "tag": "1.0.0"}},
    **CERTIFICATES,
    **LANDING_ZONES,
}
# Each of them by its name, as `planned` takes it.
EVERY = (*STACKS, *SELECTORS)
# Changes that take the program where the shipped stacks do not.
MEASURED = {
    json.dumps(SELECTORS[name], sort_keys=True)
    for name in (
        "local-executor",
        "celery-executor",
        "dags-git-token",
        "logs-azure-files",
        "without-local-accounts",
        "secrets-csi",
    )
}
# Those that choose what prod has already: the same plan under another name.
SAME_AS_PROD = {
    "kubernetes-executor",
    "release-3.3",
    "logs-blob",
    "dags-git-without-sign-in",
    "secrets-external-secrets",
    "database-private",
    "pooler-pgbouncer",
    "outbound-nat-gateway",
    "private-registry-and-vault",
}
# Every plan that differs, as arguments of `plan_of`.
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "dev": ("dev", {}),
    "prod": ("prod", {}),
    **{name: ("prod", changes) for name, changes in SELECTORS.items() if name not in SAME_AS_PROD},
}
