"""The rights that KubernetesPodOperator needs in a namespace of another cluster."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.output_registration import register_annotated_outputs

# What the operator and its trigger call. `exec` reads an XCom: Kubernetes checks `get` or `create`, by the client.
# Source: apache-airflow-providers-cncf-kubernetes, utils/pod_manager.py.
RULES: Final[tuple[dict[str, list[str]], ...]] = (
    {"apiGroups": [""], "resources": ["pods"], "verbs": ["create", "get", "list", "watch", "patch", "delete"]},
    {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]},
    {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["get", "create"]},
    {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]},
)
_API_GROUP: Final = "rbac.authorization.k8s.io"


@dataclass(frozen=True, kw_only=True)
class RemoteAccessArgs:
    """What RemoteAccess needs: the namespace, a name for its objects, and the object id of the identity."""

    namespace: str
    role_name: Input[str]
    principal_id: Input[str]


class RemoteAccess(ComponentResource):
    """A Role with exactly the operator's verbs, bound to an identity, in a namespace that exists already."""

    role_name: Output[str]

    def __init__(self, name: str, args: RemoteAccessArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:RemoteAccess", name, None, opts)
        role, binding = role_manifests(args.namespace, args.role_name, args.principal_id)
        made = Role(f"{name}-role", metadata=role["metadata"], rules=role["rules"], opts=ResourceOptions(parent=self))
        RoleBinding(
            f"{name}-role-binding",
            metadata=binding["metadata"],
            role_ref=binding["roleRef"],
            subjects=binding["subjects"],
            opts=ResourceOptions(parent=self, depends_on=made),
        )
        self.role_name = made.metadata.name
        register_annotated_outputs(self)


def role_manifests(namespace: str, name: Input[str], principal_id: Input[str]) -> list[dict[str, Any]]:
    """Return the Role and the RoleBinding, with outputs if Pulumi creates them, with plain values if `kubectl` does.

    AKS names an identity by its object id, not by its client id; with the client id the binding would bind nobody.
    """
    metadata = {"name": name, "namespace": namespace}
    rules = [dict(rule) for rule in RULES]
    return [
        {"apiVersion": f"{_API_GROUP}/v1", "kind": "Role", "metadata": metadata, "rules": rules},
        {
            "apiVersion": f"{_API_GROUP}/v1",
            "kind": "RoleBinding",
            "metadata": metadata,
            "roleRef": {"apiGroup": _API_GROUP, "kind": "Role", "name": name},
            "subjects": [{"apiGroup": _API_GROUP, "kind": "User", "name": principal_id}],
        },
    ]
