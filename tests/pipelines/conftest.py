"""Provides the two hosts of repositories, each played on a loopback port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.pipelines.api_server import serving
from tests.pipelines.azure_devops_api import AzureDevOpsApi
from tests.pipelines.github_api import GitHubApi


@pytest.fixture
def github() -> Iterator[GitHubApi]:
    api = GitHubApi()
    with serving(api):
        yield api


@pytest.fixture
def azure_devops() -> Iterator[AzureDevOpsApi]:
    api = AzureDevOpsApi()
    with serving(api):
        yield api
