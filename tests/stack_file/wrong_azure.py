"""Wrong settings of Azure: the stack, network, cluster, registry, vault and database."""

from __future__ import annotations

from typing import Any

from tests.case_values import WORKSPACE

GUID = "00000000-0000-0000-0000-000000000001"
AIRFLOW_POOL = {"name": "airflow", "minNodes": 1, "maxNodes": 2}
# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
AZURE: list[tuple[dict[str, Any], str, str]] = [
    ({"azure-native:location": None}, "azure-native:location", "canadacentral"),
    ({"azure-native:location": "Canada Central"}, "azure-native:location", "canadacentral"),
    ({"clutser": {"tier": "Free"}}, "clutser", "did you mean cluster?"),
    ({"monitoring": "on"}, "monitoring", "must be a mapping of settings"),
    ({"monitoring": {"alertMails": []}}, "monitoring.alertMails", "did you mean alertEmails?"),
    ({"monitoring": {"alertEmails": ["ops"]}}, "monitoring.alertEmails[0]", "must be a mail address, for example ops@"),
    (
        {"monitoring": {"alertEmails": ["ops@example.com", "OPS@example.com"]}},
        "monitoring.alertEmails",
        "OPS@example.com is listed twice",
    ),
    ({"monitoring": {"retentionDays": 7}}, "monitoring.retentionDays", "must be at least 30 (is 7)"),
    ({"monitoring": {"workspaceId": "log-all"}}, "monitoring.workspaceId", "the id of a Log Analytics workspace"),
    (
        {"monitoring": {"logAnalytics": False, "alertEmails": ["ops@example.com"]}},
        "monitoring.alertEmails",
        "needs airflow-aks:monitoring.logAnalytics: true, because the alerts ask the workspace",
    ),
    ({"monitoring": {"logAnalytics": False, "retentionDays": 90}}, "monitoring.retentionDays", "logAnalytics: true"),
    ({"monitoring": {"logAnalytics": False, "workspaceId": WORKSPACE}}, "monitoring.workspaceId", "logAnalytics: true"),
    (
        {"monitoring": {"workspaceId": WORKSPACE, "retentionDays": 90}},
        "monitoring.retentionDays",
        "that of airflow-aks:monitoring.workspaceId keeps its own setting",
    ),
    (
        {"monitoring": {}, "airflow.values": {"statsd": {"enabled": False}}},
        "airflow.values.statsd.enabled",
        "false leaves airflow-aks:monitoring without Airflow's metrics",
    ),
    (
        {"monitoring": {}, "airflow.config": {"metrics": {"legacy_names_on": "False"}}},
        "airflow.config.metrics.legacy_names_on",
        "must be true with airflow-aks:monitoring",
    ),
    ({"cluster.systemPool.vmSize": f"Standard_D{'9' * 5000}s_v5"}, "cluster.systemPool.vmSize", "at most 64"),
    ({"database.sku": f"Standard_D{'9' * 5000}s_v3"}, "database.sku", "at most 64 characters"),
    ({"cluster": "Free"}, "cluster", "must be a mapping of settings"),
    ({"cluster.systemPool": {"vmSiz": "Standard_D4ds_v5"}}, "cluster.systemPool.vmSiz", "did you mean vmSize?"),
    ({"cluster.system_pool": {}}, "cluster.system_pool", "did you mean systemPool?"),
    ({"cluster.tier": "Gold"}, "cluster.tier", "must be one of Free, Standard, Premium (is 'Gold')"),
    ({"cluster.kubernetesVersion": 1.35}, "cluster.kubernetesVersion", "write it in quotes"),
    ({"cluster.kubernetesVersion": "1.35.2"}, "cluster.kubernetesVersion", "the patch follows autoUpgrade"),
    ({"cluster.kubernetesVersion": "1.28"}, "cluster.kubernetesVersion", "1.30 or newer"),
    ({"cluster.zones": ["4"]}, "cluster.zones[0]", "must be one of 1, 2, 3"),
    ({"cluster.zones": [1]}, "cluster.zones[0]", 'write it in quotes, "1"'),
    ({"cluster.authorizedIpRanges": ["203.0.113.5/24"]}, "cluster.authorizedIpRanges[0]", "CIDR"),
    (
        {"cluster.privateApiServer": True, "cluster.authorizedIpRanges": ["203.0.113.0/24"]},
        "cluster.authorizedIpRanges",
        "airflow-aks:cluster.privateApiServer is true",
    ),
    ({"cluster.adminGroupIds": ["admins"]}, "cluster.adminGroupIds[0]", "Entra object id"),
    ({"cluster.localAccounts": False}, "cluster.localAccounts", "airflow-aks:cluster.adminGroupIds is empty"),
    ({"cluster.localAccounts": "no"}, "cluster.localAccounts", "must be true or false"),
    ({"cluster.autoUpgrade": "NodeImage"}, "cluster.autoUpgrade", "must be one of none, patch, stable"),
    ({"cluster.maintenance": {"startHour": 24}}, "cluster.maintenance.startHour", "must be at most 23 (is 24)"),
    ({"cluster.maintenance": {"durationHours": 2}}, "cluster.maintenance.durationHours", "must be at least 4"),
    ({"cluster.maintenance": {"utcOffset": "UTC"}}, "cluster.maintenance.utcOffset", "+00:00"),
    ({"cluster.systemPool": {"minNodes": 4, "maxNodes": 3}}, "cluster.systemPool.maxNodes", "less than minNodes (4)"),
    ({"cluster.systemPool": {"minNodes": 1}}, "cluster.systemPool.minNodes", "must be at least 2"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "name": "My-Pool"}]}, "cluster.pools[0].name", "1 to 12 lower-case letters"),
    ({"cluster.pools": [{"minNodes": 1}]}, "cluster.pools[0].name", "is required"),
    ({"cluster.pools": [AIRFLOW_POOL, AIRFLOW_POOL]}, "cluster.pools[1].name", "another pool"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "name": "system"}]}, "cluster.pools[0].name", "the system pool"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "purpose": "workers"}]}, "cluster.pools", "purpose airflow"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "spot": True}]}, "cluster.pools[0].spot", "Azure does not evict"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "taints": ["a=b"]}]}, "cluster.pools[0].taints[0]", "key=value:Effect"),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "gpu", "gpu": True, "purpose": "workers"}]},
        "cluster.pools[1].gpu",
        "tasks that need no GPU without a pool",
    ),
    ({"cluster.pools": [{**AIRFLOW_POOL, "vmSize": "D4ds_v5"}]}, "cluster.pools[0].vmSize", "Standard_D4ds_v5"),
    (
        {
            "cluster.pools": [{**AIRFLOW_POOL, "maxNodes": 1000}] * 1
            + [{"name": "b", "maxNodes": 1000}, {"name": "c", "maxNodes": 1000}]
        },
        "cluster.pools[0].maxNodes",
        "all pools together may need 3993 nodes, including those that upgrades add (system 2 + 1, airflow 1000 + 330, ",
    ),
    (
        {"cluster.systemPool": {"vmSize": "Standard_B4ms"}},
        "cluster.systemPool.vmSize",
        "is a B size, which AKS refuses here",
    ),
    (
        {"cluster.systemPool": {"vmSize": "Standard_D2ds_v5"}},
        "cluster.systemPool.vmSize",
        "has 2 vCPUs and 8 GiB: AKS requires at least 4 vCPUs and 4 GiB here",
    ),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "x", "vmSize": "Standard_B1ms", "purpose": "other"}]},
        "cluster.pools[1].vmSize",
        "AKS requires at least 2 vCPUs and 2 GiB here",
    ),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "gpu", "gpu": True, "purpose": "other"}]},
        "cluster.pools[1].vmSize",
        "has no GPU, and airflow-aks:cluster.pools[1].gpu is true",
    ),
    (
        {
            "cluster.pools": [
                AIRFLOW_POOL,
                {"name": "gpu", "gpu": True, "purpose": "other", "vmSize": "Standard_NV4as_v4"},
            ]
        },
        "cluster.pools[1].vmSize",
        "is not supported by AKS",
    ),
    (
        {"cluster.pools": [{**AIRFLOW_POOL, "labels": {"airflow-aks/purpose": "mine"}}]},
        "cluster.pools[0].labels.airflow-aks/purpose",
        "is set by the program",
    ),
    (
        {"cluster.pools": [{**AIRFLOW_POOL, "labels": {"kubernetes.azure.com/mode": "system"}}]},
        "cluster.pools[0].labels.kubernetes.azure.com/mode",
        "AKS uses kubernetes.azure.com/ and kubernetes.io/",
    ),
    (
        {
            "cluster.pools": [
                AIRFLOW_POOL,
                {"name": "x", "purpose": "workers", "taints": ["kubernetes.io/a=b:NoSchedule"]},
            ]
        },
        "cluster.pools[1].taints[0]",
        "AKS uses kubernetes.azure.com/ and kubernetes.io/",
    ),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "x", "purpose": "workers", "taints": ["a=b:NoSchedule"] * 2}]},
        "cluster.pools[1].taints",
        "is listed twice",
    ),
    (
        {
            "airflow.executor": "LocalExecutor",
            "cluster.pools": [{**AIRFLOW_POOL, "vmSize": "Standard_D2ds_v5", "maxNodes": 9}],
        },
        "cluster.pools[0].vmSize",
        "the scheduler pod requests 2300m of cpu and 4416Mi of memory, and a node of pool airflow (Standard_D2ds_v5) "
        "has 1600m of cpu and 5166Mi of memory for it; use Standard_D4ds_v5 or larger, or lower "
        "airflow-aks:airflow.resources.scheduler",
    ),
    (
        {"airflow.schedulers": 9},
        "cluster.pools[0].maxNodes",
        "is 3, and 1 of 9 scheduler pods (1050m of cpu, 1600Mi of memory, 4608Mi of disk each)",
    ),
    ({"network.addressSpace": "10.40.0.0/22"}, "network.addressSpace", "must be a /20 or larger"),
    ({"network.addressSpace": "10.0.0.0/16"}, "network.addressSpace", "overlaps 10.0.0.0/16"),
    ({"network.addressSpace": "10.244.0.0/20"}, "network.addressSpace", "overlaps 10.244.0.0/16"),
    ({"network.addressSpace": "8.8.0.0/16"}, "network.addressSpace", "must be a private range"),
    ({"network.addressSpace": "ten"}, "network.addressSpace", "CIDR"),
    ({"network.outbound": "nat"}, "network.outbound", "must be one of natGateway, loadBalancer"),
    ({"network.peerWith": ["hub"]}, "network.peerWith[0]", "id of a virtual network"),
    ({"naming": {"prefix": "Airflow!"}}, "naming.prefix", "lower-case letters"),
    ({"naming": {"prefix": "a" * 50}}, "naming.prefix", "at most 40"),
    ({"naming": {"suffix": "ab"}}, "naming.suffix", "3 to 6"),
    ({"tags": {"project": "x"}}, "tags.project", "set by the program"),
    ({"tags": {"a/b": "x"}}, "tags.a/b", "must not contain"),
    ({"tags": {"cost": 12}}, "tags.cost", "in quotes"),
    (
        {"registry": {"sku": "Basic", "publicAccess": False}},
        "registry.publicAccess",
        "airflow-aks:registry.sku: Premium",
    ),
    ({"registry": {"sku": "Basic", "retentionDays": 7}}, "registry.retentionDays", "airflow-aks:registry.sku: Premium"),
    ({"keyVault.softDeleteDays": 3}, "keyVault.softDeleteDays", "must be at least 7"),
    ({"keyVault.softDeleteDays": "7"}, "keyVault.softDeleteDays", "whole number, without quotes"),
    ({"database.version": 17}, "database.version", 'write it in quotes, "17"'),
    ({"database.version": "9"}, "database.version", "must be one of 14"),
    ({"database.storageGb": 100}, "database.storageGb", "must be one of 32, 64, 128"),
    ({"database.sku": "Standard_D2ds_v5"}, "database.sku", "belongs to airflow-aks:database.tier: GeneralPurpose"),
    ({"database.sku": "Standard_F2s"}, "database.sku", "is not a database size"),
    ({"database.highAvailability": "ZoneRedundant"}, "database.highAvailability", "airflow-aks:database.tier"),
    ({"database.pooler": "server"}, "database.pooler", "airflow-aks:database.tier: Burstable"),
    ({"database.backupDays": 60}, "database.backupDays", "must be at most 35"),
    (
        {"database": {"access": "private", "allowedIpRanges": ["203.0.113.0/24"]}},
        "database.allowedIpRanges",
        "airflow-aks:database.access: public",
    ),
    ({"cluster.authorizedIpRanges": ["203.0.113.0/24"] * 2}, "cluster.authorizedIpRanges", "is listed twice"),
    ({"keyVault.readerPrincipalIds": [GUID, GUID]}, "keyVault.readerPrincipalIds", "is listed twice"),
    ({"cluster.systemPool": {"minNodes": 5}}, "cluster.systemPool.maxNodes", "less than minNodes (5)"),
    ({"cluster.autoUpgrade": "node-image", "cluster.nodeOsUpgrade": "None"}, "cluster.nodeOsUpgrade", "NodeImage"),
    ({"network.addressSpace": "172.30.0.0/20"}, "network.addressSpace", "which AKS reserves"),
    ({"network.addressSpace": "127.0.0.0/16"}, "network.addressSpace", "must be a private range"),
    ({"tags": {"Env": "a", "env": "b"}}, "tags.env", "Azure ignores case"),
    ({"tags": {"cost center": "a"}}, "tags.cost center", "must not contain spaces"),
    ({"protectData": "yes"}, "protectData", "must be true or false"),
    ({"reapplyReleases": -1}, "reapplyReleases", "must be at least 0"),
    ({"reapplyReleases": "again"}, "reapplyReleases", "must be a whole number"),
    ({"network": {"secure": "x"}}, "network", "holds a secret"),
]
