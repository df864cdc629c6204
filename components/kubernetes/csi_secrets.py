"""Secrets through the CSI driver: a SecretProviderClass that lists the secrets, and pods that mount it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.output_registration import make_depend_on, register_annotated_outputs

from . import csi_keeper
from .namespace import ServiceAccountSpec, create_service_account
from .secret_source import SecretSource

_API: Final = "secrets-store.csi.x-k8s.io/v1"


@dataclass(frozen=True, kw_only=True)
class CsiSecretsArgs:
    """What CsiSecrets needs: the secrets, the minutes between two polls, and the keeper's image and nodes."""

    source: SecretSource
    image: Input[str]
    node_selector: Input[Mapping[str, str]]
    poll_minutes: int


class CsiSecrets(ComponentResource):
    """Kubernetes Secrets that follow the Key Vault through the add-on of AKS, without an operator.

    The driver creates a Secret when a pod mounts it, and the Secret is deleted with that pod's owner. The keeper, a
    Deployment, therefore mounts every Secret on behalf of the pods that read it. A keeper pod is ready when each Secret
    has the values of the vault.
    """

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: CsiSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:CsiSecrets", name, None, opts)
        self._name = name
        self._args = args
        keeper = self._create_keeper(self._create_provider_class())
        self._create_disruption_budget()
        # Depends on the keeper, so that no pod starts before the Secrets have the values of the vault.
        self.versions = {
            secret: make_depend_on(args.source.versions[secret], keeper.id) for secret in args.source.secrets
        }
        register_annotated_outputs(self)

    def _metadata(self, object_name: str) -> dict[str, Any]:
        return {"name": object_name, "namespace": self._args.source.namespace}

    def _create_provider_class(self) -> CustomResource:
        source = self._args.source
        return CustomResource(
            f"{self._name}-provider-class",
            api_version=_API,
            kind="SecretProviderClass",
            metadata=self._metadata(csi_keeper.PROVIDER_CLASS),
            spec=Output.all(source.secrets, source.client_id, source.tenant_id, source.vault_uri, source.kind).apply(
                lambda resolved: csi_keeper.provider_class_spec(*resolved)
            ),
            opts=ResourceOptions(parent=self),
        )

    def _create_keeper(self, provider_class: CustomResource) -> Deployment:
        args, source = self._args, self._args.source
        spec = ServiceAccountSpec(name=source.service_account, client_id=source.client_id)
        account = create_service_account(self._name, source.namespace, spec, self)
        resolved = Output.all(
            secrets=source.secrets,
            versions=source.versions,
            image=args.image,
            node_selector=args.node_selector,
            service_account=account.metadata.name,
        )
        timeout = f"{csi_keeper.rollout_seconds(args.poll_minutes)}s"
        return Deployment(
            f"{self._name}-keeper",
            metadata=self._metadata(csi_keeper.KEEPER),
            spec=resolved.apply(
                lambda values: csi_keeper.keeper_spec(**values, poll_minutes=args.poll_minutes, kind=source.kind)
            ),
            opts=ResourceOptions(
                parent=self,
                depends_on=[provider_class],
                custom_timeouts=CustomTimeouts(create=timeout, update=timeout),
            ),
        )

    def _create_disruption_budget(self) -> None:
        PodDisruptionBudget(
            f"{self._name}-keeper-disruption-budget",
            metadata=self._metadata(csi_keeper.KEEPER),
            spec=csi_keeper.disruption_budget_spec(),
            opts=ResourceOptions(parent=self),
        )
