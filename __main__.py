"""The stack: network, cluster and registry, then Airflow or a cluster without it. Pulumi follows the dependencies."""

from __future__ import annotations

from pulumi_azure_native import authorization

from components.airflow.airflow_stack import create_airflow
from components.airflow.direct_hosts import create_way_out, direct_for_nodes
from components.airflow.executors import executor_parts
from components.airflow.foundation import Groundwork
from components.airflow.pod_cluster import create_pod_cluster
from components.azure.backward_wire import wire_backwards
from components.azure.cluster import Cluster, ClusterArgs
from components.azure.endpoints import private_zones
from components.azure.existing_zones import cluster_zone
from components.azure.foreign_changes import leave_alone
from components.azure.image_imports import ImageImports, ImageImportsArgs
from components.azure.monitoring import create_log_workspace
from components.azure.network import Network, NetworkArgs
from components.azure.pattern_names import name_by_pattern
from components.azure.registry import Registry, RegistryArgs
from components.azure.stack_group import open_resource_group
from components.azure.stack_images import select_images
from components.azure.stack_record import StackRecord, StackRecordArgs
from components.azure.tags import tag_everything
from components.kubernetes.undo_drift import reapply_releases, take_fields_back
from components.outputs import export_cluster, export_outputs
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
azure_names = record.suffix.apply(lambda suffix: physical_names(settings, suffix))
name_by_pattern(settings, azure_names)
resource_group = open_resource_group(settings, azure_names.resource_group)
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

# Nodes without a way out start from the registry, which lets the cluster's own identity pull: one wire runs backwards.
with wire_backwards() as (bootstrap_registry_id, connect_bootstrap_registry):
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
            grant_subnet=settings.network.grants_subnets,
            private_zone=cluster_zone(settings.network, network.network_id),
            outbound=settings.network.outbound,
            outbound_ip=network.outbound_ip,
            bootstrap_registry_id=bootstrap_registry_id,
            restricted_egress=settings.network.restricted,
            proxy=settings.proxy,
            no_proxy=azure_names.apply(lambda names: direct_for_nodes(settings, names)),
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
            bootstraps_nodes=settings.network.isolated,
            private_link=network.private_link("registry"),
            **place,
        ),
    )
    connect_bootstrap_registry(registry.bootstrap_id)

images = ImageImports(
    "images",
    ImageImportsArgs(
        images=select_images(settings),
        settings=settings.registry,
        subscription_id=registry.place.subscription_id,
        resource_group_name=registry.place.resource_group_name,
        registry_name=registry.registry_name,
        login_server=registry.login_server,
        pull_server=registry.pull_server,
    ),
)

ground = Groundwork(
    settings=settings,
    azure_names=azure_names,
    subscription_id=client.subscription_id,
    tenant_id=client.tenant_id,
    resource_group=resource_group,
    network=network,
    cluster=cluster,
    registry=registry,
    images=images,
    log_workspace_id=log_workspace_id,
    way_out=create_way_out(settings, azure_names),
)
if settings.has_airflow:
    export_outputs(create_airflow(ground))
else:
    create_pod_cluster(ground)
    export_cluster(ground)
