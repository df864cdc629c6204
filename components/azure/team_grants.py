"""The Azure roles of the teams' Entra groups on the cluster."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from pulumi import ComponentResource, Input, Output, ResourceOptions
from pulumi_azure_native import authorization

from components.output_registration import register_annotated_outputs
from components.settings.teams_section import TeamRole, TeamSettings

from .roles import (
    AKS_CLUSTER_USER,
    AKS_RBAC_ADMIN,
    AKS_RBAC_READER,
    AKS_RBAC_WRITER,
    role_definition_id,
)

# With Azure RBAC for Kubernetes. Source: AKS, "Use Azure role-based access control for Kubernetes authorization".
AZURE_ROLES: Final[dict[TeamRole, str]] = {
    "viewer": AKS_RBAC_READER,
    "developer": AKS_RBAC_WRITER,
    "admin": AKS_RBAC_ADMIN,
}


@dataclass(frozen=True, kw_only=True)
class TeamGrantsArgs:
    """What TeamGrants needs: the teams, the cluster, and whether Azure decides on rights inside the cluster."""

    teams: Sequence[TeamSettings]
    cluster_id: Input[str]
    subscription_id: Input[str]
    azure_rbac: bool


class TeamGrants(ComponentResource):
    """The right of each group to fetch a kubeconfig and, with Azure RBAC for Kubernetes, its rights in its namespaces.

    A kubeconfig alone gives no rights: it names the API server, and people sign in with Entra.
    """

    assignment_ids: list[Output[str]]

    def __init__(self, name: str, args: TeamGrantsArgs, opts: ResourceOptions | None = None) -> None:
        super().__init__("airflow-aks:azure:TeamGrants", name, None, opts)
        self._args = args
        # Azure refuses a second assignment of the same role to the same group, which may have several namespaces.
        groups = dict.fromkeys(team.group_id.lower() for team in args.teams)
        self.assignment_ids = [
            self._assign(f"{name}-{group}-cluster-user", group, AKS_CLUSTER_USER, args.cluster_id) for group in groups
        ]
        if args.azure_rbac:
            self.assignment_ids += [
                self._assign(
                    f"{name}-{team.name}-{team.role}",
                    team.group_id.lower(),
                    AZURE_ROLES[team.role],
                    Output.format("{0}/namespaces/{1}", args.cluster_id, team.namespace),
                )
                for team in args.teams
            ]
        register_annotated_outputs(self)

    def _assign(self, logical_name: str, group: str, role: str, scope: Input[str]) -> Output[str]:
        assignment = authorization.RoleAssignment(
            logical_name,
            scope=scope,
            principal_id=group,
            principal_type="Group",
            role_definition_id=role_definition_id(self._args.subscription_id, role),
            opts=ResourceOptions(parent=self),
        )
        assignment_id: Output[str] = assignment.id
        return assignment_id
