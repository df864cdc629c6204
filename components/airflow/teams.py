"""The teams of a stack that asks for them: their Azure roles, their namespaces, and their rights there."""

from __future__ import annotations

from collections.abc import Sequence

from pulumi import Input, Output, ResourceOptions

from components.azure.log_storage_plan import log_roles
from components.azure.team_grants import TeamGrants, TeamGrantsArgs
from components.kubernetes.team_access import TeamAccess, TeamAccessArgs
from components.settings.model import Settings

from .executors import executor_parts
from .foundation import Foundation, Groundwork
from .identities import create_identity
from .names import SERVICE_ACCOUNTS
from .release import AirflowRelease
from .restricted_egress import HostPolicies
from .team_task_rules import task_grants, teams_with_tasks
from .team_tasks import TeamTasks, TeamTasksArgs, git_secrets
from .traffic.namespace_policies import team_policies


def create_teams(ground: Groundwork, host_policies: HostPolicies, in_cluster: ResourceOptions) -> TeamAccess | None:
    """Create the namespaces of the teams, and let their groups in; nothing without teams."""
    settings = ground.settings
    if not settings.teams:
        return None
    azure_rbac = settings.cluster.azure_rbac
    TeamGrants(
        "team-grants",
        TeamGrantsArgs(
            teams=settings.teams,
            cluster_id=ground.cluster.cluster_id,
            subscription_id=ground.subscription_id,
            azure_rbac=azure_rbac,
        ),
    )
    args = TeamAccessArgs(
        teams=settings.teams,
        network_policies=team_policies(restricted=settings.network.restricted),
        egress_policies={team.name: host_policies.get(team.namespace, {}) for team in settings.teams},
        account_grants={team.name: task_grants(team) for team in settings.teams},
        azure_rbac=azure_rbac,
    )
    return TeamAccess("teams", args, in_cluster)


def create_team_tasks(
    foundation: Foundation, airflow: AirflowRelease, teams: TeamAccess | None, in_cluster: ResourceOptions
) -> None:
    """Create what task pods need in each namespace where they may run. It depends on the release, for its options."""
    settings = foundation.settings
    if teams is None:
        return
    for team in teams_with_tasks(settings):
        identity = create_identity(
            foundation,
            f"team-identity-{team.name}",
            Output.format("{0}-{1}", foundation.azure_names.airflow_identity, team.name),
            [SERVICE_ACCOUNTS["workers"]],
            log_roles(settings.logs, foundation.log_storage.container_id),
            namespace=team.namespace,
        )
        args = TeamTasksArgs(
            namespace=teams.namespaces[team.name],
            identity_client_id=identity.client_id,
            config=airflow.task_config,
            secrets=git_secrets(settings),
            celery=executor_parts(settings.airflow).celery_workers,
            bundle=foundation.way_out.bundle,
        )
        TeamTasks(f"team-tasks-{team.name}", args, in_cluster)


def task_namespaces(teams: TeamAccess | None, settings: Settings) -> Sequence[Input[str]]:
    """Return the namespaces of teams in which tasks may run. They depend on Airflow's rights there."""
    return [teams.task_namespaces[team.name] for team in teams_with_tasks(settings)] if teams is not None else []
