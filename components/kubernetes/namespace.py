"""Airflow's namespace, its service accounts and network policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import Namespace, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.component_outputs import register_annotated_outputs

CLIENT_ID_ANNOTATION = "azure.workload.identity/client-id"


@dataclass(frozen=True, kw_only=True)
class ServiceAccountSpec:
    """A service account; with an identity, its pods may take that identity."""

    name: str
    client_id: Input[str] | None = None
    calls_kubernetes: bool = False


@dataclass(frozen=True, kw_only=True)
class AirflowNamespaceArgs:
    """What AirflowNamespace needs: its name, and what stands in it from the start."""

    namespace: str
    service_accounts: Sequence[ServiceAccountSpec]
    network_policies: Mapping[str, Mapping[str, Any]]


class AirflowNamespace(ComponentResource):
    """A namespace that enforces Pod Security `restricted` and denies what no policy allows."""

    name: Output[str]
    service_accounts: Output[list[str]]

    def __init__(self, name: str, args: AirflowNamespaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:AirflowNamespace", name, None, opts)
        namespace = Namespace(
            f"{name}-namespace",
            metadata={"name": args.namespace, "labels": pod_security("restricted")},
            opts=ResourceOptions(parent=self),
        )
        policies = [
            NetworkPolicy(
                f"{name}-{policy}",
                metadata={"name": policy, "namespace": namespace.metadata.name},
                spec=spec,
                opts=ResourceOptions(parent=self),
            )
            for policy, spec in args.network_policies.items()
        ]
        accounts = [self._account(name, namespace.metadata.name, spec) for spec in args.service_accounts]
        self.name = namespace.metadata.name
        # Known once the accounts exist, and the policies that their pods live under.
        self.service_accounts = Output.all(
            *(account.metadata.name for account in accounts), *(policy.id for policy in policies)
        ).apply(lambda values: [str(value) for value in values[: len(accounts)]])
        register_annotated_outputs(self)

    def _account(self, name: str, namespace: Input[str], spec: ServiceAccountSpec) -> ServiceAccount:
        annotations = {} if spec.client_id is None else {CLIENT_ID_ANNOTATION: spec.client_id}
        return ServiceAccount(
            f"{name}-{spec.name}",
            metadata={"name": spec.name, "namespace": namespace, "annotations": annotations},
            automount_service_account_token=spec.calls_kubernetes,
            opts=ResourceOptions(parent=self),
        )


def pod_security(level: str) -> dict[str, str]:
    """Namespace labels that enforce a Pod Security level. Source: Kubernetes, "Pod Security Admission"."""
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}
