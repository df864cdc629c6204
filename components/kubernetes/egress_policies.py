"""Cilium's network policies, which AKS enforces by the names of hosts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi import Input, Resource, ResourceOptions
from pulumi_kubernetes.apiextensions import CustomResource


def create_egress_policies(
    prefix: str, namespace: Input[str], specs: Mapping[str, Input[Mapping[str, Any]]], parent: Resource
) -> list[CustomResource]:
    """Create the policies of a namespace by their names; their logical names begin with the prefix."""
    return [
        CustomResource(
            f"{prefix}-egress-{policy}",
            api_version="cilium.io/v2",
            kind="CiliumNetworkPolicy",
            metadata={"name": policy, "namespace": namespace},
            spec=spec,
            opts=ResourceOptions(parent=parent),
        )
        for policy, spec in specs.items()
    ]
