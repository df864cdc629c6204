"""Rules for teams: distinct names, free namespaces, and a sign-in for their groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.airflow import names
from components.airflow.executors import executor_parts
from components.airflow.release_lines import family_of
from components.airflow.traffic.allowed_policies import egress_peers
from components.kubernetes import cert_manager, certificates, external_secrets, gpu_plugin
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Namespaces of the program, of add-ons of AKS, and of operators that this program or a cluster's owner installs.
_TAKEN: Final = {
    names.NAMESPACE: "which is Airflow's own",
    names.GATEWAY_NAMESPACE: "which is the gateway's",
    cert_manager.NAMESPACE: "which is the certificate operator's",
    certificates.SYNC_OPERATOR: "which is the operator's of the gateway's certificate",
    external_secrets.OPERATOR: "which is the secret operator's",
    gpu_plugin.NAMESPACE: "which is the device plugin's",
    "app-routing-system": "which belongs to AKS",
    "calico-system": "which belongs to AKS",
    "dapr-system": "which belongs to AKS",
    "default": "which belongs to Kubernetes",
    "flux-system": "which belongs to AKS",
    "gatekeeper-system": "which belongs to AKS",
    "tigera-operator": "which belongs to AKS",
}
_TAKEN_BEGINNINGS: Final = {"kube-": "which belongs to Kubernetes", "aks-": "which belongs to AKS"}


def owner_of(namespace: str) -> str | None:
    """Return who owns a namespace that nobody else can have, as the end of a sentence; None if it is free."""
    begins = (owner for beginning, owner in _TAKEN_BEGINNINGS.items() if namespace.startswith(beginning))
    return _TAKEN.get(namespace) or next(begins, None)


def teams_are_distinct(context: Context) -> Iterator[Problem]:
    """No two teams have the same name or the same namespace. Two teams may be the same group."""
    for key in ("name", "namespace"):
        first: dict[str, int] = {}
        for index, team in enumerate(context.settings.teams):
            value = getattr(team, key)
            if value in first:
                yield Problem(
                    path=key_path("teams", index, key),
                    message=f"{value} is the {key} of {key_path('teams', first[value])} already: choose another",
                )
            first.setdefault(value, index)


def team_namespaces_are_free(context: Context) -> Iterator[Problem]:
    """No team gets a namespace that somebody else owns."""
    for index, team in enumerate(context.settings.teams):
        owner = owner_of(team.namespace)
        if owner is not None:
            yield Problem(
                path=key_path("teams", index, "namespace"),
                message=f"is {team.namespace}, {owner}: choose another, for example {team.name}",
            )


def team_members_can_sign_in(context: Context) -> Iterator[Problem]:
    """The cluster lets Entra groups sign in."""
    settings = context.settings
    admins = key_path("cluster", "adminGroupIds")
    if settings.teams and not settings.cluster.admin_group_ids:
        yield Problem(
            path=key_path("teams"),
            message=f"need Entra sign-in to the cluster, and {admins} is empty: name the group of the cluster's "
            "administrators there",
        )
    if settings.cluster.azure_rbac and not settings.cluster.admin_group_ids:
        yield Problem(
            path=key_path("cluster", "azureRbac"),
            message=f"is true, and {admins} is empty: Azure RBAC for Kubernetes needs Entra sign-in; name a group",
        )


def team_tasks_can_run(context: Context) -> Iterator[Problem]:
    """What a task pod needs can be in the namespace of a team, and an executor starts pods there."""
    settings = context.settings
    airflow, git = settings.airflow, settings.dags.git
    task_pods = executor_parts(airflow).task_pods
    needs = (
        (not task_pods, key_path("airflow", "executor"), airflow.executor, "KubernetesExecutor"),
        # Airflow 2's tasks connect to the database, whose password would be in the team's namespace.
        (not family_of(airflow.release).tasks_use_api, key_path("airflow", "release"), airflow.release, "Airflow 3"),
        # A volume belongs to a claim in Airflow's namespace.
        (settings.logs.delivery != "blob", key_path("logs", "delivery"), settings.logs.delivery, "blob"),
        (settings.dags.delivery == "azureFiles", key_path("dags", "delivery"), "azureFiles", "git or image"),
        (settings.dags.from_git and git.auth == "ssh", key_path("dags", "git", "auth"), "ssh", "token or none"),
        # Only the namespaces of restricted_egress.py have policies by the names of hosts.
        (settings.network.restricted, key_path("network", "egress"), "restricted", "open"),
        # Task pods read these as Secrets with values of the vault, which would be open to the team.
        (bool(settings.remote_clusters), key_path("remoteClusters"), "set", "a stack without remote clusters"),
        (bool(airflow.key_vault_secrets), key_path("airflow", "keyVaultSecrets"), "set", "connections in Airflow"),
    )
    for index, team in enumerate(settings.teams):
        if not team.runs_tasks:
            continue
        for is_wrong, path, value, right in needs:
            if is_wrong:
                yield Problem(
                    path=key_path("teams", index, "runsTasks"),
                    message=f"is true, and {path} is {value}: tasks in a team's namespace need {right}",
                )


def allowed_services_are_for_airflows_namespace(context: Context) -> Iterator[Problem]:
    """Warn about a service in the cluster that an entry opens for tasks, because those of teams do not reach it."""
    settings = context.settings
    tasks = [team.namespace for team in settings.teams if team.runs_tasks]
    if not tasks:
        return
    for index, entry in enumerate(settings.network.allowed_egress):
        for_tasks = not entry.components or {"taskPods", "workers"} & set(entry.components)
        if for_tasks and any("ipBlock" not in peer for peer in egress_peers(entry)):
            yield Problem(
                path=key_path("network", "allowedEgress", index),
                message=f"opens {entry.host} in namespace {names.NAMESPACE} only: tasks in {', '.join(tasks)} reach "
                "hosts outside the cluster, and no services in it; add a network policy there, or run these tasks in "
                "Airflow's namespace",
            )


TEAM_ERRORS: tuple[Rule, ...] = (
    teams_are_distinct,
    team_namespaces_are_free,
    team_members_can_sign_in,
    team_tasks_can_run,
)
TEAM_WARNINGS: tuple[Rule, ...] = (allowed_services_are_for_airflows_namespace,)
