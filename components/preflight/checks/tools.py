"""The commands on this machine that a deployment runs."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from typing import Final

from components.preflight.findings import Finding, fail, passed, warn
from components.preflight.situation import Situation

# The version whose engine the tests run: it must know `pulumi.Stash`.
LEAST_PULUMI: Final = (3, 258)
LEAST_PYTHON: Final = (3, 11)


def check_tools(situation: Situation) -> Iterator[Finding]:
    """Pulumi and Python are new enough, and every other command is there that this stack needs."""
    yield _check_version("Pulumi CLI", situation.run(["pulumi", "version"]), LEAST_PULUMI, "https://www.pulumi.com")
    yield _check_version("Python", ".".join(map(str, sys.version_info[:3])), LEAST_PYTHON, "https://www.python.org")
    if situation.run(["git", "--version"]) is None:
        yield warn("git is missing", "install git: Pulumi records the commit of each update with it")
    if _signs_in_with_cli(situation) and situation.run(["az", "version"]) is None:
        yield fail("the Azure CLI is missing", "install it, or set AZURE_CLIENT_ID and a credential")
    if _needs_kubelogin(situation) and situation.run(["kubelogin", "--version"]) is None:
        yield fail(
            "kubelogin is missing",
            "install it: Pulumi signs in to the Kubernetes API with it",
            "airflow-aks:cluster.localAccounts"
            if not situation.settings.cluster.local_accounts
            else "airflow-aks:remoteClusters",
        )
    port_forward = situation.settings.has_airflow and situation.settings.access is None
    if port_forward and situation.run(["kubectl", "version", "--client"]) is None:
        yield warn(
            "kubectl is missing", "install it to open the UI: without airflow-aks:access, a port-forward leads there"
        )


def _check_version(tool: str, output: str | None, least: tuple[int, int], source: str) -> Finding:
    wanted = ".".join(map(str, least))
    if output is None:
        return fail(f"{tool} is missing", f"install version {wanted} or newer from {source}")
    found = re.search(r"(\d+)\.(\d+)(?:\.\d+)?", output)
    if found is None:
        return warn(f"{tool} has no version that can be read", f"make sure that it is {wanted} or newer")
    if (int(found[1]), int(found[2])) < least:
        return fail(f"{tool} is {found[0]}", f"install version {wanted} or newer from {source}")
    return passed(f"{tool} {found[0]}")


def _signs_in_with_cli(situation: Situation) -> bool:
    """Return whether nothing else than the Azure CLI is set up to sign in."""
    return not any(situation.environment.get(name) for name in ("AZURE_CLIENT_ID", "ARM_CLIENT_ID"))


def _needs_kubelogin(situation: Situation) -> bool:
    """Return whether Pulumi writes into a cluster that accepts Entra tokens only."""
    remote = any(entry.grant_access and not entry.azure_rbac for entry in situation.settings.remote_clusters)
    return remote or not situation.settings.cluster.local_accounts
