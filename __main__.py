"""Apache Airflow on AKS: all components, in the order of the architecture. Pulumi follows their dependencies."""

from __future__ import annotations

from pulumi import ResourceOptions
from pulumi_azure_native import authorization, resources

from components.airflow import names
from components.airflow.accounts import service_accounts
from components.airflow.chaos_target import create_chaos
from components.airflow.database.migration import AirflowDatabaseMigration, AirflowDatabaseMigrationArgs
from components.airflow.executors import executor_parts
from components.airflow.foundation import Foundation
from components.airflow.identities import create_identities
from components.airflow.monitoring import watch_stack
from components.airflow.network_policies import network_policies
from components.airflow.release import AirflowRelease, AirflowReleaseArgs
from components.airflow.release_lines import family_of
from components.airflow.remote_clusters.wiring import connect_remote_clusters
from components.airflow.restricted_egress import egress_policies
from components.airflow.storage import AirflowStorage, AirflowStorageArgs
from components.airflow.teams import create_team_tasks, create_teams, task_namespaces
from components.airflow.vault.delivery import create_secret_sync
from components.airflow.vault.secrets import AirflowSecrets, AirflowSecretsArgs
from components.airflow.way_in import create_way_in
from components.azure import node_pools
from components.azure.broker import create_broker
from components.azure.cluster import Cluster, ClusterArgs
from components.azure.database import Database, DatabaseArgs
from components.azure.endpoints import private_zones
from components.azure.foreign_changes import leave_alone
from components.azure.image_imports import ImageImports, ImageImportsArgs
from components.azure.kept_data import keep_data
from components.azure.key_vault import KeyVault, KeyVaultArgs
from components.azure.log_storage import LogStorage, LogStorageArgs
from components.azure.log_storage_plan import file_shares
from components.azure.monitoring import create_log_workspace
from components.azure.network import Network, NetworkArgs
from components.azure.registry import Registry, RegistryArgs
from components.azure.stack_images import select_airflow_image, select_images
from components.azure.stack_record import StackRecord, StackRecordArgs
from components.azure.tags import tag_everything
from components.kubernetes.drift import reapply_releases, take_fields_back
from components.kubernetes.external_secrets import OPERATOR
from components.kubernetes.namespace import AirflowNamespace, AirflowNamespaceArgs
from components.kubernetes.provider import kubernetes_provider
from components.outputs import export_outputs
from components.settings.names import physical_names
from components.stack_file.loader import load

settings = load()
parts = executor_parts(settings.airflow)
tag_everything({**settings.tags, "project": settings.project, "stack": settings.stack})
leave_alone(settings.ignored_tags)
take_fields_back()
reapply_releases(settings.reapply_releases)

client = authorization.get_client_config_output()
record = StackRecord("stack-record", StackRecordArgs(settings=settings, subscription_id=client.subscription_id))
azure_names = record.suffix.apply(lambda suffix: physical_names(settings.naming.prefix, settings.stack, suffix))
resource_group = resources.ResourceGroup(
    "resource-group",
    resource_group_name=azure_names.resource_group,
    location=settings.location,
    opts=keep_data(None, protect=False),
)
place = {"resource_group_name": resource_group.name, "location": resource_group.location}

network = Network(
    "network",
    NetworkArgs(
        settings=settings.network,
        network_name=azure_names.network,
        private_zones=private_zones(settings, azure_names.database_zone, broker=parts.celery_workers),
        **place,
    ),
)

log_workspace_id = create_log_workspace(settings.monitoring, azure_names.log_workspace, place)

cluster = Cluster(
    "cluster",
    ClusterArgs(
        settings=settings.cluster,
        keda=parts.keda,
        cluster_name=azure_names.cluster,
        dns_prefix=azure_names.dns_prefix,
        node_resource_group=azure_names.node_resource_group,
        control_plane_identity_name=azure_names.control_plane_identity,
        kubelet_identity_name=azure_names.kubelet_identity,
        subscription_id=client.subscription_id,
        tenant_id=client.tenant_id,
        node_subnet_id=network.node_subnet_id,
        outbound=settings.network.outbound,
        outbound_ip=network.outbound_ip,
        restricted_egress=settings.network.restricted,
        add_on_minutes=settings.secrets.add_on_minutes,
        monitoring=settings.monitoring,
        log_workspace_id=log_workspace_id,
        **place,
    ),
)

registry = Registry(
    "registry",
    RegistryArgs(
        settings=settings.registry,
        registry_name=azure_names.registry,
        subscription_id=client.subscription_id,
        kubelet_principal_id=cluster.kubelet_principal_id,
        zone_redundant=bool(settings.cluster.zones),
        protect=settings.protect_data,
        private_link=network.private_link("registry"),
        **place,
    ),
)
images = ImageImports(
    "images",
    ImageImportsArgs(
        images=select_images(settings),
        subscription_id=client.subscription_id,
        resource_group_name=resource_group.name,
        registry_name=registry.registry_name,
        login_server=registry.login_server,
        pull_server=registry.pull_server,
    ),
)
airflow_image = select_airflow_image(settings, images.references, registry.pull_server)

key_vault = KeyVault(
    "key-vault",
    KeyVaultArgs(
        settings=settings.key_vault,
        vault_name=azure_names.vault,
        subscription_id=client.subscription_id,
        tenant_id=client.tenant_id,
        protect=settings.protect_data,
        private_link=network.private_link("key-vault"),
        **place,
    ),
)

log_storage = LogStorage(
    "log-storage",
    LogStorageArgs(
        settings=settings.logs,
        account_name=azure_names.storage_account,
        file_account_name=azure_names.file_storage_account,
        shares=file_shares(settings.logs, settings.dags),
        key=settings.secrets.storage_key,
        protect=settings.protect_data,
        blob_link=network.private_link("blob"),
        file_link=network.private_link("file"),
        **place,
    ),
)

database = Database(
    "database",
    DatabaseArgs(
        settings=settings.database,
        server_name=azure_names.database_server,
        subnet_id=network.database_subnet_id,
        private_zone_id=network.private_zone_ids.get("database"),
        password_rotation=settings.secrets.rotate.database_password,
        protect=settings.protect_data,
        **place,
    ),
)

broker = None
if parts.celery_workers:
    broker = create_broker(settings, azure_names.broker, network.private_link("broker"), place)

foundation = Foundation(
    settings=settings,
    azure_names=azure_names,
    subscription_id=client.subscription_id,
    tenant_id=client.tenant_id,
    resource_group=resource_group,
    network=network,
    cluster=cluster,
    registry=registry,
    images=images,
    airflow_image=airflow_image,
    key_vault=key_vault,
    log_storage=log_storage,
    log_workspace_id=log_workspace_id,
)
identity, secret_sync_identity = create_identities(foundation)
remote_clusters = connect_remote_clusters(foundation)
remote_connections = remote_clusters.connections if remote_clusters else {}

secrets = AirflowSecrets(
    "airflow-secrets",
    AirflowSecretsArgs(
        line=family_of(settings.airflow.release),
        resource_group_name=resource_group.name,
        vault_name=key_vault.vault_name,
        pooler=settings.database.pooler,
        rotation=settings.secrets.rotate,
        dropped_fernet_keys=settings.secrets.dropped_fernet_keys,
        parts=parts,
        dags=settings.dags,
        git_credentials=settings.git_credentials,
        database_host=database.host,
        database_name=database.database_name,
        database_login=database.login,
        database_password=database.password,
        user_secrets=settings.airflow.key_vault_secrets,
        broker_host=broker.host if broker else None,
        broker_key=broker.key if broker else None,
        storage_credentials=log_storage.share_credentials,
        remote_connections=remote_connections,
        first_user=settings.sign_in is None,
        sign_in_secret=settings.client_secret,
    ),
)

kubernetes = kubernetes_provider("kubernetes", cluster.kubeconfig, azure_names.cluster, settings)
in_cluster = ResourceOptions(providers=[kubernetes])
host_policies = egress_policies(settings, azure_names, remote_clusters.api_servers if remote_clusters else ())

namespace = AirflowNamespace(
    "airflow-namespace",
    AirflowNamespaceArgs(
        namespace=names.NAMESPACE,
        service_accounts=service_accounts(settings.airflow, settings.logs, identity.identity_client_id),
        network_policies=network_policies(settings),
        egress_policies=host_policies.get(names.NAMESPACE, {}),
    ),
    in_cluster,
)
secret_sync = create_secret_sync(
    foundation, secrets, namespace, secret_sync_identity, host_policies.get(OPERATOR, {}), in_cluster
)

migration = AirflowDatabaseMigration(
    "airflow-database",
    AirflowDatabaseMigrationArgs(
        settings=settings.airflow,
        first_user=settings.sign_in is None,
        namespace=namespace.name,
        service_accounts=namespace.service_accounts,
        image=airflow_image,
        node_selector=cluster.airflow_node_selector,
        secret_versions=secret_sync.versions,
        database_host=database.host,
        used_server=settings.database.used_server,
    ),
    in_cluster,
)
storage = AirflowStorage(
    "airflow-storage",
    AirflowStorageArgs(
        logs=settings.logs,
        dags=settings.dags,
        namespace=namespace.name,
        resource_group_name=resource_group.name,
        account_name=log_storage.account_name,
        container_name=log_storage.container_name,
        file_account_name=log_storage.file_account_name,
        share_names=log_storage.share_names,
        identity_client_id=identity.identity_client_id,
    ),
    in_cluster,
)
teams = create_teams(foundation, host_policies, in_cluster)
airflow = AirflowRelease(
    "airflow",
    AirflowReleaseArgs(
        settings=settings.airflow,
        dags=settings.dags,
        logs=settings.logs,
        pooler=settings.database.pooler,
        access=settings.access,
        line=settings.release_line,
        git_known_hosts=settings.git_credentials.known_hosts,
        namespace=namespace.name,
        service_accounts=namespace.service_accounts,
        images={**images.references, "airflow": migration.migrated_image},
        logs_account_url=log_storage.account_url,
        logs_container=log_storage.container_name,
        logs_claim=storage.claims.get("logs"),
        dags_claim=storage.claims.get("dags"),
        secret_versions=secret_sync.versions,
        remote_connections=list(remote_connections),
        identity_client_id=identity.client_id,
        airflow_node_selector=cluster.airflow_node_selector,
        worker_node_selector=node_pools.worker_node_selector(settings.cluster.pools),
        worker_tolerations=node_pools.worker_tolerations(settings.cluster.pools),
        address=settings.access.url_in(settings.location) if settings.access else None,
        task_namespaces=task_namespaces(teams, settings),
    ),
    in_cluster,
)
way_in = create_way_in(foundation, namespace, secret_sync, airflow, host_policies, in_cluster)
watch_stack(foundation, database, broker, airflow, in_cluster)
create_team_tasks(foundation, airflow, teams, in_cluster)
create_chaos(foundation, namespace, airflow, in_cluster)
export_outputs(foundation, database, namespace, airflow, identity, way_in, remote_clusters)
