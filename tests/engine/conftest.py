"""Workspaces for the tests, and the report at the end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine.run_report import RunReport
from tests.plans import ROOT

from .fixtures import brought_up as brought_up
from .fixtures import keys as keys
from .fixtures import pulumi_cli as pulumi_cli
from .fixtures import with_secrets
from .warm_host import running
from .workspace import Workspace

REPORT = RunReport("the real engine", ROOT / "build" / "engine-report.json", ("faults", "kills", "drifts", "resources"))


@pytest.fixture(scope="session")
def host() -> Iterator[Path]:
    with running() as socket:
        yield socket


@pytest.fixture
def workspaces(
    pulumi_cli: Path, host: Path, keys: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Callable[..., Workspace]]:
    """Makes a workspace for a stack; what was made is cleaned up.

    With `checkpoints` every step is written, as for a user; tests that neither kill nor read meanwhile do without. With
    `passphrase` the secrets are encrypted by one, which takes its time in each command.
    """
    made: list[Workspace] = []

    def make(stack: str, *, warm: bool = True, checkpoints: bool = False, passphrase: bool = False) -> Workspace:
        folder = tmp_path_factory.mktemp(stack) / "workspace"
        with_keys = {} if passphrase else keys
        made.append(Workspace(folder, pulumi_cli, stack, host if warm else None, checkpoints, with_keys))
        return made[-1]

    yield make
    for workspace in made:
        workspace.close()


@pytest.fixture
def dev(workspaces: Callable[..., Workspace]) -> Workspace:
    return workspaces("dev")


@pytest.fixture
def prod(workspaces: Callable[..., Workspace]) -> Workspace:
    return workspaces("prod")


@pytest.fixture
def living(workspaces: Callable[..., Workspace], brought_up: dict[str, dict[str, Any]]) -> Callable[..., Workspace]:
    """Makes a workspace whose stack is up already."""

    def make(stack: str, *, warm: bool = True, checkpoints: bool = False) -> Workspace:
        workspace = workspaces(stack, warm=warm, checkpoints=checkpoints)
        if stack in brought_up:
            workspace.restore(brought_up[stack])
        else:
            workspace.up()
            brought_up[stack] = workspace.save()
        workspace.cloud.operations.clear()
        return workspace

    return make


@pytest.fixture
def living_dev(living: Callable[[str], Workspace]) -> Workspace:
    return living("dev")


@pytest.fixture
def stack(living_dev: Workspace) -> Workspace:
    return with_secrets(living_dev)


@pytest.fixture
def either(living: Callable[..., Workspace]) -> Callable[[str], Workspace]:
    """Makes one that is up already, with every secret that a switch may want."""
    return lambda stack: with_secrets(living(stack))


@pytest.fixture
def living_prod(living: Callable[[str], Workspace]) -> Workspace:
    return living("prod")


@pytest.fixture
def edited_dev(workspaces: Callable[..., Workspace]) -> Workspace:
    """One whose program the test edits, which a warm host would not see."""
    return workspaces("dev", warm=False)


@pytest.fixture
def edited_prod(workspaces: Callable[..., Workspace]) -> Workspace:
    """The same for prod."""
    return workspaces("prod", warm=False)


@pytest.fixture
def count(record_property: Callable[[str, Any], None]) -> Callable[..., None]:
    """Counts what was really injected, for the report."""
    return REPORT.counter(record_property)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write the report."""
    REPORT.write(terminalreporter)
