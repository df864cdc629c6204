"""Rules for a stack with `airflow: null`, and those of other stacks that it does not need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from components.stack_file.problems import Problem, key_path

from .cluster_rules import kubernetes_version_runs_airflow
from .context import Context, Rule
from .pool_rules import nodes_run_the_images, pools_run_airflow_and_tasks
from .team_rules import team_tasks_can_run

ONLY_WITH_AIRFLOW: Final[tuple[Rule, ...]] = (
    kubernetes_version_runs_airflow,
    # Pods of other stacks run on its pools, with images of their own.
    nodes_run_the_images,
    pools_run_airflow_and_tasks,
    team_tasks_can_run,
)
_NULL: Final = f"{key_path('airflow')} is null"


def pools_are_for_other_pods(context: Context) -> Iterator[Problem]:
    """There is a pool, and none is for Airflow's pods or for the workers of this stack."""
    pools = context.settings.cluster.pools
    if not pools:
        yield Problem(path=key_path("cluster", "pools"), message="is empty, so that no pod finds a node: add a pool")
    for index, pool in enumerate(pools):
        if pool.purpose != "other":
            yield Problem(
                path=key_path("cluster", "pools", index, "purpose"),
                message=f"is {pool.purpose}, and {_NULL}: remove it, or set it to other",
            )


def settings_of_airflow_are_unset(context: Context) -> Iterator[Problem]:
    """No setting of a section that other stacks share is for Airflow alone."""
    settings = context.settings
    emails = settings.monitoring.alert_emails if settings.monitoring is not None else ()
    wrong = [
        (bool(settings.network.allowed_egress), key_path("network", "allowedEgress"), "Airflow's pods"),
        (bool(settings.network.allowed_ingress), key_path("network", "allowedIngress"), "Airflow's pods"),
        (bool(emails), key_path("monitoring", "alertEmails"), "alerts on Airflow"),
    ]
    for index, team in enumerate(settings.teams):
        wrong.append((team.runs_tasks, key_path("teams", index, "runsTasks"), "Airflow's tasks"))
    for is_set, path, purpose in wrong:
        if is_set:
            yield Problem(path=path, message=f"is for {purpose}, and {_NULL}: remove it")


def remote_pods_can_sign_in(context: Context) -> Iterator[Problem]:
    """Warn if the cluster refuses the identities of other stacks."""
    if not context.settings.cluster.admin_group_ids:
        yield Problem(
            path=key_path("cluster", "adminGroupIds"),
            message="is empty, so that the cluster has no sign-in with Entra, and no other stack can launch pods here: "
            "name the group of the cluster's administrators",
        )


WITHOUT_AIRFLOW_ERRORS: tuple[Rule, ...] = (pools_are_for_other_pods, settings_of_airflow_are_unset)
WITHOUT_AIRFLOW_WARNINGS: tuple[Rule, ...] = (remote_pods_can_sign_in,)
