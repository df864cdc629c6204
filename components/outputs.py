"""The stack's outputs: what other stacks and people read."""

from __future__ import annotations

from dataclasses import dataclass, fields

import pulumi
from pulumi import Input, Output
from pydantic.alias_generators import to_camel


@dataclass(frozen=True, kw_only=True)
class StackOutputs:
    """Every output, by its name in Python; the published name is the same in camelCase.

    Adding one is a minor change; renaming or removing one breaks the stacks that read it.
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
    key_vault_name: Input[str]
    key_vault_uri: Input[str]
    logs_storage_account_name: Input[str]
    logs_container_name: Input[str]
    database_host: Input[str]
    database_name: Input[str]
    airflow_namespace: Input[str]
    airflow_release_name: Input[str]
    airflow_version: Input[str]
    airflow_executor: Input[str]
    airflow_url: Input[str | None]
    airflow_identity_client_id: Input[str]
    airflow_identity_principal_id: Input[str]
    connect_command: Input[str]


def export_outputs(outputs: StackOutputs) -> None:
    """Publish the outputs; the kubeconfig is a secret."""
    for field in fields(outputs):
        value = getattr(outputs, field.name)
        pulumi.export(to_camel(field.name), Output.secret(value) if field.name == "kubeconfig" else value)


def connect_command(resource_group: str, cluster: str, namespace: str, release: str) -> str:
    """The shell command that opens the UI at http://localhost:8080 as long as it runs."""
    return (
        f"az aks get-credentials --resource-group {resource_group} --name {cluster} && "
        f"kubectl --namespace {namespace} port-forward service/{release}-api-server 8080:8080"
    )
