"""The CSI driver's way: a class that says what to read, and pods that mount it so that the Secrets exist."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, CustomTimeouts, Input, Output, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource
from pulumi_kubernetes.apps.v1 import Deployment
from pulumi_kubernetes.core.v1 import ServiceAccount
from pulumi_kubernetes.policy.v1 import PodDisruptionBudget

from components.component_outputs import register_annotated_outputs

from . import csi_keeper
from .namespace import CLIENT_ID_ANNOTATION

_API: Final = "secrets-store.csi.x-k8s.io/v1"


@dataclass(frozen=True, kw_only=True)
class CsiSecretsArgs:
    """What CsiSecrets needs: the vault, the identity that reads it, a place for the keeper, and which secrets."""

    image: Input[str]
    namespace: Input[str]
    node_selector: Input[Mapping[str, str]]
    service_account: str
    client_id: Input[str]
    tenant_id: Input[str]
    vault_uri: Input[str]
    look_minutes: int
    secrets: Mapping[str, Mapping[str, Input[str]]]
    versions: Mapping[str, Input[str]]


class CsiSecrets(ComponentResource):
    """Kubernetes Secrets that follow the Key Vault by the add-on of AKS, without an operator of our own.

    The driver makes a Secret when a pod mounts it and drops it with that pod's owner, so that a keeper holds the mount
    for all who read them. A keeper that is ready has compared each Secret with the vault.
    """

    versions: dict[str, Output[str]]

    def __init__(self, name: str, args: CsiSecretsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:CsiSecrets", name, None, opts)
        self._name = name
        self._args = args
        provider_class = self._provider_class()
        keeper = self._keeper(provider_class)
        self._disruption_budget()
        # Known once the Secrets are there and hold what the vault holds.
        self.versions = {
            secret: Output.all(args.versions[secret], keeper.id).apply(lambda values: str(values[0]))
            for secret in args.secrets
        }
        register_annotated_outputs(self)

    def _metadata(self, object_name: str) -> dict[str, Any]:
        return {"name": object_name, "namespace": self._args.namespace}

    def _provider_class(self) -> CustomResource:
        args = self._args
        return CustomResource(
            f"{self._name}-provider-class",
            api_version=_API,
            kind="SecretProviderClass",
            metadata=self._metadata(csi_keeper.PROVIDER_CLASS),
            spec=Output.all(_plain(args.secrets), args.client_id, args.tenant_id, args.vault_uri).apply(
                lambda wires: csi_keeper.provider_class_spec(*wires)
            ),
            opts=ResourceOptions(parent=self),
        )

    def _keeper(self, provider_class: CustomResource) -> Deployment:
        args = self._args
        account = ServiceAccount(
            f"{self._name}-{args.service_account}",
            metadata={**self._metadata(args.service_account), "annotations": {CLIENT_ID_ANNOTATION: args.client_id}},
            automount_service_account_token=False,
            opts=ResourceOptions(parent=self),
        )
        wires = Output.all(
            secrets=_plain(args.secrets),
            versions=dict(args.versions),
            image=args.image,
            node_selector=args.node_selector,
            service_account=account.metadata.name,
        )
        timeout = f"{csi_keeper.rollout_seconds(args.look_minutes)}s"
        return Deployment(
            f"{self._name}-keeper",
            metadata=self._metadata(csi_keeper.KEEPER),
            spec=wires.apply(lambda w: csi_keeper.keeper_spec(**w, look_minutes=args.look_minutes)),
            opts=ResourceOptions(
                parent=self,
                depends_on=[provider_class],
                custom_timeouts=CustomTimeouts(create=timeout, update=timeout),
            ),
        )

    def _disruption_budget(self) -> None:
        PodDisruptionBudget(
            f"{self._name}-keeper-disruption-budget",
            metadata=self._metadata(csi_keeper.KEEPER),
            spec=csi_keeper.disruption_budget_spec(),
            opts=ResourceOptions(parent=self),
        )


def _plain(secrets: Mapping[str, Mapping[str, Input[str]]]) -> dict[str, dict[str, Input[str]]]:
    return {secret: dict(keys) for secret, keys in secrets.items()}
