"""Describes the boxes outside Azure: users, the internet, the DAGs' repository, and public image registries."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlsplit

from components.settings.git_address import parse_git_address
from dryrun.facts import look_up
from dryrun.plan import Plan, Resource
from dryrun.tree import Component
from dryrun.words import pluralize

from .box import Box
from .gateway import describe_visitors


def describe_people(plan: Plan) -> Box:
    """Return the box of the users: the UI's host, or a port-forward through the API server if the UI has no address."""
    url = plan.outputs.get("airflowUrl")
    if not url:
        return Box(title="People", lines=("no public address", "kubectl"), side="outside")
    host = urlsplit(str(url)).hostname or str(url)
    return Box(title="People", lines=(host, describe_visitors(plan)[0]), side="outside")


def describe_internet(plan: Plan) -> Box:
    """Return the box of the addresses outside Azure that tasks may call: any, or the hosts that policies name."""
    policies = plan.all("kubernetes:cilium.io/v2:CiliumNetworkPolicy")
    by_proxy = tuple(f"HTTP by {host}" for host in dict.fromkeys(_proxy_hosts(plan)))
    if not policies:
        return Box(title="Internet", lines=("any address", *by_proxy), side="outside")
    listed = [policy for policy in policies if look_up(policy.inputs, "metadata", "name") == "airflow-to-hosts"]
    hosts = len(look_up(listed[0].inputs, "spec", "egress", 0, "toFQDNs") or ()) if listed else 0
    lines = ("allowed hosts only", pluralize(hosts, "listed host")) if hosts else ("allowed hosts only",)
    return Box(title="Internet", lines=(*lines, *by_proxy), side="outside")


def _proxy_hosts(plan: Plan) -> Iterator[str]:
    """Yield the proxy of each cluster that has one."""
    for cluster in plan.all("azure-native:containerservice:ManagedCluster"):
        if address := look_up(cluster.inputs, "httpProxyConfig", "httpsProxy"):
            yield str(urlsplit(str(address)).hostname)


def describe_git(part: Component, release: Resource) -> Box | None:
    """Return the box of the git repository with the DAGs; None if the DAGs do not come from git."""
    bundle = look_up(release.inputs, "values", "dagProcessor", "dagBundleConfigList", 0, "kwargs") or {}
    if "tracking_ref" in bundle:
        lines = ("cloned by Airflow", f"branch {bundle['tracking_ref']}")
        return Box(title="Git", lines=lines, side="outside", urn=part.resource.urn)
    settings = look_up(release.inputs, "values", "dags", "gitSync") or {}
    if not settings.get("enabled"):
        return None
    repository = parse_git_address(settings["repo"])
    branch = f"branch {settings.get('branch') or settings.get('ref')}"
    place = (repository.host, repository.path.removesuffix(".git"))
    return Box(title="Git", lines=(*place, branch), side="outside", urn=part.resource.urn)


def describe_image_sources(plan: Plan) -> Box:
    """Return the box of the registries from which images are imported or cached."""
    found = [resource.inputs.get("sourceRegistry") for resource in plan.resources if ":ImageImport" in resource.type]
    for rule in plan.all("azure-native:containerregistry:CacheRule"):
        found.append(str(rule.inputs.get("sourceRepository", "")).partition("/")[0])
    return Box(title="Image sources", lines=tuple(dict.fromkeys(str(name) for name in found if name)), side="outside")
