"""Airflow and everything that only Airflow needs, in the order of the architecture."""

from __future__ import annotations

from dataclasses import dataclass

from pulumi import ResourceOptions

from components.azure import node_pools
from components.azure.broker import create_broker
from components.azure.database import Database, DatabaseArgs
from components.azure.identity import WorkloadIdentity
from components.azure.key_vault import KeyVault, KeyVaultArgs
from components.azure.log_storage import LogStorage, LogStorageArgs
from components.azure.log_storage_plan import file_shares
from components.azure.stack_images import select_airflow_image
from components.kubernetes.external_secrets import OPERATOR
from components.kubernetes.namespace import AirflowNamespace, AirflowNamespaceArgs
from components.kubernetes.provider import kubernetes_provider

from . import names
from .accounts import service_accounts
from .chaos_target import create_chaos
from .cluster_parts import create_gpu_plugin, create_pod_namespaces
from .database.migration import AirflowDatabaseMigration, AirflowDatabaseMigrationArgs
from .executors import executor_parts
from .foundation import Foundation, Groundwork
from .identities import create_identities
from .monitoring import watch_stack
from .network_policies import policies_by_name
from .release import AirflowRelease, AirflowReleaseArgs
from .remote_clusters.component import RemoteClusters
from .remote_clusters.wiring import connect_remote_clusters
from .restricted_egress import egress_policies
from .teams import create_team_tasks, create_teams, task_namespaces
from .vault.delivery import create_secret_sync
from .vault.secrets import AirflowSecrets
from .vault.wiring import create_secrets
from .volume_claims import AirflowStorage, AirflowStorageArgs
from .way_in import WayIn, create_way_in


@dataclass(frozen=True, kw_only=True)
class AirflowStack:
    """The components of a stack with Airflow that its outputs name."""

    foundation: Foundation
    database: Database
    identity: WorkloadIdentity
    secrets: AirflowSecrets
    remote_clusters: RemoteClusters | None
    namespace: AirflowNamespace
    airflow: AirflowRelease
    way_in: WayIn


def create_airflow(ground: Groundwork) -> AirflowStack:
    """Create Airflow's services in Azure, its secrets, and its release in the cluster."""
    settings = ground.settings
    foundation = _lay_foundation(ground)
    database = _create_database(foundation)
    broker = None
    if executor_parts(settings.airflow).celery_workers:
        link = ground.network.private_link("broker")
        broker = create_broker(settings, ground.azure_names.broker, link, ground.place)
    identity, secret_sync_identity = create_identities(foundation)
    remote_clusters = connect_remote_clusters(foundation)
    secrets = create_secrets(foundation, database, broker, remote_clusters, secret_sync_identity)

    kubernetes = kubernetes_provider("kubernetes", ground.cluster.kubeconfig, ground.azure_names.cluster, settings)
    in_cluster = ResourceOptions(providers=[kubernetes])
    servers = remote_clusters.api_servers if remote_clusters else ()
    host_policies = egress_policies(settings, ground.azure_names, servers)
    namespace = AirflowNamespace(
        "airflow-namespace",
        AirflowNamespaceArgs(
            namespace=names.NAMESPACE,
            service_accounts=service_accounts(settings.airflow, settings.logs, identity.identity_client_id),
            network_policies=policies_by_name(settings, ground.network.ranges),
            egress_policies=host_policies.get(names.NAMESPACE, {}),
            bundle=ground.way_out.bundle,
        ),
        in_cluster,
    )
    operator_policies = host_policies.get(OPERATOR, {})
    secret_sync = create_secret_sync(
        foundation, secrets, namespace, secret_sync_identity, operator_policies, in_cluster
    )
    migration = AirflowDatabaseMigration(
        "airflow-database",
        AirflowDatabaseMigrationArgs(
            settings=settings.airflow,
            first_user=settings.sign_in is None,
            namespace=namespace.name,
            service_accounts=namespace.service_accounts,
            image=foundation.airflow_image,
            node_selector=ground.cluster.airflow_node_selector,
            secret_versions=secret_sync.versions,
            database_host=database.host,
            used_server=settings.database.used_server,
            way_out=ground.way_out,
        ),
        in_cluster,
    )
    storage = _create_storage(foundation, namespace, identity, in_cluster)
    teams = create_teams(ground, host_policies, in_cluster)
    create_pod_namespaces(ground, host_policies, in_cluster)
    create_gpu_plugin(ground, in_cluster)
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
            images={**ground.images.references, "airflow": migration.migrated_image},
            logs_account_url=foundation.log_storage.account_url,
            logs_container=foundation.log_storage.container_name,
            logs_claim=storage.claims.get("logs"),
            dags_claim=storage.claims.get("dags"),
            secret_versions=secret_sync.versions,
            remote_connections=list(remote_clusters.connections) if remote_clusters else [],
            identity_client_id=identity.client_id,
            airflow_node_selector=ground.cluster.airflow_node_selector,
            worker_node_selector=node_pools.worker_node_selector(settings.cluster.pools),
            worker_tolerations=node_pools.worker_tolerations(settings.cluster.pools),
            address=settings.access.url_in(settings.location) if settings.access else None,
            task_namespaces=task_namespaces(teams, settings),
            way_out=ground.way_out,
        ),
        in_cluster,
    )
    way_in = create_way_in(foundation, namespace, secret_sync, airflow, host_policies, in_cluster)
    watch_stack(foundation, database, broker, airflow, in_cluster)
    create_team_tasks(foundation, airflow, teams, in_cluster)
    create_chaos(foundation, namespace, airflow, in_cluster)
    return AirflowStack(
        foundation=foundation,
        database=database,
        identity=identity,
        secrets=secrets,
        remote_clusters=remote_clusters,
        namespace=namespace,
        airflow=airflow,
        way_in=way_in,
    )


def _lay_foundation(ground: Groundwork) -> Foundation:
    """Create the Key Vault and the log storage."""
    settings, network = ground.settings, ground.network
    image = select_airflow_image(settings, ground.images.references, ground.registry.pull_server)
    key_vault = KeyVault(
        "key-vault",
        KeyVaultArgs(
            settings=settings.key_vault,
            vault_name=ground.azure_names.vault,
            subscription_id=ground.subscription_id,
            tenant_id=ground.tenant_id,
            protect=settings.protect_data,
            private_link=network.private_link("key-vault"),
            **ground.place,
        ),
    )
    log_storage = LogStorage(
        "log-storage",
        LogStorageArgs(
            settings=settings.logs,
            account_name=ground.azure_names.storage_account,
            file_account_name=ground.azure_names.file_storage_account,
            shares=file_shares(settings.logs, settings.dags),
            key=settings.secrets.storage_key,
            protect=settings.protect_data,
            blob_link=network.private_link("blob"),
            file_link=network.private_link("file"),
            **ground.place,
        ),
    )
    return Foundation(**vars(ground), airflow_image=image, key_vault=key_vault, log_storage=log_storage)


def _create_database(foundation: Foundation) -> Database:
    settings, network = foundation.settings, foundation.network
    return Database(
        "database",
        DatabaseArgs(
            settings=settings.database,
            server_name=foundation.azure_names.database_server,
            subnet_id=network.database_subnet_id,
            private_zone_id=network.private_zone_ids.get("database"),
            password_rotation=settings.secrets.rotate.database_password,
            protect=settings.protect_data,
            **foundation.place,
        ),
    )


def _create_storage(
    foundation: Foundation, namespace: AirflowNamespace, identity: WorkloadIdentity, in_cluster: ResourceOptions
) -> AirflowStorage:
    log_storage = foundation.log_storage
    args = AirflowStorageArgs(
        logs=foundation.settings.logs,
        dags=foundation.settings.dags,
        namespace=namespace.name,
        resource_group_name=foundation.resource_group.name,
        account_name=log_storage.account_name,
        container_name=log_storage.container_name,
        file_account_name=log_storage.file_account_name,
        share_names=log_storage.share_names,
        identity_client_id=identity.identity_client_id,
    )
    return AirflowStorage("airflow-storage", args, in_cluster)
