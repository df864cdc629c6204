"""The texts of the boxes outside Azure: who comes in, and what is fetched from elsewhere."""

from __future__ import annotations

from urllib.parse import urlsplit

from components.settings.git_address import parse_git_address
from dryrun.facts import at
from dryrun.plan import Plan, Resource
from dryrun.tree import Component

from .box import Box, first


def people(plan: Plan, part: Component | None) -> Box:
    """The way in: an address, or a port-forward through the API server."""
    url = plan.outputs.get("airflowUrl")
    if url:
        return Box(title="People", lines=(urlsplit(str(url)).hostname or str(url),), side="outside")
    inputs = first(part, "azure-native:containerservice:ManagedCluster") if part else {}
    private = at(inputs, "apiServerAccessProfile", "enablePrivateCluster")
    return Box(
        title="People", lines=("no public address", f"{'private' if private else 'public'} API server"), side="outside"
    )


def git(part: Component, release: Resource) -> Box | None:
    """The repository that DAGs come from, if they come from one."""
    bundle = at(release.inputs, "values", "dagProcessor", "dagBundleConfigList", 0, "kwargs") or {}
    if "tracking_ref" in bundle:
        lines = ("cloned by Airflow", f"branch {bundle['tracking_ref']}")
        return Box(title="Git", lines=lines, side="outside", urn=part.resource.urn)
    settings = at(release.inputs, "values", "dags", "gitSync") or {}
    if not settings.get("enabled"):
        return None
    repository = parse_git_address(settings["repo"])
    branch = f"branch {settings.get('branch') or settings.get('ref')}"
    place = (repository.host, repository.path.removesuffix(".git"))
    return Box(title="Git", lines=(*place, branch), side="outside", urn=part.resource.urn)


def image_sources(plan: Plan) -> Box:
    """The public registries that images are copied from."""
    found = [resource.inputs.get("sourceRegistry") for resource in plan.resources if ":ImageImport" in resource.type]
    return Box(title="Image sources", lines=tuple(dict.fromkeys(str(name) for name in found if name)), side="outside")
