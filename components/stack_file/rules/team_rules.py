"""Rules for teams: distinct names, free namespaces, and a sign-in for their groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.airflow import names
from components.kubernetes import cert_manager, external_secrets
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Namespaces of the program, of add-ons of AKS, and of operators that this program or a cluster's owner installs.
_TAKEN: Final = {
    names.NAMESPACE: "which is Airflow's own",
    names.GATEWAY_NAMESPACE: "which is the gateway's",
    cert_manager.NAMESPACE: "which is the certificate operator's",
    external_secrets.OPERATOR: "which is the secret operator's",
    "app-routing-system": "which belongs to AKS",
    "calico-system": "which belongs to AKS",
    "dapr-system": "which belongs to AKS",
    "default": "which belongs to Kubernetes",
    "flux-system": "which belongs to AKS",
    "gatekeeper-system": "which belongs to AKS",
    "tigera-operator": "which belongs to AKS",
}
_TAKEN_BEGINNINGS: Final = {"kube-": "which belongs to Kubernetes", "aks-": "which belongs to AKS"}


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
        begins = (owner for beginning, owner in _TAKEN_BEGINNINGS.items() if team.namespace.startswith(beginning))
        owner = _TAKEN.get(team.namespace) or next(begins, None)
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


TEAM_ERRORS: tuple[Rule, ...] = (teams_are_distinct, team_namespaces_are_free, team_members_can_sign_in)
