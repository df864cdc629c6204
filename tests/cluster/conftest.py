"""The cluster, its workspaces, and the report at the end."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.settings.pins import load_pins
from tests.cluster import chart_server
from tests.engine import key_service
from tests.engine.pulumi_cli import find_or_build
from tests.engine.workspace import ROOT

from .binaries import CONTROL_PLANE, PROVIDER
from .binaries import find_or_build as find_or_build_binary
from .live_cluster import LiveCluster
from .processes import ControlPlane
from .warm_copy import warm_copy
from .workspace import ClusterWorkspace

REPORT = ROOT / "build" / "cluster-report.json"
COUNTED = ("plans", "pods", "switches", "faults", "objects")


@pytest.fixture(scope="session")
def pulumi_cli() -> Path:
    return find_or_build()


@pytest.fixture(scope="session")
def provider() -> Path:
    return find_or_build_binary(PROVIDER)


@pytest.fixture(scope="session")
def charts() -> Iterator[str]:
    """The address of a repository with the charts; without them there is nothing to prove."""
    with chart_server.serving() as address:
        yield address


@pytest.fixture(scope="session")
def keys() -> Iterator[dict[str, str]]:
    with key_service.serving() as variables:
        yield variables


@pytest.fixture(scope="session")
def cluster() -> Iterator[LiveCluster]:
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    live = LiveCluster(ControlPlane(find_or_build_binary(CONTROL_PLANE), folder))
    try:
        yield live
    finally:
        live.close()
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def host(charts: str) -> Iterator[Path]:
    """A warm language host with the program's own copy of the pins, which name the repository of this machine."""
    with warm_copy(charts) as socket:
        yield socket


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call() -> Iterator[None]:
    """What lacks a chart is skipped, and says how to have it."""
    try:
        return (yield)
    except chart_server.NoChartError as error:
        pytest.skip(str(error))


@pytest.fixture
def workspaces(
    cluster: LiveCluster,
    pulumi_cli: Path,
    provider: Path,
    charts: str,
    host: Path,
    keys: dict[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Callable[..., ClusterWorkspace]]:
    """Makes a workspace for a stack, in an empty cluster.

    With `passphrase` every step is written and secrets are encrypted as for a user.
    """
    made: list[ClusterWorkspace] = []

    def make(stack: str, *, warm: bool = True, passphrase: bool = False, empty: bool = True) -> ClusterWorkspace:
        chart_server.require("3.3")
        if empty:
            cluster.restore(cluster.empty)
        folder = tmp_path_factory.mktemp(stack) / "workspace"
        made.append(
            ClusterWorkspace(
                folder,
                pulumi_cli,
                stack,
                host if warm else None,
                passphrase,
                {} if passphrase else keys,
                cluster=cluster,
                provider=provider,
                charts=charts,
            )
        )
        return made[-1]

    yield make
    for workspace in made:
        workspace.close()
    cluster.end_playing()


@pytest.fixture(scope="session")
def brought_up() -> dict[str, dict[str, Any]]:
    """What stacks look like after their first update: made once, taken by every test that starts there."""
    return {}


@pytest.fixture
def living(
    workspaces: Callable[..., ClusterWorkspace], brought_up: dict[str, dict[str, Any]]
) -> Callable[[str], ClusterWorkspace]:
    """Makes a workspace whose stack is up already."""

    def make(stack: str) -> ClusterWorkspace:
        workspace = workspaces(stack, empty=stack not in brought_up)
        if stack in brought_up:
            workspace.restore(brought_up[stack])
        else:
            _give_room(workspace)
            workspace.up()
            brought_up[stack] = workspace.save()
        workspace.cloud.operations.clear()
        return workspace

    return make


def _give_room(workspace: ClusterWorkspace) -> None:
    """Let Airflow's pool grow: the two nodes of dev are too few for a rollout of every Deployment at once."""
    pools = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))["config"]["airflow-aks:cluster"]["pools"]
    pools = [{**pool, "maxNodes": max(pool["maxNodes"], 4)} for pool in pools]
    workspace.change("cluster", pools=pools)


@pytest.fixture
def switchable(living: Callable[[str], ClusterWorkspace]) -> Callable[[str], ClusterWorkspace]:
    """Makes one that is up already, with every secret that a switch may want."""

    def make(stack: str) -> ClusterWorkspace:
        workspace = living(stack)
        workspace.set("airflow-aks:dagsGitToken", "a-token-for-tests", secret=True)
        workspace.set("airflow-aks:dagsGitSshKey", "an-ssh-key-for-tests", secret=True)
        workspace.set("airflow-aks:dagsGitKnownHosts", "git.example.com ssh-ed25519 AAAA")
        workspace.store("warehouse", "postgresql://w:a-password-for-tests@db/w")
        return workspace

    return make


@pytest.fixture
def count(record_property: Callable[[str, Any], None]) -> Callable[..., None]:
    """Counts what was really done, for the report."""

    def add(**numbers: int) -> None:
        for name, number in numbers.items():
            assert name in COUNTED
            record_property(name, number)

    return add


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """A table of cases, passed, seconds and what was done; the same as JSON."""
    names = ["cases", "passed", "seconds", *COUNTED]
    rows: dict[str, dict[str, float]] = defaultdict(lambda: dict.fromkeys(names, 0))
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
    total = {name: sum(row[name] for row in rows.values()) for name in names}
    terminalreporter.section("a real Kubernetes")
    terminalreporter.write_line(f"{'':24}" + "".join(f"{name:>11}" for name in names))
    for title, row in [*sorted(rows.items()), ("total", total)]:
        terminalreporter.write_line(f"{title:24}" + "".join(f"{row[name]:>11.0f}" for name in names))
    REPORT.parent.mkdir(exist_ok=True)
    REPORT.write_text(json.dumps({"groups": rows, "total": total}, indent=2) + "\n", encoding="utf-8")
    for line in _stand_ins():
        terminalreporter.write_line(line)
    terminalreporter.write_line(f"written to {REPORT.relative_to(ROOT)}")


def _stand_ins() -> Iterator[str]:
    """Charts that were taken in place of a pinned version."""
    pins = load_pins()
    for chart in (
        *(line.chart for line in pins.airflow.values()),
        pins.external_secrets.chart,
        pins.cert_manager.chart,
    ):
        with suppress(chart_server.NoChartError):
            version = chart_server.available(chart.name, chart.version)
            if version != chart.version:
                yield f"chart {chart.name}: {version} stood in for {chart.version}, which is not in the cache"
