"""Asks the API server whether an account or a member of a group may do something."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .api import Api, Object

# The API groups of resources that are not of the core group.
_GROUPS: Final = {
    "clusterrolebindings": "rbac.authorization.k8s.io",
    "cronjobs": "batch",
    "daemonsets": "apps",
    "deployments": "apps",
    "externalsecrets": "external-secrets.io",
    "horizontalpodautoscalers": "autoscaling",
    "ingresses": "networking.k8s.io",
    "jobs": "batch",
    "networkpolicies": "networking.k8s.io",
    "poddisruptionbudgets": "policy",
    "replicasets": "apps",
    "rolebindings": "rbac.authorization.k8s.io",
    "roles": "rbac.authorization.k8s.io",
    "secretstores": "external-secrets.io",
    "statefulsets": "apps",
}


def may(
    api: Api, home: str, account: str, verb: str, resource: str, namespace: str = "airflow", name: str = ""
) -> bool:
    """Ask whether a service account may do something in a namespace."""
    user = f"system:serviceaccount:{home}:{account}"
    groups = ["system:serviceaccounts", f"system:serviceaccounts:{home}", "system:authenticated"]
    return _review(api, user, groups, verb, resource, namespace, name)


def member_may(api: Api, group: str, verb: str, resource: str, namespace: str) -> bool:
    """Ask whether a person who is a member of an Entra group may do something in a namespace; "" = in every one."""
    return _review(api, "someone@example.com", [group, "system:authenticated"], verb, resource, namespace, "")


def _review(api: Api, user: str, groups: Sequence[str], verb: str, resource: str, namespace: str, name: str) -> bool:
    resource, _, sub = resource.partition("/")
    attributes: dict[str, Any] = {"verb": verb, "resource": resource, "subresource": sub, "name": name}
    review: Object = {
        "apiVersion": "authorization.k8s.io/v1",
        "kind": "SubjectAccessReview",
        "metadata": {"name": ""},
        "spec": {
            "user": user,
            "groups": list(groups),
            "resourceAttributes": {**attributes, "namespace": namespace, "group": _GROUPS.get(resource, "")},
        },
    }
    return bool(api.create(review)["status"]["allowed"])


__all__ = ["may", "member_may"]
