"""From nothing to everything and back, by the commands that a user types, in a real cluster."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cluster import checks

from .workspace import ClusterWorkspace

Make = Callable[..., ClusterWorkspace]
ADD_ON_KINDS = ("cilium.io", "keda.sh", "secrets-store.csi.x-k8s.io")
both = pytest.mark.parametrize("stack", ["dev", "prod"])


@both
def test_preview_up_up_refresh_destroy(stack: str, workspaces: Make, count: Callable[..., None]) -> None:
    workspace = workspaces(stack, passphrase=True)
    before = checks.objects(workspace.cluster.api)
    previewed = workspace.preview().changes["to"]
    assert checks.objects(workspace.cluster.api) == before, "a preview makes nothing"
    up = workspace.run("up", "--yes", "--stack", stack, check=True)
    assert up.changes["created"] == previewed
    checks.every_pod_runs(workspace.cluster.api)
    made = checks.objects(workspace.cluster.api) - before
    assert workspace.up().changes == {"unchanged": previewed}
    workspace.preview("--expect-no-changes")
    refreshed = workspace.run("refresh", "--yes", "--skip-preview", "--stack", stack, check=True)
    assert refreshed.changes == {"unchanged": previewed}
    count(objects=len(made), pods=checks.pods(workspace.cluster.api))
    workspace.unprotect()
    workspace.destroy()
    assert workspace.in_cloud() == []
    left = checks.objects(workspace.cluster.api) - before
    # The cluster is gone with its add-ons; the real API server that plays it is not.
    assert {one for one in left if not one[-1].endswith(ADD_ON_KINDS)} == set()
