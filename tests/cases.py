"""The plans that tests look at: each stack file of the tests, and a value for each of its selectors."""

from __future__ import annotations

import json
from typing import Any

from .authorities import INSPECTION, ROOT
from .remote_cluster_cases import THREE

STACKS = ("dev", "prod")
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
HOST = "airflow.example.com"
DNS_ZONE = (
    "/subscriptions/00000000-0000-0000-0000-00000000000d/resourceGroups/rg-dns/providers/Microsoft.Network/dnsZones/"
    "example.com"
)
_KEY_VAULT = {"issuer": "keyVault", "certificate": "airflow-example-com"}
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
    "certificate-key-vault": {"access": {"host": "airflow.example.com", "tls": _KEY_VAULT}},
    "certificate-key-vault-csi": {
        "secrets.delivery": "csi",
        "access": {"host": "airflow.example.com", "tls": _KEY_VAULT},
    },
}
ADMINS = "00000000-0000-0000-0000-00000000000a"
# The second team is the same group in another namespace.
TEAMS = [
    {"name": "reports", "groupId": "00000000-0000-0000-0000-0000000000B1", "namespace": "reports", "role": "viewer"},
    {"name": "dev", "groupId": "00000000-0000-0000-0000-0000000000b1", "namespace": "dev", "role": "developer"},
    {"name": "data-ops", "groupId": "00000000-0000-0000-0000-0000000000c2", "namespace": "ops", "role": "admin"},
]
# Subnets of a platform team, in a subscription of its own.
SPOKE = (
    "/subscriptions/00000000-0000-0000-0000-0000000000f1/resourceGroups/rg-network/providers/Microsoft.Network/"
    "virtualNetworks/vnet-spoke/subnets"
)
SUBNETS = {
    "nodeSubnetId": f"{SPOKE}/snet-nodes",
    "databaseSubnetId": f"{SPOKE}/snet-database",
    "privateEndpointSubnetId": f"{SPOKE}/snet-endpoints",
    "gatewaySubnetId": f"{SPOKE}/snet-gateway",
}
# What a security team keeps, in the subscription of the tests' stacks.
_KEYS = "/subscriptions/00000000-0000-0000-0000-0000000000e1/resourceGroups/rg-keys/providers"
DISK_ENCRYPTION_SET = f"{_KEYS}/Microsoft.Compute/diskEncryptionSets/des-aks"
DATABASE_IDENTITY = f"{_KEYS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-postgres-key"
GEO_IDENTITY = f"{_KEYS}/Microsoft.ManagedIdentity/userAssignedIdentities/id-postgres-key-geo"
DATABASE_KEY = {"keyId": "https://kv-keys.vault.azure.net/keys/airflow", "identityId": DATABASE_IDENTITY}
GEO_DATABASE_KEY = {
    **DATABASE_KEY,
    "geoBackupKeyId": "https://kv-keys-geo.vault.azure.net/keys/airflow/0123456789abcdef0123456789abcdef",
    "geoBackupIdentityId": GEO_IDENTITY,
}
SECURITY_BASELINE: dict[str, Any] = {
    "cluster.azurePolicy": True,
    "cluster.defenderWorkspaceId": WORKSPACE,
    "cluster.diskEncryptionSetId": DISK_ENCRYPTION_SET,
    "cluster.hostEncryption": True,
    "database.customerManagedKey": DATABASE_KEY,
}
INTERNAL = {"visibility": "internal", "host": HOST, "tls": {"issuer": "selfSigned"}}
# Prod without an address of its own on the Internet, in a network of others. Its stack file has a range of its own.
LANDING_ZONE: dict[str, Any] = {
    "network.addressSpace": None,
    "network.existing": SUBNETS,
    "network.outbound": "userDefinedRouting",
    "network.private": True,
    "access": INTERNAL,
}
# The same, and nodes without a way to the Internet, which an example of Airflow's in a public repository would need.
ISOLATED: dict[str, Any] = {
    **LANDING_ZONE,
    "network.outbound": "none",
    "dags": {"delivery": "gitSync", "git": {"repository": "https://git.example.com/data/dags.git"}},
}
# What a platform team has: a Key Vault in its own subscription, and a resource group in that of the stack.
VAULT = (
    "/subscriptions/00000000-0000-0000-0000-0000000000f1/resourceGroups/rg-security/providers/Microsoft.KeyVault/"
    "vaults/kv-Platform"
)
GROUP = "RG_Data.Platform"
# Prod in a resource group, a Key Vault and a workspace of others. Its stack file has settings of a vault of its own.
EXISTING_PLACES: dict[str, Any] = {
    "resourceGroup": {"existingName": GROUP},
    "keyVault": {"existingId": VAULT},
    "monitoring": {"workspaceId": WORKSPACE, "alertEmails": ["ops@example.com"]},
}
# Private DNS zones of a platform team, in the subscription of the hub.
HUB = "/subscriptions/00000000-0000-0000-0000-0000000000f3/resourceGroups/rg-dns/providers/Microsoft.Network"
ZONES = {
    "registry": f"{HUB}/privateDnsZones/privatelink.azurecr.io",
    "keyVault": f"{HUB}/privateDnsZones/privatelink.vaultcore.azure.net",
    "blob": f"{HUB}/privateDnsZones/privatelink.blob.core.windows.net",
    "file": f"{HUB}/privateDnsZones/privatelink.file.core.windows.net",
    "database": f"{HUB}/privateDnsZones/contoso.postgres.database.azure.com",
    "broker": f"{HUB}/privateDnsZones/privatelink.redis.azure.net",
    "cluster": f"{HUB}/privateDnsZones/privatelink.canadacentral.azmk8s.io",
}


def zones(*keys: str) -> dict[str, str]:
    """Those of the zones that a stack needs."""
    return {key: ZONES[key] for key in keys}


# What the landing zone needs: its executor has no broker, and it has no file share.
OF_LANDING_ZONE = zones("registry", "keyVault", "blob", "database", "cluster")
# A registry of a platform team, in a subscription of its own, beside images of other teams.
REGISTRY = (
    "/subscriptions/00000000-0000-0000-0000-0000000000a7/resourceGroups/rg-shared/providers/"
    "Microsoft.ContainerRegistry/registries/crContosoShared"
)
# Prod with the images in that registry. Its stack file has a private registry of its own.
EXISTING_REGISTRY: dict[str, Any] = {"registry": {"existingId": REGISTRY, "prefix": "platform/airflow"}}
PROXY: dict[str, Any] = {
    "http": "http://proxy.example.com:3128",
    "https": "https://proxy.example.com:3129",
    "noProxy": [".example.org", "10.70.0.0/16"],
    "trustedCa": ROOT + INSPECTION,
}
# A company's proxy and authorities, beside settings whose containers call something outside.
PROXIES: dict[str, dict[str, Any]] = {
    "proxy": {"proxy": PROXY, "access": {"host": HOST}, "airflow.executor": "CeleryExecutor"},
    "proxy-restricted": {"proxy": PROXY, "network.egress": "restricted"},
    "proxy-2.9": {"proxy": {"http": "http://192.0.2.9:3128"}, "airflow.release": "2.9"},
    "authorities-2.9": {"proxy": {"trustedCa": ROOT}, "airflow.release": "2.9", "secrets.delivery": "csi"},
}
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
    "existing-network": LANDING_ZONE,
    "existing-network-celery": {
        **LANDING_ZONE,
        "airflow.executor": "CeleryExecutor",
        "chaos": {"target": "scheduler"},
        "network.egress": "restricted",
    },
    "existing-network-granted-by-others": {**LANDING_ZONE, "network.existing": {**SUBNETS, "grantAccess": False}},
    "existing-vault": {
        "keyVault": {"existingId": VAULT},
        "airflow.keyVaultSecrets": USER_SECRETS,
        "access": {"host": HOST, "tls": _KEY_VAULT},
    },
    "existing-vault-granted-by-others": {
        "keyVault": {"existingId": VAULT, "grantAccess": False, "deleteSecrets": False},
        "airflow.keyVaultSecrets": USER_SECRETS,
        "airflow.config": {"secrets": {"backend": VAULT_BACKEND}},
        "access": {"host": HOST, "tls": _KEY_VAULT},
        "secrets.delivery": "csi",
    },
    "existing-places": {**EXISTING_PLACES, "airflow.executor": "CeleryExecutor"},
    "private-dns-existing": {**LANDING_ZONE, "network.privateDns": {"mode": "existing", "zones": OF_LANDING_ZONE}},
    "private-dns-granted-by-others": {
        **LANDING_ZONE,
        "network.existing": {**SUBNETS, "grantAccess": False},
        "network.privateDns": {"mode": "existing", "zones": OF_LANDING_ZONE, "grantAccess": False},
    },
    # A network of the stack's own, whose DNS servers stand in the hub.
    "private-dns-own-network": {
        "network.private": True,
        "network.dnsServers": ["10.9.0.4", "10.9.0.5"],
        "network.privateDns": {"mode": "existing", "zones": ZONES},
        "airflow.executor": "CeleryExecutor",
        "dags": {"delivery": "azureFiles"},
    },
    "private-dns-policy": {**LANDING_ZONE, "network.privateDns": {"mode": "policy", "zones": zones("database")}},
    "isolated-network": ISOLATED,
    "security-baseline": SECURITY_BASELINE,
    "security-baseline-restored": {**SECURITY_BASELINE, "database.restore": RESTORE, "monitoring": {}},
    "azure-policy": {"cluster.azurePolicy": True},
    "defender": {"cluster.defenderWorkspaceId": WORKSPACE},
    "disk-encryption-set": {"cluster.diskEncryptionSetId": DISK_ENCRYPTION_SET},
    "host-encryption": {"cluster.hostEncryption": True},
    "database-key": {"database.customerManagedKey": DATABASE_KEY},
    "database-key-geo": {"database.customerManagedKey": GEO_DATABASE_KEY, "database.geoRedundantBackup": True},
    "existing-registry": EXISTING_REGISTRY,
    "existing-registry-in-landing-zone": {
        **LANDING_ZONE,
        "registry": {**EXISTING_REGISTRY["registry"], "pullRole": "Container Registry Repository Reader"},
        "chaos": {"target": "scheduler"},
        "airflow.image": {"repository": "customized/airflow", "tag": "1.0"},
        "dags": {"delivery": "image"},
        "monitoring": {},
    },
    "existing-registry-granted-by-others": {
        **THREE,
        "registry": {**EXISTING_REGISTRY["registry"], "grantAccess": False},
    },
    "registry-prefix": {"registry.prefix": "airflow-prod", "access": INTERNAL},
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
    **PROXIES,
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
