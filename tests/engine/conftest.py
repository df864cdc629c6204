"""Workspaces for the tests, and the report at the end."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.engine import key_service

from .pulumi_cli import find_or_build
from .warm_host import running
from .workspace import Workspace

REPORT = Path(__file__).resolve().parents[2] / "build" / "engine-report.json"
COUNTED = ("faults", "kills", "drifts", "resources")


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    return find_or_build()


@pytest.fixture(scope="session")
def host() -> Iterator[Path]:
    with running() as socket:
        yield socket


@pytest.fixture(scope="session")
def keys() -> Iterator[dict[str, str]]:
    with key_service.serving() as variables:
        yield variables


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


@pytest.fixture(scope="session")
def brought_up() -> dict[str, dict[str, Any]]:
    """What stacks look like after their first update, by stack: made once, taken by every test that starts there."""
    return {}


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


def with_secrets(workspace: Workspace) -> Workspace:
    """The stack with every secret that a switch may want."""
    workspace.set("airflow-aks:dagsGitToken", "a-token-for-tests", secret=True)
    workspace.set("airflow-aks:dagsGitSshKey", "an-ssh-key-for-tests", secret=True)
    workspace.set("airflow-aks:dagsGitKnownHosts", "git.example.com ssh-ed25519 AAAA")
    workspace.store("warehouse", "postgresql://w:a-password-for-tests@db/w")
    return workspace


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

    def add(**numbers: int) -> None:
        for name, number in numbers.items():
            assert name in COUNTED
            record_property(name, number)

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A table of cases, passed, seconds and what was injected; the same as JSON."""
    rows: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(("cases", "passed", "seconds", *COUNTED), 0))
    for outcome in ("passed", "failed"):
        for report in terminalreporter.stats.get(outcome, []):
            row = rows[Path(report.nodeid.split("::")[0]).stem.removeprefix("test_").replace("_", " ")]
            row["cases"] += 1
            row["passed"] += outcome == "passed"
            row["seconds"] += report.duration
            for name, number in report.user_properties:
                row[name] += number
    if not rows:
        return
    names = ["cases", "passed", "seconds", *COUNTED]
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    terminalreporter.section("the real engine")
    terminalreporter.write_line(f"{'':24}" + "".join(f"{name:>11}" for name in names))
    for title, row in [*sorted(rows.items()), ("total", total)]:
        terminalreporter.write_line(f"{title:24}" + "".join(f"{row[name]:>11.0f}" for name in names))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({"groups": rows, "total": total}, indent=2) + "\n", encoding="utf-8")
    terminalreporter.write_line(f"written to {REPORT.relative_to(REPORT.parents[1])}")
