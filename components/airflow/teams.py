"""The teams of a stack that asks for them: their Azure roles, their namespaces, and their rights there."""

from __future__ import annotations

from pulumi import ResourceOptions

from components.azure.team_grants import TeamGrants, TeamGrantsArgs
from components.kubernetes.team_access import TeamAccess, TeamAccessArgs

from .foundation import Foundation
from .team_task_rules import task_grants
from .traffic.policy_specs import DENY, DNS, Policy, egress


def create_teams(foundation: Foundation, in_cluster: ResourceOptions) -> TeamAccess | None:
    """Create the namespaces of the teams, and let their groups in; nothing without teams."""
    settings = foundation.settings
    if not settings.teams:
        return None
    azure_rbac = settings.cluster.azure_rbac
    TeamGrants(
        "team-grants",
        TeamGrantsArgs(
            teams=settings.teams,
            cluster_id=foundation.cluster.cluster_id,
            subscription_id=foundation.subscription_id,
            azure_rbac=azure_rbac,
        ),
    )
    args = TeamAccessArgs(
        teams=settings.teams,
        network_policies=team_policies(),
        account_grants={team.name: task_grants(team) for team in settings.teams},
        azure_rbac=azure_rbac,
    )
    return TeamAccess("teams", args, in_cluster)


def team_policies() -> dict[str, Policy]:
    """Return the policies of a team's namespace, which deny everything but DNS."""
    return {"default-deny": DENY, "dns": egress({}, [DNS])}
