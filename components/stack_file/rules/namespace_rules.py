"""Rules for the namespaces of pods that other stacks launch."""

from __future__ import annotations

from collections.abc import Iterator

from components.stack_file.problems import Problem, key_path

from .context import Context, Rule
from .team_rules import owner_of


def namespaces_are_free(context: Context) -> Iterator[Problem]:
    """No namespace belongs to the program, to Kubernetes, to AKS or to a team."""
    teams = {team.namespace: key_path("teams", index) for index, team in enumerate(context.settings.teams)}
    for index, namespace in enumerate(context.settings.namespaces):
        owner = owner_of(namespace)
        if owner is None and namespace in teams:
            owner = f"which is that of {teams[namespace]}"
        if owner is not None:
            yield Problem(
                path=key_path("namespaces", index), message=f"is {namespace}, {owner}: choose another, for example jobs"
            )


NAMESPACE_ERRORS: tuple[Rule, ...] = (namespaces_are_free,)
