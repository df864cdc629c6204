"""Describes the boxes outside Azure: users, the DAGs' repository, and public image registries."""

from __future__ import annotations

from urllib.parse import urlsplit

from dryrun.facts import look_up
from dryrun.plan import Plan, Resource
from dryrun.tree import Component

from .box import Box, find_inputs


def describe_people(plan: Plan, part: Component | None) -> Box:
    """Return the box of the users, with the way they reach the UI: its host, or a port-forward by the API server."""
    url = plan.outputs.get("airflowUrl")
    if url:
        return Box(title="People", lines=(urlsplit(str(url)).hostname or str(url),), side="outside")
    inputs = find_inputs(part, "azure-native:containerservice:ManagedCluster") if part else {}
    private = look_up(inputs, "apiServerAccessProfile", "enablePrivateCluster")
    return Box(
        title="People", lines=("no public address", f"{'private' if private else 'public'} API server"), side="outside"
    )


def describe_git(part: Component, release: Resource) -> Box | None:
    """Return the box of the git repository with the DAGs, or None when they come from elsewhere."""
    bundle = look_up(release.inputs, "values", "dagProcessor", "dagBundleConfigList", 0, "kwargs") or {}
    if "tracking_ref" in bundle:
        lines = ("cloned by Airflow", f"branch {bundle['tracking_ref']}")
        return Box(title="Git", lines=lines, side="outside", urn=part.resource.urn)
    settings = look_up(release.inputs, "values", "dags", "gitSync") or {}
    if not settings.get("enabled"):
        return None
    host, path = split_repository(str(settings.get("repo", "")))
    branch = f"branch {settings.get('branch') or settings.get('ref')}"
    return Box(title="Git", lines=(host, path, branch), side="outside", urn=part.resource.urn)


def split_repository(url: str) -> tuple[str, str]:
    """Return host and path of `https://host/path.git` or `git@host:path.git`, without user name and password."""
    if "://" in url:
        parts = urlsplit(url)
        host, path = parts.hostname or "", parts.path
    else:
        host, _, path = url.rpartition("@")[2].partition(":")
    return host, path.strip("/").removesuffix(".git")


def describe_image_sources(plan: Plan) -> Box:
    """Return the box of the registries that images are imported from."""
    found = [resource.inputs.get("sourceRegistry") for resource in plan.resources if ":ImageImport" in resource.type]
    return Box(title="Image sources", lines=tuple(dict.fromkeys(str(name) for name in found if name)), side="outside")
