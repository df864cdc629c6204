"""Airflow's namespace with its service accounts and network policies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, Resource, ResourceOptions
from pulumi_kubernetes.core.v1 import Namespace, ServiceAccount
from pulumi_kubernetes.networking.v1 import NetworkPolicy

from components.output_registration import make_depend_on, register_annotated_outputs

from .egress_policies import create_egress_policies
from .labels_and_annotations import CLIENT_ID_ANNOTATION
from .way_out import create_trusted_certificates


@dataclass(frozen=True, kw_only=True)
class ServiceAccountSpec:
    """A service account, the identity that its pods can use, and whether they call the Kubernetes API."""

    name: str
    client_id: Input[str] | None = None
    calls_kubernetes: bool = False


@dataclass(frozen=True, kw_only=True)
class AirflowNamespaceArgs:
    """What AirflowNamespace needs: its name, service accounts, and the network policies of Kubernetes and Cilium.

    `bundle`: the authorities that its pods trust; None if they trust those that they have.
    """

    namespace: str
    service_accounts: Sequence[ServiceAccountSpec]
    network_policies: Mapping[str, Input[Mapping[str, Any]]]
    egress_policies: Mapping[str, Input[Mapping[str, Any]]]
    bundle: str | None


class AirflowNamespace(ComponentResource):
    """A namespace that enforces Pod Security `restricted`, and the network policies of its pods."""

    name: Output[str]
    service_accounts: Output[list[str]]

    def __init__(self, name: str, args: AirflowNamespaceArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:AirflowNamespace", name, None, opts)
        namespace, policies = create_closed_namespace(
            name, args.namespace, args.network_policies, args.egress_policies, self
        )
        self.name = namespace
        accounts = [create_service_account(name, self.name, spec, self) for spec in args.service_accounts]
        # Depends on the network policies and the certificates, so that no pod starts without them.
        certificates = create_trusted_certificates(name, self.name, args.bundle, self)
        self.service_accounts = make_depend_on(
            [account.metadata.name for account in accounts], *policies, *certificates
        )
        register_annotated_outputs(self)


def create_closed_namespace(
    name: str,
    namespace_name: str,
    network_policies: Mapping[str, Input[Mapping[str, Any]]],
    egress_policies: Mapping[str, Input[Mapping[str, Any]]],
    parent: Resource,
    *,
    retain: bool = False,
    level: str = "restricted",
) -> tuple[Output[str], list[Output[str]]]:
    """Create a namespace with a Pod Security level and its policies; return its name, and the policies' ids.

    Whatever runs there depends on the ids, so that no pod starts without the policies. `retain`: whether the namespace
    stays in the cluster when it is removed from the stack.
    """
    namespace = Namespace(
        f"{name}-namespace",
        metadata={"name": namespace_name, "labels": pod_security(level)},
        opts=ResourceOptions(parent=parent, retain_on_delete=retain),
    )
    found: Output[str] = namespace.metadata.name
    policies = [
        NetworkPolicy(
            f"{name}-{policy}",
            metadata={"name": policy, "namespace": found},
            spec=spec,
            opts=ResourceOptions(parent=parent),
        ).id
        for policy, spec in network_policies.items()
    ]
    policies += [policy.id for policy in create_egress_policies(name, found, egress_policies, parent)]
    return found, policies


def create_service_account(
    prefix: str, namespace: Input[str], spec: ServiceAccountSpec, parent: Resource
) -> ServiceAccount:
    """Create a service account, whose logical name begins with the prefix."""
    annotations = {} if spec.client_id is None else {CLIENT_ID_ANNOTATION: spec.client_id}
    return ServiceAccount(
        f"{prefix}-{spec.name}",
        metadata={"name": spec.name, "namespace": namespace, "annotations": annotations},
        automount_service_account_token=spec.calls_kubernetes,
        opts=ResourceOptions(parent=parent),
    )


def pod_security(level: str) -> dict[str, str]:
    """Return the namespace labels that enforce a Pod Security level. Source: Kubernetes, "Pod Security Admission"."""
    return {f"pod-security.kubernetes.io/{mode}": level for mode in ("enforce", "audit", "warn")}
