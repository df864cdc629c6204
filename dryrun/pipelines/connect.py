"""Chooses the host that a job runs at."""

from __future__ import annotations

from collections.abc import Mapping

from .azure_devops import AzureDevOps
from .github import GitHub
from .hosts import Host, HostError


def connect(environment: Mapping[str, str]) -> Host:
    """Return the host of the repository, with the job's own token. Raises HostError when a variable is missing."""
    if environment.get("GITHUB_ACTIONS"):
        return GitHub.from_environment(environment)
    if environment.get("TF_BUILD"):
        return AzureDevOps.from_environment(environment)
    raise HostError("neither GITHUB_ACTIONS nor TF_BUILD is set: this runs in GitHub Actions or in Azure Pipelines")
