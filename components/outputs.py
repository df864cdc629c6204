"""The outputs of the stack, for other stacks and for people."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Final

import pulumi
from pulumi import Input, Output
from pydantic.alias_generators import to_camel

from components.airflow.airflow_stack import AirflowStack
from components.airflow.foundation import Groundwork
from components.airflow.remote_clusters.component import RemoteClusters
from components.airflow.vault.vault_grants import list_vault_grants
from components.azure.cluster_grants import list_grants

# Outputs that only a stack has which uses what exists already.
_OF_WHAT_EXISTS: Final = ("key_vault_secret_names", "required_grants")


@dataclass(frozen=True, kw_only=True)
class ClusterOutputs:
    """The outputs of every stack by their names in Python. The stack publishes them under the same names in camelCase.

    A new output is a minor change. A renamed or removed output breaks the stacks that read it.
    """

    resource_group_name: Input[str]
    location: Input[str]
    virtual_network_id: Input[str]
    cluster_name: Input[str]
    cluster_id: Input[str]
    oidc_issuer_url: Input[str]
    kubeconfig: Input[str]
    registry_login_server: Input[str]
    registry_id: Input[str]
    imported_images: Input[dict[str, str | None]]
    required_grants: Mapping[str, Input[str]] | None


@dataclass(frozen=True, kw_only=True)
class PodClusterOutputs(ClusterOutputs):
    """The outputs of a stack without Airflow."""

    log_analytics_workspace_id: Input[str | None]


@dataclass(frozen=True, kw_only=True)
class StackOutputs(ClusterOutputs):
    """The outputs of a stack with Airflow."""

    key_vault_name: Input[str]
    key_vault_uri: Input[str]
    key_vault_secret_names: Mapping[str, Input[str]] | None
    logs_storage_account_name: Input[str]
    logs_container_name: Input[str]
    shares_storage_account_name: Input[str | None]
    database_host: Input[str]
    database_name: Input[str]
    airflow_namespace: Input[str]
    airflow_release_name: Input[str]
    airflow_version: Input[str]
    airflow_executor: Input[str]
    airflow_url: Input[str | None]
    gateway_address: Input[str | None]
    airflow_identity_client_id: Input[str]
    airflow_identity_principal_id: Input[str]
    remote_cluster_grants: Mapping[str, Input[str]]
    log_analytics_workspace_id: Input[str | None]
    connect_command: Input[str]


def export_outputs(stack: AirflowStack) -> None:
    """Publish the outputs of a stack with Airflow."""
    foundation, database, airflow = stack.foundation, stack.database, stack.airflow
    group, log_storage = foundation.resource_group, foundation.log_storage
    share = log_storage.share_names.get("dags")
    upload = Output.from_input(None) if share is None else upload_command(log_storage.file_account_name, share)
    connect = Output.all(group.name, foundation.cluster.cluster_name, stack.namespace.name, airflow.ui_service, upload)
    cluster = _cluster_outputs(foundation, stack.remote_clusters)
    outputs = StackOutputs(
        **{**vars(cluster), "required_grants": {**(cluster.required_grants or {}), **list_vault_grants(stack)} or None},
        key_vault_name=foundation.key_vault.vault_name,
        key_vault_uri=foundation.key_vault.vault_uri,
        key_vault_secret_names=stack.secrets.vault_names if foundation.settings.key_vault.existing_id else None,
        logs_storage_account_name=log_storage.account_name,
        logs_container_name=log_storage.container_name,
        shares_storage_account_name=log_storage.file_account_name if log_storage.share_names else None,
        database_host=database.host,
        database_name=database.database_name,
        airflow_namespace=stack.namespace.name,
        airflow_release_name=airflow.release_name,
        airflow_version=airflow.airflow_version,
        airflow_executor=airflow.executor,
        airflow_url=stack.way_in.url,
        gateway_address=stack.way_in.address,
        airflow_identity_client_id=stack.identity.client_id,
        airflow_identity_principal_id=stack.identity.principal_id,
        remote_cluster_grants=stack.remote_clusters.grants if stack.remote_clusters else {},
        log_analytics_workspace_id=foundation.log_workspace_id,
        connect_command=connect.apply(lambda parts: connect_command(*parts)),
    )
    _export(outputs)


def export_cluster(ground: Groundwork) -> None:
    """Publish the outputs of a stack without Airflow."""
    workspace_id = ground.log_workspace_id
    _export(PodClusterOutputs(**vars(_cluster_outputs(ground)), log_analytics_workspace_id=workspace_id))


def _cluster_outputs(ground: Groundwork, remote_clusters: RemoteClusters | None = None) -> ClusterOutputs:
    """Return the outputs of every stack; the kubeconfig is a secret."""
    group, cluster = ground.resource_group, ground.cluster
    return ClusterOutputs(
        resource_group_name=group.name,
        location=group.location,
        virtual_network_id=ground.network.network_id,
        cluster_name=cluster.cluster_name,
        cluster_id=cluster.cluster_id,
        oidc_issuer_url=cluster.oidc_issuer_url,
        kubeconfig=Output.secret(cluster.kubeconfig),
        registry_login_server=ground.registry.login_server,
        registry_id=ground.registry.registry_id,
        imported_images=ground.images.digests,
        required_grants=_required_grants(ground, remote_clusters),
    )


def _required_grants(ground: Groundwork, remote_clusters: RemoteClusters | None) -> Mapping[str, Input[str]] | None:
    """Return the commands that assign roles on what others own; None if the program assigns all roles itself."""
    principal_id = ground.cluster.control_plane_principal_id
    found = dict(ground.registry.required_grants)
    found |= list_grants(ground.settings.network, ground.network.network_id, principal_id) or {}
    if remote_clusters is not None:
        found |= remote_clusters.required_grants
    return found or None


def _export(outputs: ClusterOutputs) -> None:
    for field in fields(outputs):
        value = getattr(outputs, field.name)
        if value is not None or field.name not in _OF_WHAT_EXISTS:
            pulumi.export(to_camel(field.name), value)


def upload_command(account: Output[str], share: Output[str]) -> Output[str]:
    """Return the shell command that copies the folder `dags` to the file share with Airflow's DAGs."""
    return Output.format(
        "az storage file upload-batch --account-name {0} --destination {1} --source dags --auth-mode key",
        account,
        share,
    )


def connect_command(resource_group: str, cluster: str, namespace: str, service: str, upload: str | None = None) -> str:
    """Return the shell command that serves the UI at http://localhost:8080 while the command runs.

    If DAGs come from a file share, a comment before the command shows how to upload them. It is a comment, so that
    running the output does not start an upload.
    """
    hint = "" if upload is None else f"# DAGs: {upload}\n"
    return (
        f"{hint}az aks get-credentials --resource-group {resource_group} --name {cluster} && "
        f"kubectl --namespace {namespace} port-forward service/{service} 8080:8080"
    )
