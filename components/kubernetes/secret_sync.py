"""Copies secrets from the Key Vault to Kubernetes, through the delivery that the stack file selects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions

from components.output_registration import register_annotated_outputs
from components.settings.airflow_sections import SecretsSettings
from components.settings.pins import Chart

from .csi_secrets import CsiSecrets, CsiSecretsArgs
from .external_secrets import OPERATOR, ExternalSecrets, ExternalSecretsArgs
from .secret_source import SecretSource
from .way_out import WayOut


@dataclass(frozen=True, kw_only=True)
class SecretSyncArgs:
    """What SecretSync needs: its settings, what to read, and for each delivery its chart, image or nodes.

    `operator` is the name of the operator's release and namespace, if there is an operator. `kinds` is an output of the
    operator that has installed the CRDs of External Secrets; None: this operator installs them.
    """

    settings: SecretsSettings
    source: SecretSource
    chart: Chart
    image: Input[str]
    node_selector: Input[Mapping[str, str]]
    operator_egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    way_out: WayOut
    operator: str = OPERATOR
    kinds: Input[Any] | None = None


class SecretSync(ComponentResource):
    """The delivery of secrets that the stack file selects; every delivery creates the same Kubernetes Secrets."""

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: SecretSyncArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:SecretSync", name, None, opts)
        match args.settings.delivery:
            case "externalSecrets":
                self.versions = self._create_external_secrets(name, args).versions
            case "csi":
                self.versions = self._create_csi_secrets(name, args).versions
        register_annotated_outputs(self)

    def _create_external_secrets(self, name: str, args: SecretSyncArgs) -> ExternalSecrets:
        return ExternalSecrets(
            f"{name}-external-secrets",
            ExternalSecretsArgs(
                source=args.source,
                chart=args.chart,
                image=args.image,
                refresh_minutes=args.settings.look_minutes,
                egress_policies=args.operator_egress_policies,
                operator=args.operator,
                kinds=args.kinds,
                way_out=args.way_out,
            ),
            ResourceOptions(parent=self),
        )

    def _create_csi_secrets(self, name: str, args: SecretSyncArgs) -> CsiSecrets:
        return CsiSecrets(
            f"{name}-csi",
            CsiSecretsArgs(
                source=args.source,
                image=args.image,
                node_selector=args.node_selector,
                poll_minutes=args.settings.look_minutes,
            ),
            ResourceOptions(parent=self),
        )
