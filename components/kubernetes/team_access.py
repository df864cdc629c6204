"""The namespace of each team, and the rights of its Entra group there."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_kubernetes.core.v1 import LimitRange, ResourceQuota
from pulumi_kubernetes.rbac.v1 import Role, RoleBinding

from components.output_registration import make_depend_on, register_annotated_outputs
from components.settings.teams_section import TeamQuota, TeamSettings

from .namespace import create_closed_namespace
from .team_roles import team_rules

_RBAC: Final = "rbac.authorization.k8s.io"
# The name of the quota and of the limits in each namespace.
_LIMITS: Final = "team"
# A container that names no size gets this one. Without a size, the quota would refuse its pod.
_CONTAINER: Final = {"cpu": "500m", "memory": "512Mi", "ephemeral-storage": "1Gi"}


@dataclass(frozen=True, kw_only=True)
class AccountGrant:
    """Rights of a service account of some namespace in a team's namespace; the name is unique there."""

    name: str
    namespace: str
    account: str
    rules: Sequence[Mapping[str, Any]]


@dataclass(frozen=True, kw_only=True)
class TeamAccessArgs:
    """What TeamAccess needs: the teams, the policies of each namespace, and whether Azure decides on rights.

    By the team's name, `egress_policies` are Cilium's policies, and `account_grants` the rights of service accounts of
    other owners in its namespace.
    """

    teams: Sequence[TeamSettings]
    network_policies: Mapping[str, Mapping[str, Any]]
    egress_policies: Mapping[str, Mapping[str, Input[Mapping[str, Any]]]]
    account_grants: Mapping[str, Sequence[AccountGrant]]
    azure_rbac: bool


class TeamAccess(ComponentResource):
    """Namespaces with Pod Security `restricted`, a quota, and policies that deny traffic; one for each team.

    A Role and its binding give the group its rights, unless Azure RBAC for Kubernetes decides on them.
    """

    namespaces: dict[str, Output[str]]
    task_namespaces: dict[str, Output[str]]

    def __init__(self, name: str, args: TeamAccessArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:kubernetes:TeamAccess", name, None, opts)
        self._args = args
        self.namespaces = {team.name: self._create_namespace(f"{name}-{team.name}", team) for team in args.teams}
        if not args.azure_rbac:
            for team in args.teams:
                # AKS calls an Entra group by its object id.
                subject = {"kind": "Group", "name": team.group_id.lower(), "apiGroup": _RBAC}
                namespace = self.namespaces[team.name]
                self._grant(f"{name}-{team.name}", f"team-{team.name}", namespace, team_rules(team.role), subject)
        # Depends on the rights, so that Airflow watches no namespace before it may.
        self.task_namespaces = {
            team.name: make_depend_on(self.namespaces[team.name], *self._grant_to_accounts(f"{name}-{team.name}", team))
            for team in args.teams
        }
        register_annotated_outputs(self)

    def _create_namespace(self, prefix: str, team: TeamSettings) -> Output[str]:
        """Create the namespace, and return its name, which depends on its limits and policies."""
        child = ResourceOptions(parent=self)
        namespace, policies = create_closed_namespace(
            prefix, team.namespace, self._args.network_policies, self._args.egress_policies[team.name], self
        )
        inside: dict[str, Any] = {"namespace": namespace}
        limits = [
            ResourceQuota(
                f"{prefix}-quota", metadata={"name": _LIMITS, **inside}, spec=quota_spec(team.quota), opts=child
            ),
            LimitRange(f"{prefix}-limits", metadata={"name": _LIMITS, **inside}, spec=limits_spec(), opts=child),
        ]
        return make_depend_on(namespace, *(limit.id for limit in limits), *policies)

    def _grant_to_accounts(self, prefix: str, team: TeamSettings) -> list[Output[str]]:
        """Give service accounts their rights in the team's namespace, and return the ids of the bindings."""
        return [
            self._grant(
                f"{prefix}-{grant.name}",
                grant.name,
                self.namespaces[team.name],
                grant.rules,
                {"kind": "ServiceAccount", "name": grant.account, "namespace": grant.namespace},
            )
            for grant in self._args.account_grants.get(team.name, ())
        ]

    def _grant(
        self,
        prefix: str,
        object_name: str,
        namespace: Input[str],
        rules: Sequence[Mapping[str, Any]],
        subject: Mapping[str, str],
    ) -> Output[str]:
        """Create a Role and its binding to a subject, and return the id of the binding."""
        metadata: dict[str, Any] = {"name": object_name, "namespace": namespace}
        child = ResourceOptions(parent=self)
        role = Role(f"{prefix}-role", metadata=metadata, rules=list(rules), opts=child)
        binding = RoleBinding(
            f"{prefix}-role-binding",
            metadata=metadata,
            role_ref={"apiGroup": _RBAC, "kind": "Role", "name": role.metadata.name},
            subjects=[subject],
            opts=child,
        )
        binding_id: Output[str] = binding.id
        return binding_id


def quota_spec(quota: TeamQuota) -> dict[str, Any]:
    """Return the spec of the quota. Without Services of these types, nothing of the team gets a public address."""
    sizes = {"cpu": quota.cpu, "memory": quota.memory, "ephemeral-storage": quota.disk}
    return {
        "hard": {
            **{f"{part}.{resource}": size for part in ("requests", "limits") for resource, size in sizes.items()},
            "pods": str(quota.pods),
            "services.loadbalancers": "0",
            "services.nodeports": "0",
        }
    }


def limits_spec() -> dict[str, Any]:
    """Return the spec of the sizes that containers get by default."""
    return {"limits": [{"type": "Container", "default": dict(_CONTAINER), "defaultRequest": dict(_CONTAINER)}]}
