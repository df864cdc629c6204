"""The rule that lets pods reach the Kubernetes API server."""

from __future__ import annotations

from typing import Any

from components.azure.subnet_plan import SubnetRanges
from components.settings.model import Settings

from .policy_specs import to_service
from .port_numbers import HTTPS_PORT


def to_api_server(settings: Settings, ranges: SubnetRanges) -> dict[str, Any]:
    """Return the rule that allows connections to the API server.

    A private API server has its endpoint in the subnet of the nodes. The address of a public one may change at any
    time, so the rule opens the port to every address outside the cluster.
    Source: AKS, "Create a private Azure Kubernetes Service cluster".
    """
    private = settings.cluster.private_api_server
    return to_service(ranges.nodes if private else None, [HTTPS_PORT])
