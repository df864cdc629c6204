"""Secrets from the Key Vault into Kubernetes, by the way that the stack file picks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pulumi import ComponentResource, Input, Output, ResourceOptions

from components.component_outputs import register_annotated_outputs
from components.settings.airflow_sections import SecretsSettings
from components.settings.pins import Chart

from .csi_secrets import CsiSecrets, CsiSecretsArgs
from .external_secrets import ExternalSecrets, ExternalSecretsArgs


@dataclass(frozen=True, kw_only=True)
class SecretSyncArgs:
    """What SecretSync needs: its settings, the vault, the identity that reads it, and which secrets to bring where."""

    settings: SecretsSettings
    chart: Chart
    image: Input[str]
    namespace: Input[str]
    node_selector: Input[Mapping[str, str]]
    service_account: str
    client_id: Input[str]
    tenant_id: Input[str]
    vault_uri: Input[str]
    secrets: Mapping[str, Mapping[str, Input[str]]]
    versions: Mapping[str, Input[str]]


class SecretSync(ComponentResource):
    """Picks the delivery of secrets; the Kubernetes Secrets are the same with each."""

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: SecretSyncArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:SecretSync", name, None, opts)
        delivery: ExternalSecrets | CsiSecrets
        match args.settings.delivery:
            case "externalSecrets":
                delivery = self._external_secrets(name, args)
            case "csi":
                delivery = self._csi(name, args)
        self.versions = delivery.versions
        register_annotated_outputs(self)

    def _external_secrets(self, name: str, args: SecretSyncArgs) -> ExternalSecrets:
        return ExternalSecrets(
            f"{name}-external-secrets",
            ExternalSecretsArgs(
                chart=args.chart,
                image=args.image,
                namespace=args.namespace,
                service_account=args.service_account,
                client_id=args.client_id,
                tenant_id=args.tenant_id,
                vault_uri=args.vault_uri,
                refresh_minutes=args.settings.look_minutes,
                secrets=args.secrets,
                versions=args.versions,
            ),
            ResourceOptions(parent=self),
        )

    def _csi(self, name: str, args: SecretSyncArgs) -> CsiSecrets:
        return CsiSecrets(
            f"{name}-csi",
            CsiSecretsArgs(
                image=args.image,
                namespace=args.namespace,
                node_selector=args.node_selector,
                service_account=args.service_account,
                client_id=args.client_id,
                tenant_id=args.tenant_id,
                vault_uri=args.vault_uri,
                look_minutes=args.settings.look_minutes,
                secrets=args.secrets,
                versions=args.versions,
            ),
            ResourceOptions(parent=self),
        )
