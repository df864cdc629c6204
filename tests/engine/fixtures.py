"""What the tests with the real engine share, whether their Kubernetes is simulated or real."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import pytest

from tests.engine import key_service

from .pulumi_cli import find_or_build
from .workspace import Workspace

AnyWorkspace = TypeVar("AnyWorkspace", bound=Workspace)


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    return find_or_build()


@pytest.fixture(scope="session")
def keys() -> Iterator[dict[str, str]]:
    with key_service.serving() as variables:
        yield variables


@pytest.fixture(scope="session")
def brought_up() -> dict[str, dict[str, Any]]:
    """What stacks look like after their first update, by stack: made once, taken by every test that starts there."""
    return {}


def with_secrets(workspace: AnyWorkspace) -> AnyWorkspace:
    """The stack with every secret that a switch may want."""
    workspace.set("airflow-aks:dagsGitToken", "a-token-for-tests", secret=True)
    workspace.set("airflow-aks:dagsGitSshKey", "an-ssh-key-for-tests", secret=True)
    workspace.set("airflow-aks:dagsGitKnownHosts", "git.example.com ssh-ed25519 AAAA")
    workspace.store("warehouse", "postgresql://w:a-password-for-tests@db/w")
    return workspace
