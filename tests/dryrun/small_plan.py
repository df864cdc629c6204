"""A small plan as a dry run would record it: each component has one or two resources."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from dryrun.plan import SECRET, Plan, Resource

STACK = "urn:pulumi:test::airflow-aks::pulumi:pulumi:Stack::airflow-aks-test"
SERVER = "registrytest.azurecr.io"
VALUES = {
    "airflowVersion": "3.3.2",
    "executor": "KubernetesExecutor",
    "defaultAirflowRepository": f"{SERVER}/apache/airflow",
    "defaultAirflowTag": "3.3.2",
    "scheduler": {"replicas": 2},
    "triggerer": {"enabled": False, "replicas": 1},
    "pgbouncer": {"enabled": True, "replicas": 2},
    "dags": {"gitSync": {"enabled": True, "repo": "https://git.example.com/team/dags.git", "branch": "main"}},
    "metadataSecretName": SECRET,
}


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:test::airflow-aks::{type_}::{name}"


def component(token: str, name: str, parent: str = STACK) -> Resource:
    return resource(f"airflow-aks:{token}", name, parent, custom=False)


def resource(
    type_: str,
    name: str,
    parent: str = STACK,
    inputs: Mapping[str, Any] | None = None,
    outputs: Mapping[str, Any] | None = None,
    dependencies: Sequence[str] = (),
    **more: Any,
) -> Resource:
    settings: dict[str, Any] = {"protect": False, "retain_on_delete": False, "ignore_changes": (), "custom": True}
    return Resource(
        urn=urn(type_, name),
        type=type_,
        name=name,
        parent=parent,
        provider=None,
        inputs=inputs or {},
        outputs={**(inputs or {}), **(outputs or {})},
        dependencies=tuple(dependencies),
        aliases=(),
        **{**settings, **more},
    )


def small_plan(*, private: bool = True, protect: bool = True, values: Mapping[str, Any] | None = None) -> Plan:
    """Return the plan with private or public services, and with these Helm values besides the usual ones."""
    return Plan(
        project="airflow-aks",
        stack="test",
        resources=(*_azure(private, protect), *_kubernetes(), *_airflow({**VALUES, **(values or {})})),
        outputs={"location": "canadacentral", "airflowVersion": "3.3.2", "kubeconfig": SECRET, "airflowUrl": None},
        component_outputs={urn("airflow-aks:azure:Network", "network"): {"network_id": "/the/network"}},
        warnings=(),
        vault={"never": "shown-anywhere"},
    )


def with_warnings(*warnings: str) -> Plan:
    return replace(small_plan(), warnings=warnings)


def with_input(value: Any) -> Plan:
    """Return the plan with one more resource, which has the value as an input."""
    plan = small_plan()
    return replace(
        plan, resources=(*plan.resources, resource("azure-native:a:Thing", "thing", inputs={"value": value}))
    )


def _azure(private: bool, protect: bool) -> list[Resource]:
    access = "Disabled" if private else "Enabled"
    group = resource("azure-native:resources:ResourceGroup", "group", inputs={"resourceGroupName": "rg-test"})
    network = component("azure:Network", "network")
    cluster = component("azure:Cluster", "cluster")
    registry = component("azure:Registry", "registry")
    images = component("azure:ImageImports", "images")
    vault = component("azure:KeyVault", "key-vault")
    logs = component("azure:LogStorage", "log-storage")
    database = component("azure:Database", "database")
    link = component("azure:PrivateEndpoint", "key-vault-private", vault.urn)
    return [
        group,
        network,
        cluster,
        registry,
        images,
        vault,
        logs,
        database,
        link,
        resource(
            "azure-native:network:VirtualNetwork",
            "network-network",
            network.urn,
            {"virtualNetworkName": "vnet-test", "addressSpace": {"addressPrefixes": ["10.1.0.0/20"]}},
            dependencies=[group.urn],
        ),
        resource(
            "azure-native:containerservice:ManagedCluster",
            "cluster-cluster",
            cluster.urn,
            {
                "resourceName": "aks-test",
                "kubernetesVersion": "1.35",
                "sku": {"tier": "Free"},
                "networkProfile": {"outboundType": "userAssignedNATGateway" if private else "loadBalancer"},
                "agentPoolProfiles": [{"name": "system", "minCount": 2, "maxCount": 2, "vmSize": "Standard_D4ds_v5"}],
            },
            ignore_changes=("kubernetesVersion",),
        ),
        resource(
            "azure-native:containerservice:AgentPool",
            "cluster-pool-tasks",
            cluster.urn,
            {"minCount": 0, "maxCount": 4, "vmSize": "Standard_D8ds_v5", "scaleSetPriority": "Spot"},
        ),
        resource(
            "azure-native:containerregistry:Registry",
            "registry-registry",
            registry.urn,
            {"registryName": "registrytest", "sku": {"name": "Premium"}, "publicNetworkAccess": access},
            protect=protect,
        ),
        resource(
            "pulumi-python:dynamic/airflow-aks:ImageImport",
            "images-airflow",
            images.urn,
            {
                "image": "airflow",
                "sourceRegistry": "docker.io",
                "sourceRepository": "apache/airflow",
                "tag": "3.3.2",
                "loginServer": SERVER,
            },
        ),
        resource(
            "azure-native:keyvault:Vault",
            "key-vault-vault",
            vault.urn,
            {"vaultName": "kv-test", "properties": {"publicNetworkAccess": access.lower()}},
        ),
        resource(
            "azure-native:network:PrivateEndpoint", "key-vault-private-endpoint", link.urn, outputs={"name": "made-up"}
        ),
        resource(
            "azure-native:storage:StorageAccount",
            "log-storage-account",
            logs.urn,
            {"accountName": "sttest", "publicNetworkAccess": access, "allowSharedKeyAccess": False},
        ),
        resource(
            "azure-native:dbforpostgresql:Server",
            "database-server",
            database.urn,
            {
                "serverName": "psql-test",
                "version": "17",
                "sku": {"name": "Standard_B2s"},
                "administratorLoginPassword": SECRET,
                "network": {"delegatedSubnetResourceId": "/a/subnet"}
                if private
                else {"publicNetworkAccess": "Enabled"},
            },
        ),
    ]


def _kubernetes() -> list[Resource]:
    namespace = component("kubernetes:AirflowNamespace", "airflow-namespace")
    sync = component("kubernetes:SecretSync", "secret-sync")
    delivery = component("kubernetes:ExternalSecrets", "secret-sync-external-secrets", sync.urn)
    return [
        namespace,
        sync,
        delivery,
        _object("core/v1:Namespace", "airflow-namespace-namespace", namespace.urn, "v1", "airflow"),
        _object(
            "external-secrets.io/v1:ExternalSecret", "a-secret", delivery.urn, "external-secrets.io/v1", "a-secret"
        ),
    ]


def _airflow(values: Mapping[str, Any]) -> list[Resource]:
    secrets = component("airflow:AirflowSecrets", "airflow-secrets")
    migration = component("airflow:AirflowDatabaseMigration", "airflow-database")
    airflow = component("airflow:AirflowRelease", "airflow")
    container = {"image": f"{SERVER}/apache/airflow:3.3.2"}
    return [
        secrets,
        migration,
        airflow,
        resource(
            "azure-native:keyvault:Secret",
            "airflow-secrets-fernet-key",
            secrets.urn,
            {"vaultName": "kv-test", "secretName": "fernet-key", "properties": {"value": SECRET}},
            retain_on_delete=True,
        ),
        _object(
            "batch/v1:Job",
            "airflow-database-migration",
            migration.urn,
            "batch/v1",
            "migration",
            spec={"template": {"spec": {"containers": [container]}}},
        ),
        resource(
            "kubernetes:helm.sh/v3:Release",
            "airflow-release",
            airflow.urn,
            {
                "name": "airflow",
                "namespace": "airflow",
                "chart": "airflow",
                "version": "1.22.0",
                "repositoryOpts": {"repo": "https://airflow.apache.org"},
                "values": values,
            },
        ),
    ]


def _object(type_: str, name: str, parent: str, version: str, own: str, **more: Any) -> Resource:
    head = {"apiVersion": version, "kind": type_.rpartition(":")[2], "metadata": {"name": own, "namespace": "airflow"}}
    return resource(f"kubernetes:{type_}", name, parent, {**head, **more})
