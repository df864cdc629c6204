"""The rights of each team role in its namespace, as rules of a Kubernetes Role.

With Azure RBAC for Kubernetes, components/azure/team_grants.py chooses roles of Azure instead.
"""

from __future__ import annotations

from typing import Any, Final

from components.settings.teams_section import TeamRole

Rule = dict[str, Any]

_READ: Final = ("get", "list", "watch")
_CHANGE: Final = ("create", "update", "patch", "delete")
_WORKLOADS: Final[dict[str, tuple[str, ...]]] = {
    "": ("configmaps", "persistentvolumeclaims", "services"),
    "apps": ("daemonsets", "deployments", "statefulsets"),
    "autoscaling": ("horizontalpodautoscalers",),
    "batch": ("cronjobs", "jobs"),
    "policy": ("poddisruptionbudgets",),
}


def team_rules(role: TeamRole) -> list[Rule]:
    """Return the rules of a role's Kubernetes Role. Each role has the rights of the role before it.

    No role changes the quota, the limits of containers, or the namespace itself.
    """
    match role:
        case "viewer":
            return _viewer()
        case "developer":
            return [*_viewer(), *_developer()]
        case "admin":
            return [*_viewer(), *_developer(), *_admin()]


def _viewer() -> list[Rule]:
    """Read everything that is no secret, with logs and events."""
    return [
        *(_rule(group, resources, _READ) for group, resources in _WORKLOADS.items()),
        _rule("", ("events", "limitranges", "pods", "resourcequotas", "serviceaccounts"), _READ),
        _rule("", ("pods/log",), ("get",)),
        _rule("apps", ("replicasets",), _READ),
        _rule("networking.k8s.io", ("networkpolicies",), _READ),
    ]


def _developer() -> list[Rule]:
    """Run, change and debug workloads."""
    return [
        *(_rule(group, resources, _CHANGE) for group, resources in _WORKLOADS.items()),
        _rule("", ("pods",), ("create", "delete")),
        # `kubectl exec` and `port-forward` ask for `create`, or for `get` over WebSockets.
        _rule("", ("pods/exec", "pods/portforward"), ("create", "get")),
        _rule("apps", ("deployments/scale", "statefulsets/scale"), ("update", "patch")),
    ]


def _admin() -> list[Rule]:
    """Hold secrets, open the network, and pass on rights. Kubernetes lets nobody grant what they do not have."""
    return [
        _rule("", ("secrets",), (*_READ, *_CHANGE)),
        _rule("", ("serviceaccounts",), _CHANGE),
        _rule("networking.k8s.io", ("networkpolicies",), _CHANGE),
        _rule("rbac.authorization.k8s.io", ("rolebindings", "roles"), (*_READ, *_CHANGE)),
    ]


def _rule(group: str, resources: tuple[str, ...], verbs: tuple[str, ...]) -> Rule:
    return {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
