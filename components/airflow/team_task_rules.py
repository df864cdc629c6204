"""The rights and network policies with which Airflow runs tasks in the namespaces of teams."""

from __future__ import annotations

from typing import Final

from components.kubernetes.team_access import AccountGrant
from components.settings.model import Settings
from components.settings.teams_section import TeamSettings

from . import names
from .executors import WORKER
from .names import SERVICE_ACCOUNTS
from .traffic.policy_specs import LAUNCHED, Policy, anywhere, egress, in_namespace, ingress, ports, select
from .traffic.port_numbers import API_PORT, STATSD_PORT

_CLEANUP_ACCOUNT: Final = "airflow-cleanup"
_PODS: Final = {"apiGroups": [""], "resources": ["pods"]}
_LOGS: Final = {"apiGroups": [""], "resources": ["pods/log"], "verbs": ["get"]}
_EVENTS: Final = {"apiGroups": [""], "resources": ["events"], "verbs": ["list", "watch"]}
_EXEC: Final = {"apiGroups": [""], "resources": ["pods/exec"], "verbs": ["create", "get"]}
_LAUNCH: Final = [{**_PODS, "verbs": ["create", "get", "list", "watch", "patch", "delete"]}, _LOGS, _EVENTS]


def teams_with_tasks(settings: Settings) -> tuple[TeamSettings, ...]:
    """Return the teams in whose namespaces tasks may run."""
    return tuple(team for team in settings.teams if team.runs_tasks)


def task_grants(team: TeamSettings) -> list[AccountGrant]:
    """Return the rights of Airflow's accounts in a team's namespace; none if no tasks run there."""
    if not team.runs_tasks:
        return []
    own = names.NAMESPACE
    return [
        AccountGrant(name="airflow-runs-tasks", namespace=own, account=SERVICE_ACCOUNTS["scheduler"], rules=_LAUNCH),
        AccountGrant(
            name="airflow-reads-logs",
            namespace=own,
            account=SERVICE_ACCOUNTS["apiServer"],
            rules=[{**_PODS, "verbs": ["get", "list"]}, _LOGS],
        ),
        AccountGrant(
            name="airflow-cleans-up",
            namespace=own,
            account=_CLEANUP_ACCOUNT,
            rules=[{**_PODS, "verbs": ["list", "delete"]}],
        ),
        # For KubernetesPodOperator in the tasks of the team.
        AccountGrant(
            name="tasks-launch-pods",
            namespace=team.namespace,
            account=SERVICE_ACCOUNTS["workers"],
            rules=[*_LAUNCH, _EXEC],
        ),
    ]


def task_policies() -> dict[str, Policy]:
    """Return the policies of task pods in a team's namespace: to Airflow, and to any address outside the cluster."""
    airflow = in_namespace(names.NAMESPACE)
    to_airflow = [
        {"to": [{**airflow, "podSelector": select("api-server")}], "ports": ports([API_PORT])},
        {"to": [{**airflow, "podSelector": select("statsd")}], "ports": ports([STATSD_PORT], "UDP")},
    ]
    return {
        "tasks-to-airflow": egress(select(WORKER), to_airflow),
        # The log store, git, and what DAGs connect to; never the node's identity.
        "tasks-to-anywhere": egress(select(WORKER), [{"to": [anywhere()]}]),
        "launched-pods-to-anywhere": egress(LAUNCHED, [{"to": [anywhere()]}]),
    }


def admit_team_tasks(settings: Settings) -> dict[str, Policy]:
    """Return the policies of Airflow's namespace that let the tasks of teams reach the API server and StatsD."""
    peers = [in_namespace(team.namespace) for team in teams_with_tasks(settings)]
    if not peers:
        return {}
    return {
        "team-tasks-to-api-server": ingress(select("api-server"), [{"from": peers, "ports": ports([API_PORT])}]),
        "team-tasks-to-statsd": ingress(select("statsd"), [{"from": peers, "ports": ports([STATSD_PORT], "UDP")}]),
    }
