"""The namespaces in which the tasks of other stacks launch pods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pulumi import ComponentResource, Input, Output, ResourceOptions

from components.output_registration import make_depend_on, register_annotated_outputs

from .namespace import create_closed_namespace


@dataclass(frozen=True, kw_only=True)
class PodNamespacesArgs:
    """What PodNamespaces needs: the names, and the policies of each namespace; `egress_policies` are Cilium's."""

    namespaces: Sequence[str]
    network_policies: Mapping[str, Mapping[str, Any]]
    egress_policies: Mapping[str, Mapping[str, Input[Mapping[str, Any]]]]


class PodNamespaces(ComponentResource):
    """Namespaces with Pod Security `restricted`. Other stacks grant the rights in them, each to its own identity."""

    namespaces: list[Output[str]]

    def __init__(self, name: str, args: PodNamespacesArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:PodNamespaces", name, None, opts)
        self.namespaces = []
        for namespace in args.namespaces:
            found, policies = create_closed_namespace(
                f"{name}-{namespace}", namespace, args.network_policies, args.egress_policies.get(namespace, {}), self
            )
            self.namespaces.append(make_depend_on(found, *policies))
        register_annotated_outputs(self)
