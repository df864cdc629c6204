"""A cluster that another one takes the place of, under the same name."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.cluster import checks
from tests.engine import checks as engine_checks
from tests.engine import recovery
from tests.engine.faults import Fault

from .azure_view import AzureView
from .binaries import CONTROL_PLANE, find_or_build
from .live_cluster import LiveCluster
from .processes import ControlPlane
from .workspace import ClusterWorkspace

Living = Callable[..., ClusterWorkspace]
_UNREACHABLE = "PULUMI_K8S_DELETE_UNREACHABLE"


@pytest.fixture
def second(tmp_path: Path) -> Iterator[list[LiveCluster]]:
    """Holds the other cluster once it is there."""
    made: list[LiveCluster] = []
    yield made
    for cluster in made:
        cluster.close()


def test_replaced_cluster_is_left_by_a_refresh_and_filled_by_the_next_update(
    living: Living, second: list[LiveCluster], tmp_path: Path, count: Callable[..., None]
) -> None:
    # A host of its own: the program reads the variable, too.
    workspace = living("dev", warm=False)

    def replace() -> None:
        workspace.cluster.end_playing()
        workspace.cluster.control_plane.stop()
        second.append(LiveCluster(ControlPlane(find_or_build(CONTROL_PLANE), tmp_path / "second")))
        workspace.azure.kubeconfig = second[0].control_plane.administrator
        second[0].play(AzureView.of_cloud(workspace.cloud))

    workspace.cloud.faults.append(Fault("delete", "cluster-cluster", error="", after=True, action=replace))
    workspace.change("network", outbound="natGateway")
    refused = workspace.up(check=False)
    assert refused.code != 0
    assert "Kubernetes cluster unreachable" in refused.output
    workspace.environment[_UNREACHABLE] = "true"
    refused = workspace.up(check=False)
    del workspace.environment[_UNREACHABLE]
    assert "can't delete Helm Release with unreachable cluster" in refused.output
    assert _variable_in_state(workspace), "the update with the variable has written it into the provider"

    recovery.leave_cluster(workspace)
    workspace.up()
    assert not _variable_in_state(workspace)
    assert workspace.up().changes.keys() == {"unchanged"}
    checks.wait_until_every_pod_runs(second[0].api)
    engine_checks.data_is_kept(workspace)
    count(faults=1)


def _variable_in_state(workspace: ClusterWorkspace) -> bool:
    providers = [item for item in workspace.export() if item["type"] == "pulumi:providers:kubernetes"]
    return any("deleteUnreachable" in item["inputs"] for item in providers)
