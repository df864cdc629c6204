"""What goes wrong in a cluster, and that the documented way out leads out."""

from __future__ import annotations

import base64
from collections.abc import Callable

from tests.cluster import checks
from tests.engine import recovery

from .processes import ADMINISTRATORS
from .waiting import wait_until
from .workspace import ClusterWorkspace

Make = Callable[..., ClusterWorkspace]
Living = Callable[[str], ClusterWorkspace]
NAMESPACE = "airflow"


def test_failed_migration_is_named_and_runs_again_when_its_job_is_deleted(
    workspaces: Make, count: Callable[..., None]
) -> None:
    workspace = workspaces("dev", warm=False)
    # Kubernetes waits for 10, 20 and 40 seconds between its tries.
    workspace.edit("database/job_specs.py", '"backoffLimit": 3', '"backoffLimit": 0')
    kubelets = workspace.cluster.played.kubelets
    kubelets.failing.add("airflow-migration-")
    failed = workspace.up(check=False)
    assert failed.code != 0
    assert "airflow-migration" in failed.output
    api = workspace.cluster.api
    assert not api.list("apps/v1", "Deployment", NAMESPACE), "Airflow does not start on a database that is not migrated"
    kubelets.failing.clear()
    for job in api.list("batch/v1", "Job", NAMESPACE):
        recovery.kubectl(workspace, "delete job <name>", name=job["metadata"]["name"])
    recovery.run(workspace, "pulumi up --refresh --yes --skip-preview --stack STACK")
    checks.wait_until_every_pod_runs(api)
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_renewed_administrators_certificate_touches_nothing_in_the_cluster(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    control_plane = workspace.cluster.control_plane
    before = checks.versions(workspace.cluster.api)
    workspace.azure.kubeconfig = control_plane.authority.kubeconfig(control_plane.address, "renewed", ADMINISTRATORS)
    result = workspace.up()
    assert result.changes["updated"] == 1, "the provider alone"
    assert checks.versions(workspace.cluster.api) == before
    count(faults=1)


def test_release_that_does_not_get_ready_goes_on_in_the_next_update(
    workspaces: Make, count: Callable[..., None]
) -> None:
    workspace = workspaces("dev", warm=False)
    workspace.edit("release.py", "_TIMEOUT_SECONDS: Final = 1200", "_TIMEOUT_SECONDS: Final = 20")
    workspace.cluster.played.kubelets.unready.add("airflow-scheduler-")
    failed = workspace.up(check=False)
    assert failed.code != 0
    assert "airflow-release" in failed.output
    workspace.cluster.played.kubelets.unready.clear()
    workspace.up()
    checks.wait_until_every_pod_runs(workspace.cluster.api)
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_secret_changed_in_the_vault_reaches_the_cluster_at_the_next_refresh(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev")
    workspace.cloud.change_outside(
        "azure-native:keyvault:Secret",
        "airflow-secrets-admin-password-secret",
        lambda inputs: inputs["properties"].update(value="another-password"),
    )

    def refreshed() -> bool:
        workspace.cluster.played.operator.refresh()
        secret = workspace.cluster.api.get("v1", "Secret", "airflow-admin", NAMESPACE)
        return base64.b64decode(secret["data"]["password"]).decode() == "another-password"

    wait_until(refreshed)
    count(faults=1)


def test_secret_deleted_by_hand_comes_back(living: Living, count: Callable[..., None]) -> None:
    api = living("dev").cluster.api
    secret = api.get("v1", "Secret", "airflow-fernet-key", NAMESPACE)
    api.delete({"apiVersion": "v1", "kind": "Secret", **secret})
    checks.wait_until_there(api, "v1", "Secret", "airflow-fernet-key", NAMESPACE)
    count(faults=1)


def test_object_deleted_by_hand_is_made_again_after_a_refresh(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev")
    api = workspace.cluster.api
    policy = api.get("networking.k8s.io/v1", "NetworkPolicy", "default-deny", NAMESPACE)
    api.delete({"apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", **policy})
    workspace.run("refresh", "--yes", "--skip-preview", "--stack", "dev", check=True)
    assert workspace.up().changes["created"] == 1
    checks.wait_until_there(api, "networking.k8s.io/v1", "NetworkPolicy", "default-deny", NAMESPACE)
    count(faults=1)


def test_api_server_that_does_not_answer_fails_a_refresh_clearly(living: Living, count: Callable[..., None]) -> None:
    workspace = living("dev")
    workspace.cluster.control_plane.freeze()
    try:
        refused = workspace.run("refresh", "--yes", "--skip-preview", "--stack", "dev")
    finally:
        workspace.cluster.control_plane.thaw()
    assert refused.code != 0
    assert "unreachable" in refused.output
    assert workspace.up().changes.keys() == {"unchanged"}
    count(faults=1)
