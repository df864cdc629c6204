"""The cluster, its workspaces, and the report at the end."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
import yaml

from components.settings.pins import load_pins
from tests.cluster import chart_server
from tests.engine.fixtures import brought_up as brought_up
from tests.engine.fixtures import keys as keys
from tests.engine.fixtures import pulumi_cli as pulumi_cli
from tests.engine.fixtures import with_secrets
from tests.engine.go_binaries import find_or_build
from tests.engine.run_report import RunReport
from tests.packaged_charts import NoChartError, available
from tests.plans import ROOT

from .binaries import CONTROL_PLANE, PROVIDER
from .live_cluster import LiveCluster
from .order import deal
from .processes import ControlPlane
from .warm_copy import warm_copy
from .workspace import ClusterWorkspace

REPORT = RunReport(
    "a real Kubernetes", ROOT / "build" / "cluster-report.json", ("plans", "pods", "switches", "faults", "objects")
)


@pytest.fixture(scope="session")
def provider() -> Path:
    return find_or_build(PROVIDER)


@pytest.fixture(scope="session")
def charts() -> Iterator[str]:
    """The address of a repository with the charts; without them there is nothing to prove."""
    with chart_server.serving() as address:
        yield address


@pytest.fixture(scope="session")
def cluster() -> Iterator[LiveCluster]:
    folder = Path(tempfile.mkdtemp(prefix="cluster-"))
    live = LiveCluster(ControlPlane(find_or_build(CONTROL_PLANE), folder))
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

    With `checkpoints` every step is written; with `passphrase` too, and secrets are encrypted as for a user.
    """
    made: list[ClusterWorkspace] = []

    def make(
        stack: str, *, warm: bool = True, checkpoints: bool = False, passphrase: bool = False, empty: bool = True
    ) -> ClusterWorkspace:
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
                checkpoints or passphrase,
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


@pytest.fixture
def living(
    workspaces: Callable[..., ClusterWorkspace], brought_up: dict[str, dict[str, Any]]
) -> Callable[..., ClusterWorkspace]:
    """Makes a workspace whose stack is up already."""

    def make(stack: str, *, warm: bool = True, checkpoints: bool = False) -> ClusterWorkspace:
        workspace = workspaces(stack, warm=warm, checkpoints=checkpoints, empty=stack not in brought_up)
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
    """Let Airflow's pool grow, so that a rollout of every Deployment at once finds room."""
    pools = yaml.safe_load(workspace.stack_file.read_text(encoding="utf-8"))["config"]["airflow-aks:cluster"]["pools"]
    pools = [{**pool, "maxNodes": max(pool["maxNodes"], 4)} for pool in pools]
    workspace.change("cluster", pools=pools)


@pytest.fixture
def switchable(living: Callable[[str], ClusterWorkspace]) -> Callable[[str], ClusterWorkspace]:
    """Makes one that is up already, with every secret that a switch may want."""
    return lambda stack: with_secrets(living(stack))


@pytest.fixture
def count(record_property: Callable[[str, Any], None]) -> Callable[..., None]:
    """Counts what was really done, for the report."""
    return REPORT.counter(record_property)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Let each process begin with long tests."""
    processes = getattr(config, "workerinput", {}).get("workercount", 1)
    items[:] = deal(items, lambda item: item.path.stem, processes)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Write the report."""
    REPORT.write(terminalreporter, *_stand_ins())


def _stand_ins() -> Iterator[str]:
    """Charts that were taken in place of a pinned version."""
    pins = load_pins()
    own = (line.chart for line in pins.airflow.values())
    gateway = (pins.cert_manager.chart, pins.envoy_gateway.chart, pins.envoy_gateway.crds_chart)
    for chart in (*own, *gateway, pins.external_secrets.chart):
        with suppress(NoChartError):
            version = available(chart.name, chart.version)
            if version != chart.version:
                yield f"chart {chart.name}: {version} stood in for {chart.version}, which is not in the cache"
