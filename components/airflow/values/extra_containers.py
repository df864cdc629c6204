"""Completes the containers that a stack file adds to the chart's pods."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from .layers import merge

# The chart's lists of containers.
CONTAINER_LISTS: Final = frozenset({"extraContainers", "extraInitContainers"})
# The security context that the Pod Security standard "restricted" demands of a container. Source: Kubernetes, "Pod
# Security Standards".
RESTRICTED: Final[Mapping[str, Any]] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
DEFAULT_RESOURCES: Final[Mapping[str, str]] = {"cpu": "100m", "memory": "128Mi"}


def complete_containers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return `airflow.values` with a security context and resources in every extra container that lacks them.

    Without the security context, the admission of a restricted namespace refuses the whole pod.
    """
    return {key: _complete(key, value) for key, value in values.items()}


def _complete(key: str, value: Any) -> Any:
    if isinstance(value, Mapping):
        return complete_containers(value)
    if key in CONTAINER_LISTS and isinstance(value, list | tuple):
        return [_container(item) if isinstance(item, Mapping) else item for item in value]
    return value


def _container(container: Mapping[str, Any]) -> dict[str, Any]:
    context, resources = _mapping(container.get("securityContext")), _mapping(container.get("resources"))
    # Nulls are removed first: a null would remove a part of the restricted context.
    given = {key: _mapping(value) if isinstance(value, Mapping) else value for key, value in context.items()}
    return {
        **container,
        "securityContext": merge(RESTRICTED, given),
        "resources": {**resources, **_requests_and_limits(resources)},
    }


def _requests_and_limits(resources: Mapping[str, Any]) -> dict[str, Any]:
    """Return requests and limits of a container. A missing request equals the limit or the default, and vice versa."""
    requests, limits = _mapping(resources.get("requests")), _mapping(resources.get("limits"))
    return {
        "requests": {**DEFAULT_RESOURCES, **limits, **requests},
        "limits": {**DEFAULT_RESOURCES, **requests, **limits},
    }


def _mapping(value: Any) -> dict[str, Any]:
    """Return a mapping without its nulls, and an empty mapping for any other value."""
    return {key: item for key, item in value.items() if item is not None} if isinstance(value, Mapping) else {}
