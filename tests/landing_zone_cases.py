"""Plans of a stack among what a company already has, as changes to prod."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from .authorities import INSPECTION, ROOT
from .case_values import HOST, KEY_VAULT, RESTORE, USER_SECRETS, VAULT_BACKEND, WORKSPACE
from .remote_cluster_cases import THREE

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
# The whole landing zone of the shipped example, in the place of every section of prod.
EXAMPLE_FILE = Path(__file__).resolve().parents[1] / "examples" / "stack-files" / "landing-zone.yaml"
_PROD_FILE = Path(__file__).resolve().parent / "stacks" / "prod.yaml"


def sections(file: Path) -> dict[str, Any]:
    """The program's own sections of a stack file, by their names."""
    content = yaml.safe_load(file.read_text(encoding="utf-8"))["config"]
    return {key.partition(":")[2]: value for key, value in content.items() if key.startswith("airflow-aks:")}


WHOLE: dict[str, Any] = {**dict.fromkeys(sections(_PROD_FILE)), **sections(EXAMPLE_FILE)}
# What a stack keeps of its landing zone, and one without keeps too.
FIXED = (
    "cluster.diskEncryptionSetId",
    "cluster.hostEncryption",
    "cluster.privateApiServer",
    "database.customerManagedKey",
    "keyVault.existingId",
    "naming.pattern",
    "network.existing",
    "network.privateDns.zones.cluster",
    "network.privateDns.zones.database",
    "resourceGroup.existingName",
)
LANDING_ZONES: dict[str, dict[str, Any]] = {
    "landing-zone": WHOLE,
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
        "access": {"host": HOST, "tls": KEY_VAULT},
    },
    "existing-vault-granted-by-others": {
        "keyVault": {"existingId": VAULT, "grantAccess": False, "deleteSecrets": False},
        "airflow.keyVaultSecrets": USER_SECRETS,
        "airflow.config": {"secrets": {"backend": VAULT_BACKEND}},
        "access": {"host": HOST, "tls": KEY_VAULT},
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
    **PROXIES,
}
