"""What stands in the cluster and not in the state, as after an engine that died before it had the answer."""

from __future__ import annotations

from collections.abc import Callable

from tests.cluster import checks
from tests.engine import recovery

from .workspace import ClusterWorkspace

# Nothing else depends on them, or the engine would not forget them.
LOST = ("airflow-release", "airflow-database-first-user")


def test_release_and_object_that_the_state_does_not_know_are_taken_over(
    living: Callable[..., ClusterWorkspace], count: Callable[..., None]
) -> None:
    workspace = living("dev")
    before = checks.versions(workspace.cluster.api)
    urns = [item["urn"] for item in workspace.export() if item["urn"].endswith(tuple(f"::{name}" for name in LOST))]
    for urn in urns:
        workspace.run("state", "delete", urn, "--force", "--yes", "--stack", "dev", check=True)
    failed = workspace.up(check=False)
    assert failed.code != 0
    there = recovery.existing(workspace, failed.output)
    assert there["airflow-release"] == "airflow/airflow"
    recovery.take_over(workspace, there)
    workspace.up()
    assert workspace.up().changes.keys() == {"unchanged"}
    assert checks.versions(workspace.cluster.api) == before, "no pod was touched"
    count(faults=1)
