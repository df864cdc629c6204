"""Rules for what loses its support, by the days in charts/retirements.yaml."""

from __future__ import annotations

import difflib
from collections.abc import Iterator

from components.azure.kubernetes_versions import has_long_term_support, last_day
from components.settings.retirements import retirement_name
from components.stack_file.problems import Problem, key_path
from components.stack_file.retirement_uses import WARNING_DAYS, cite, list_uses, offered_kubernetes

from .context import Context, Rule


def kubernetes_version_is_offered(context: Context) -> Iterator[Problem]:
    """AKS offers the version of Kubernetes. `kubernetes_version_runs_airflow` checks what the Airflow chart needs."""
    settings, retirements, today = context.settings, context.retirements, context.today
    path, version = key_path("cluster", "kubernetesVersion"), settings.cluster.kubernetes_version
    offered = " or ".join(offered_kubernetes(retirements, today))
    instead = f"use {offered}" if offered else "use a newer version, and add it to charts/retirements.yaml"
    ended = last_day(retirements, settings.cluster)
    if ended is None:
        message = f"AKS does not offer {version}: {instead}; if it does by now, add it to charts/retirements.yaml"
        yield Problem(path=path, message=message)
        return
    name = retirement_name("kubernetes", version)
    if ended >= today or name in settings.acknowledged_retirements:
        return
    known = retirements.kubernetes[version]
    if not has_long_term_support(settings.cluster) and known.long_term_date >= today:
        instead += f", or {key_path('cluster', 'tier')}: Premium, which supports it until {known.long_term_date}"
    yield Problem(
        path=path,
        message=f"AKS no longer offers {version}, whose support ended on {ended}: {instead}; while an existing cluster "
        f"still runs it, put {name!r} into {key_path('acknowledgedRetirements')} "
        f"({cite(retirements.sources[known.source])})",
    )


def acknowledged_retirements_are_needed(context: Context) -> Iterator[Problem]:
    """Each acknowledged retirement exists, and is one of something that the stack uses."""
    if context.wrong:
        # What an entry is for may be a setting whose value was wrong, and which now has its default.
        return
    names = [name for name, _ in context.retirements.named()]
    used = {use.name for use in list_uses(context.settings, context.retirements, context.today)}
    for index, name in enumerate(context.settings.acknowledged_retirements):
        path = key_path("acknowledgedRetirements", index)
        if name not in names:
            near = difflib.get_close_matches(name, names, n=1)
            hint = f"did you mean {near[0]!r}?" if near else "for example 'kubernetes 1.34'"
            yield Problem(path=path, message=f"charts/retirements.yaml has no {name[:60]!r}; {hint}")
        elif name not in used:
            yield Problem(path=path, message=f"is needless, this stack does not use {name!r}: remove it")


def used_things_keep_their_support(context: Context) -> Iterator[Problem]:
    """Warn of what the stack uses and what loses its support within half a year, or has lost it.

    The API versions of `pulumi-azure-native` are left out, because no setting changes them: `make check` warns of them.
    """
    for use in list_uses(context.settings, context.retirements, context.today):
        if use.can_be_set and use.ends_within(WARNING_DAYS, context.today):
            acknowledged = use.name in context.settings.acknowledged_retirements
            suffix = f"; acknowledged in {key_path('acknowledgedRetirements')}" if acknowledged else ""
            yield Problem(path=use.path, message=f"{use.describe(context.today)}{suffix}")


RETIREMENT_ERRORS: tuple[Rule, ...] = (kubernetes_version_is_offered, acknowledged_retirements_are_needed)
RETIREMENT_WARNINGS: tuple[Rule, ...] = (used_things_keep_their_support,)
