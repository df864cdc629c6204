"""Wrong stack files: each problem by its path, with what would be right, all of them at once."""

from __future__ import annotations

from typing import Any

import pytest

from components.settings.loader import check
from components.settings.problems import Problem
from tests.plans import PROJECT, changed, shipped

GUID = "00000000-0000-0000-0000-000000000001"
AIRFLOW_POOL = {"name": "airflow", "minNodes": 1, "maxNodes": 2}


def problems(changes: dict[str, Any], stack: str = "dev") -> list[Problem]:
    config = changed(shipped("dev"), changes)
    settings, errors, _ = check(config.values, set(config.secret_keys), PROJECT, stack)
    assert (settings is None) == bool(errors)
    return errors


# What is changed in the dev stack file; the path that the answer names, behind `airflow-aks:`; words of the answer.
BAD: list[tuple[dict[str, Any], str, str]] = [
    ({"azure-native:location": None}, "azure-native:location", "canadacentral"),
    ({"azure-native:location": "Canada Central"}, "azure-native:location", "canadacentral"),
    ({"clutser": {"tier": "Free"}}, "clutser", "did you mean cluster?"),
    ({"chaos": {"target": "scheduler"}}, "chaos", "unknown key"),
    ({"access": {"visibility": "public"}}, "access", "unknown key"),
    ({"monitoring": {"logAnalytics": True}}, "monitoring", "unknown key"),
    ({"teams": []}, "teams", "unknown key"),
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
    ({"cluster.pools": [{**AIRFLOW_POOL, "spot": True}]}, "cluster.pools[0].spot", "nodes that stay"),
    ({"cluster.pools": [{**AIRFLOW_POOL, "taints": ["a=b"]}]}, "cluster.pools[0].taints[0]", "key=value:Effect"),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "gpu", "gpu": True, "purpose": "workers"}]},
        "cluster.pools[1].gpu",
        "plain tasks without a pool",
    ),
    ({"cluster.pools": [{**AIRFLOW_POOL, "vmSize": "D4ds_v5"}]}, "cluster.pools[0].vmSize", "Standard_D4ds_v5"),
    (
        {
            "cluster.pools": [{**AIRFLOW_POOL, "maxNodes": 1000}] * 1
            + [{"name": "b", "maxNodes": 1000}, {"name": "c", "maxNodes": 1000}]
        },
        "cluster.pools[0].maxNodes",
        "all pools may need 3993 nodes with those that upgrades add (system 2 + 1, airflow 1000 + 330, b 1000 + 330, ",
    ),
    (
        {"cluster.systemPool": {"vmSize": "Standard_B4ms"}},
        "cluster.systemPool.vmSize",
        "is a B size, which AKS refuses for it",
    ),
    (
        {"cluster.systemPool": {"vmSize": "Standard_D2ds_v5"}},
        "cluster.systemPool.vmSize",
        "has 2 vCPUs and 8 GiB: AKS wants at least 4 vCPUs and 4 GiB here",
    ),
    (
        {"cluster.pools": [AIRFLOW_POOL, {"name": "x", "vmSize": "Standard_B1ms", "purpose": "other"}]},
        "cluster.pools[1].vmSize",
        "AKS wants at least 2 vCPUs and 2 GiB here",
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
        "AKS keeps kubernetes.azure.com/ and kubernetes.io/",
    ),
    (
        {
            "cluster.pools": [
                AIRFLOW_POOL,
                {"name": "x", "purpose": "workers", "taints": ["kubernetes.io/a=b:NoSchedule"]},
            ]
        },
        "cluster.pools[1].taints[0]",
        "AKS keeps kubernetes.azure.com/ and kubernetes.io/",
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
        {"airflow.resources": {"workers": {"cpu": "6"}}},
        "airflow.resources.workers",
        "the task pod requests 6000m of cpu and 1024Mi of memory, and a node of pool tasks (Standard_D4ds_v5) has "
        "3560m of cpu and 13028Mi of memory for it; use Standard_D8ds_v5 or larger, or request less",
    ),
    (
        {"airflow.resources": {"gitSync": {"memory": "40Gi"}, "triggerer": {"memory": "1500Gi"}}},
        "airflow.resources.triggerer",
        "use a larger size, or request less",
    ),
    (
        {"airflow.schedulers": 9},
        "cluster.pools[0].maxNodes",
        "Airflow's own pods request 13250m of cpu and 19776Mi of memory together, and all nodes with purpose airflow "
        "have 7120m of cpu and 26056Mi of memory for them; raise it",
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
    ({"tags": {"a/b": "x"}}, "tags.a/b", "must not hold"),
    ({"tags": {"cost": 12}}, "tags.cost", "in quotes"),
    (
        {"registry": {"sku": "Basic", "publicAccess": False}},
        "registry.publicAccess",
        "airflow-aks:registry.sku: Premium",
    ),
    ({"registry": {"sku": "Basic", "retentionDays": 7}}, "registry.retentionDays", "airflow-aks:registry.sku: Premium"),
    ({"keyVault.softDeleteDays": 3}, "keyVault.softDeleteDays", "must be at least 7"),
    ({"keyVault.softDeleteDays": "7"}, "keyVault.softDeleteDays", "whole number, without quotes"),
    ({"secrets": {"delivery": "vault"}}, "secrets.delivery", "must be one of externalSecrets, csi (is 'vault')"),
    ({"secrets": {"refreshMinutes": 0}}, "secrets.refreshMinutes", "must be at least 1 (is 0)"),
    ({"logs.delivery": "nfs"}, "logs.delivery", "must be one of blob, blobfuse, azureFiles"),
    ({"logs.redundancy": "Premium_LRS"}, "logs.redundancy", "is for file shares"),
    ({"logs": {"delivery": "blobfuse", "redundancy": "Premium_ZRS"}}, "logs.redundancy", "use Standard_ZRS"),
    (
        {"logs": {"delivery": "azureFiles", "redundancy": "Premium_ZRS", "sizeGb": 50}},
        "logs.sizeGb",
        "at least 100 with airflow-aks:logs.redundancy: Premium_ZRS",
    ),
    ({"logs.redundancy": "Premium_ZRS", "dags.delivery": "azureFiles"}, "dags.sizeGb", "must be at least 100"),
    ({"logs": {"delivery": "azureFiles", "sizeGb": 0}}, "logs.sizeGb", "must be at least 1"),
    ({"logs": {"delivery": "azureFiles", "sizeGb": 6000}}, "logs.sizeGb", "must be at most 5120"),
    ({"logs": {"delivery": "azureFiles", "sizeGb": "50"}}, "logs.sizeGb", "whole number, without quotes"),
    ({"logs.delivery": "blobfuse", "cluster.kubernetesVersion": "1.33"}, "logs.delivery", "1.35 or newer"),
    ({"logs.retentionDays": 0}, "logs.retentionDays", "must be at least 1"),
    ({"dags": {}}, "dags.git.repository", "is required with airflow-aks:dags.delivery: gitSync"),
    ({"dags.delivery": "share"}, "dags.delivery", "must be one of gitSync, gitBundle, azureFiles, image"),
    ({"dags.delivery": "image"}, "airflow.image.tag", "is required with airflow-aks:dags.delivery: image"),
    ({"dags": {"delivery": "gitBundle"}}, "dags.git.repository", "is required with airflow-aks:dags.delivery"),
    ({"dags.delivery": "gitBundle", "dags.git.auth": "token"}, "dagsGitToken", "pulumi config set --secret"),
    (
        {"dags.delivery": "gitBundle", "airflow.values": {"dagProcessor": {"dagBundleConfigList": []}}},
        "airflow.values.dagProcessor.dagBundleConfigList",
        "would replace the bundle",
    ),
    (
        {"dags.delivery": "azureFiles", "airflow.resources": {"gitSync": {"cpu": "1"}}},
        "airflow.resources.gitSync",
        "airflow-aks:dags.delivery is azureFiles",
    ),
    ({"airflow.environment": {"AIRFLOW_CONN_GIT_DAGS": "x"}}, "airflow.environment.AIRFLOW_CONN_GIT_DAGS", "dags.git"),
    ({"dags.git.repository": "https://u:p@git.example.com/x.git"}, "dags.git.repository", "dagsGitToken"),
    ({"dags.git.repository": "git@git.example.com:x.git"}, "dags.git.repository", "must start with https://"),
    ({"dags.git.auth": "ssh"}, "dags.git.repository", "must be an SSH address"),
    ({"dags.git.auth": "token"}, "dagsGitToken", "pulumi config set --secret airflow-aks:dagsGitToken"),
    ({"dags.git.subPath": "/dags"}, "dags.git.subPath", "inside the repository"),
    ({"dags.git.subPath": "../dags"}, "dags.git.subPath", "inside the repository"),
    ({"dagsGitToken": "in-the-clear"}, "dagsGitToken", "stands in the clear"),
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
    ({"airflow.image": {"tag": f"1.0.0@sha256:{'a' * 64}"}}, "airflow.image.tag", "must be an image tag"),
    ({"airflow.release": "2.8"}, "airflow.release", "must be a release line of charts/pins.yaml: 2.9, 3.3 (is '2.8')"),
    ({"airflow.executor": "Celery"}, "airflow.executor", "must be one of KubernetesExecutor, CeleryExecutor, Local"),
    ({"airflow.executor": "LocalExecutor,KubernetesExecutor"}, "airflow.executor", "must be one of"),
    ({"airflow.workers": {"min": 1}}, "airflow.workers", "airflow-aks:airflow.executor is KubernetesExecutor"),
    (
        {"airflow.executor": "LocalExecutor", "airflow.workers": {"scaler": "keda"}},
        "airflow.workers",
        "airflow-aks:airflow.executor is LocalExecutor",
    ),
    ({"airflow.executor": "CeleryExecutor", "airflow.workers": {"scaler": "vpa"}}, "airflow.workers.scaler", "keda"),
    ({"airflow.executor": "CeleryExecutor", "airflow.workers": {"min": 5, "max": 4}}, "airflow.workers.max", "min (5)"),
    ({"airflow.executor": "CeleryExecutor", "airflow.workers": {"min": 12}}, "airflow.workers.max", "min (12)"),
    ({"airflow.executor": "CeleryExecutor", "airflow.workers": {"max": 0}}, "airflow.workers.max", "at least 1"),
    ({"airflow.executor": "CeleryExecutor", "airflow.workers": {"concurrency": 0}}, "airflow.workers.concurrency", "1"),
    (
        {"airflow.executor": "CeleryExecutor", "airflow.workers": {"min": 0, "scaler": "hpa"}},
        "airflow.workers.min",
        "only keda",
    ),
    (
        {"airflow.executor": "CeleryExecutor", "airflow.workers": {"min": 0, "scaler": "none"}},
        "airflow.workers.min",
        "airflow-aks:airflow.workers.scaler: none",
    ),
    (
        {"airflow.executor": "CeleryExecutor", "airflow.workers": {"max": 4, "scaler": "none"}},
        "airflow.workers.max",
        "always runs min (1)",
    ),
    ({"broker": {"sku": "Balanced_B50"}}, "broker.sku", "Balanced_B20"),
    ({"broker": {"size": "B0"}}, "broker.size", "unknown key"),
    (
        {"airflow.resources": {"taskPods": {"cpu": "1"}}},
        "airflow.resources.taskPods",
        "airflow-aks:airflow.executor is KubernetesExecutor; size `workers`",
    ),
    (
        {"airflow.values": {"workers": {"celery": {"queue": "default"}}}},
        "airflow.values.workers.celery",
        "airflow-aks:airflow.executor is KubernetesExecutor",
    ),
    (
        {"airflow.executor": "CeleryExecutor", "airflow.values": {"workers": {"kubernetes": {"labels": {}}}}},
        "airflow.values.workers.kubernetes",
        "airflow-aks:airflow.executor is CeleryExecutor",
    ),
    (
        {"airflow.executor": "CeleryExecutor", "airflow.config": {"celery": {"worker_concurrency": 8}}},
        "airflow.config.celery.worker_concurrency",
        "airflow-aks:airflow.workers.concurrency",
    ),
    ({"airflow.image": {"repository": "team/airflow"}}, "airflow.image.tag", "is required"),
    (
        {"airflow.image": {"repository": "quay.io:443/x", "tag": "1"}},
        "airflow.image.repository",
        "without the registry",
    ),
    ({"airflow.admin": {"email": "ops"}}, "airflow.admin.email", "mail address"),
    ({"airflow.admin": {"password": "x"}}, "airflow.admin.password", "unknown key"),
    ({"airflow.schedulers": 0}, "airflow.schedulers", "must be at least 1"),
    ({"airflow.keyVaultSecrets": {"TEAM": "my_conn"}}, "airflow.keyVaultSecrets.TEAM", "letters, digits and hyphens"),
    ({"airflow.keyVaultSecrets": {"TEAM": ""}}, "airflow.keyVaultSecrets.TEAM", "letters, digits and hyphens"),
    ({"airflow.keyVaultSecrets": {"MY-VAR": "x"}}, "airflow.keyVaultSecrets.MY-VAR", "an environment variable"),
    ({"airflow.keyVaultSecrets": ["my-conn"]}, "airflow.keyVaultSecrets", "must be a mapping of keys to values"),
    (
        {"airflow.keyVaultSecrets": {"AIRFLOW__CORE__FERNET_KEY": "mine"}},
        "airflow.keyVaultSecrets.AIRFLOW__CORE__FERNET_KEY",
        "is fixed by the program",
    ),
    (
        {"airflow.keyVaultSecrets": {"TEAM": "mine"}, "airflow.environment": {"TEAM": "data"}},
        "airflow.keyVaultSecrets.TEAM",
        "is also set by airflow-aks:airflow.environment.TEAM",
    ),
    (
        {"airflow.keyVaultSecrets": {"TEAM": "airflow-jwt-secret"}},
        "airflow.keyVaultSecrets.TEAM",
        "is a secret of the program itself",
    ),
    ({"airflow.resources": {"schedular": {"cpu": "1"}}}, "airflow.resources.schedular", "must be one of"),
    ({"airflow.resources": {"scheduler": {"memory": "2 GB"}}}, "airflow.resources.scheduler.memory", "2Gi"),
    (
        {"airflow.executor": "LocalExecutor", "airflow.resources": {"workers": {"cpu": "1"}}},
        "airflow.resources.workers",
        "size `scheduler`",
    ),
    ({"airflow.config": {"core": {"executor": "X"}}}, "airflow.config.core.executor", "airflow-aks:airflow.executor"),
    ({"airflow.environment": {"MY_TOKEN": "abcdef123456"}}, "airflow.environment.MY_TOKEN", "Key Vault"),
    ({"airflow.values": {"executor": "X"}}, "airflow.values.executor", "airflow-aks:airflow.executor"),
    ({"airflow.values": {"fernetKey": "x"}}, "airflow.values.fernetKey", ""),
    ({"airflow.values": {"shceduler": {}}}, "airflow.values.shceduler", "scheduler"),
    ({"cluster.authorizedIpRanges": ["203.0.113.0/24"] * 2}, "cluster.authorizedIpRanges", "is listed twice"),
    ({"keyVault.readerPrincipalIds": [GUID, GUID]}, "keyVault.readerPrincipalIds", "is listed twice"),
    ({"cluster.systemPool": {"minNodes": 5}}, "cluster.systemPool.maxNodes", "less than minNodes (5)"),
    ({"cluster.autoUpgrade": "node-image", "cluster.nodeOsUpgrade": "None"}, "cluster.nodeOsUpgrade", "NodeImage"),
    ({"network.addressSpace": "172.30.0.0/20"}, "network.addressSpace", "AKS keeps for itself"),
    ({"network.addressSpace": "127.0.0.0/16"}, "network.addressSpace", "must be a private range"),
    ({"tags": {"Env": "a", "env": "b"}}, "tags.env", "does not tell case apart"),
    ({"tags": {"cost center": "a"}}, "tags.cost center", "must not hold spaces"),
    ({"airflow.resources": {"scheduler": {"cpu": "2Gi"}}}, "airflow.resources.scheduler.cpu", "quantity of cores"),
    ({"airflow.config": {"core": {"parallelism": [1]}}}, "airflow.config.core.parallelism", "must be text, a number"),
    ({"airflow.values": {"ingress": {"web": {"enabled": True}}}}, "airflow.values.ingress", "connectCommand"),
    ({"airflow.dagProcessors": 0}, "airflow.dagProcessors", "0 is for 2.9, and airflow-aks:airflow.release is 3.3"),
    ({"airflow.dagProcessors": -1}, "airflow.dagProcessors", "must be at least 0"),
    (
        {"airflow.release": "2.9", "airflow.dagProcessors": 0, "airflow.resources": {"dagProcessor": {"cpu": "1"}}},
        "airflow.resources.dagProcessor",
        "airflow-aks:airflow.dagProcessors is 0",
    ),
    (
        {"airflow.release": "2.9", "airflow.config": {"dag_processor": {"refresh_interval": 30}}},
        "airflow.config.dag_processor",
        "is for 3.3, and airflow-aks:airflow.release is 2.9: the options of DAG parsing are in the section scheduler",
    ),
    (
        {"airflow.release": "2.9", "airflow.config": {"api": {"workers": 2}}},
        "airflow.config.api.workers",
        "2 is for 3.3, and airflow-aks:airflow.release is 2.9: the web server's options are in the section webserver",
    ),
    (
        {"airflow.release": "2.9", "airflow.environment": {"AIRFLOW__TRIGGERER__CAPACITY": "10"}},
        "airflow.environment.AIRFLOW__TRIGGERER__CAPACITY",
        "default_capacity",
    ),
    (
        {"airflow.release": "2.9", "airflow.environment": {"AIRFLOW__WORKERS__MISSING_DAG_RETRIES": "1"}},
        "airflow.environment.AIRFLOW__WORKERS__MISSING_DAG_RETRIES",
        "there is no such section",
    ),
    (
        {"airflow.release": "2.9", "airflow.values": {"apiServer": {"labels": {}}}},
        "airflow.values.apiServer",
        "is for 3.3, and airflow-aks:airflow.release is 2.9: the UI is webserver",
    ),
    (
        {"airflow.release": "2.9", "airflow.values": {"webserver": {"replicas": 2}}},
        "airflow.values.webserver.replicas",
        "airflow-aks:airflow.apiServers",
    ),
    ({"airflow.values": {"_rpcServer": {"enabled": True}}}, "airflow.values._rpcServer", "is for 2.9"),
    ({"protectData": "yes"}, "protectData", "must be true or false"),
    ({"network": {"secure": "x"}}, "network", "holds a secret"),
]


@pytest.mark.parametrize(
    ("changes", "path", "words"), BAD, ids=[f"{path} {index}" for index, (_, path, _) in enumerate(BAD)]
)
def test_wrong_setting_is_named_by_its_path(changes: dict[str, Any], path: str, words: str) -> None:
    full = path if ":" in path else f"{PROJECT}:{path}"
    found = [problem for problem in problems(changes) if problem.path == full]
    assert len(found) == 1, problems(changes)
    assert words in found[0].message
    assert "\n" not in str(found[0])


def test_wrong_config_value_hides_no_problem_of_the_same_section() -> None:
    found = problems(
        {
            "airflow.config": {"core": {"parallelism": [1]}},
            "airflow.values": {"executor": "X"},
            "airflow.environment": {"DB_PASSWORD": "abcdef123456"},
        }
    )
    assert [problem.path.removeprefix("airflow-aks:airflow.") for problem in sorted(found)] == [
        "config.core.parallelism",
        "environment.DB_PASSWORD",
        "values.executor",
    ]


def test_shipped_file_has_no_problem() -> None:
    assert problems({}) == []


def test_every_problem_comes_at_once() -> None:
    found = problems(
        {
            "azure-native:location": None,
            "cluster.tier": "Gold",
            "cluster.zones": ["9"],
            "database.storageGb": 7,
            "dags.git.auth": "token",
            "clutser": {},
            "airflow.values": {"executor": "X"},
        }
    )
    assert {problem.path for problem in found} == {
        "azure-native:location",
        "airflow-aks:cluster.tier",
        "airflow-aks:cluster.zones[0]",
        "airflow-aks:database.storageGb",
        "airflow-aks:dagsGitToken",
        "airflow-aks:clutser",
        "airflow-aks:airflow.values.executor",
    }


def test_rules_across_sections_run_beside_a_wrong_section() -> None:
    found = problems({"cluster.tier": "Gold", "cluster.localAccounts": False})
    assert {problem.path for problem in found} == {"airflow-aks:cluster.tier", "airflow-aks:cluster.localAccounts"}


def test_a_problem_is_not_told_twice() -> None:
    found = problems({"dags.git.repository": 5})
    assert [problem.path for problem in found] == ["airflow-aks:dags.git.repository"]


def test_a_wrong_value_that_may_be_a_secret_is_not_repeated() -> None:
    found = problems({"airflow.environment": {"PASSWORD": 12345678}, "airflow.keyVaultSecrets": {"X": "pa_12345678"}})
    assert len(found) == 2
    assert not any("12345678" in str(problem) for problem in found)


def test_one_value_of_prefix_and_stack_that_just_fit() -> None:
    assert problems({"naming": {"prefix": "a" * 37}}) == []
