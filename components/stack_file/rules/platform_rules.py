"""Rules for what Azure and AKS offer: regions, versions of Kubernetes, processors, tags and open ranges."""

from __future__ import annotations

import difflib
import ipaddress
from collections.abc import Iterator
from typing import Final

from components.azure.kubernetes_versions import AS_OF, OFFERED, minor
from components.azure.regions import PUBLIC_REGIONS
from components.azure.vm_sizes import has_arm_processor
from components.stack_file.problems import Problem, key_path

from .context import Context, Rule

# Source: Azure, "Use tags to organize your Azure resources", limitations.
_RESERVED_TAGS: Final = ("azure", "microsoft", "windows")
# A range with fewer fixed bits has more addresses than any organization.
_SHORTEST_PREFIX: Final = 8


def tags_are_not_reserved(context: Context) -> Iterator[Problem]:
    """No tag begins with a word that Azure keeps for itself."""
    for tag in context.settings.tags:
        word = next((word for word in _RESERVED_TAGS if tag.lower().startswith(word)), None)
        if word is not None:
            own = tag[len(word) :].lstrip("-_.: ") or "team"
            yield Problem(
                path=key_path("tags", tag),
                message=f"begins with {word}, and Azure reserves {', '.join(_RESERVED_TAGS)}: use another name, for "
                f"example {own}",
            )


def kubernetes_version_is_offered(context: Context) -> Iterator[Problem]:
    """AKS offers the version of Kubernetes. What the Airflow chart needs is checked in azure_rules.py."""
    version = context.settings.cluster.kubernetes_version
    oldest, newest = minor(OFFERED[0]), minor(OFFERED[-1])
    if oldest <= minor(version) <= newest:
        return
    word = "no longer offers" if minor(version) < oldest else "does not offer"
    later = "" if minor(version) < oldest else "; if it does by now, add it to components/azure/kubernetes_versions.py"
    yield Problem(
        path=key_path("cluster", "kubernetesVersion"),
        message=f"AKS {word} {version} (as of {AS_OF}): use {' or '.join(OFFERED[1:])}{later}",
    )


def nodes_run_the_images(context: Context) -> Iterator[Problem]:
    """Nodes that may run pods of the program have x86 processors: no image is known to be built for Arm."""
    cluster = context.settings.cluster
    sizes = [(key_path("cluster", "systemPool", "vmSize"), cluster.system_pool.vm_size)]
    sizes += [
        (key_path("cluster", "pools", index, "vmSize"), pool.vm_size)
        for index, pool in enumerate(cluster.pools)
        if not (pool.purpose == "other" and pool.taints)
    ]
    for path, name in sizes:
        if has_arm_processor(name):
            yield Problem(
                path=path,
                message=f"{name} has an Arm processor, and not every image of the stack is built for one: use for "
                f"example {_without_arm(name)}; a pool with purpose other and a taint may have it",
            )


def region_is_known(context: Context) -> Iterator[Problem]:
    """Warn about a region that is not in the list of public regions."""
    location = context.settings.location
    if location in PUBLIC_REGIONS:
        return
    near = difflib.get_close_matches(location, sorted(PUBLIC_REGIONS), n=1, cutoff=0.6)
    hint = f"did you mean {near[0]}?" if near else "`az account list-locations --output table` shows all"
    yield Problem(path="azure-native:location", message=f"{location} is no region that the program knows; {hint}")


def database_is_not_open_to_all(context: Context) -> Iterator[Problem]:
    """Warn about a range that lets a large part of the Internet reach the database."""
    for index, cidr in enumerate(context.settings.database.allowed_ip_ranges):
        network = ipaddress.IPv4Network(cidr)
        if network.prefixlen < _SHORTEST_PREFIX:
            whole = "the whole Internet" if network.prefixlen == 0 else f"{network.num_addresses} addresses"
            yield Problem(
                path=key_path("database", "allowedIpRanges", index),
                message=f"{cidr} lets {whole} reach the database's sign-in: name the ranges of your offices, or use "
                f"{key_path('database', 'access')}: private",
            )


def _without_arm(name: str) -> str:
    """Return the size without the letter of Arm processors: `Standard_D4pds_v5` is `Standard_D4ds_v5`."""
    family, _, rest = name.removeprefix("Standard_").partition("_")
    return "_".join(filter(None, ("Standard", family.replace("p", "", 1), rest)))


PLATFORM_ERRORS: tuple[Rule, ...] = (tags_are_not_reserved, kubernetes_version_is_offered, nodes_run_the_images)
PLATFORM_WARNINGS: tuple[Rule, ...] = (region_is_known, database_is_not_open_to_all)
