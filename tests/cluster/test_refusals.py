"""What a cluster refuses although the program asks for it: by a webhook, by a quota."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.cluster import checks, webhook
from tests.docs.pages import text_of
from tests.engine import recovery
from tests.engine.workspace import ROOT

from .api import ApiError
from .interruptions import NAMESPACE, replicas, statuses
from .waiting import wait_until
from .workspace import ClusterWorkspace

Living = Callable[..., ClusterWorkspace]
NAME = "airflow-triggerer"
TROUBLESHOOTING = ROOT / "docs" / "troubleshooting.md"
EVENTS = "kubectl --namespace airflow get events --field-selector reason=FailedCreate"


@pytest.fixture
def refused(living: Living) -> ClusterWorkspace:
    """A stack whose upgrade to two triggerers and two schedulers a webhook refused in the middle."""
    workspace = living("dev")
    cluster = workspace.cluster
    cluster.control_plane.restart_api_server(webhooks=True)
    workspace.change("airflow", triggerers=2, schedulers=2)
    authority = cluster.control_plane.authority
    with webhook.refusing(authority, NAMESPACE, "deployments", NAME, "the label team is missing") as configuration:
        cluster.api.create(configuration)
        wait_until(lambda: _is_refused(workspace))
        failed = workspace.up(check=False)
        cluster.api.delete(configuration)
        wait_until(lambda: not _is_refused(workspace))
    assert failed.code != 0
    assert f'admission webhook "{webhook.NAME}" denied the request: the label team is missing' in failed.output
    assert replicas(workspace, "airflow-scheduler") == 2, "Helm had begun"
    assert statuses(workspace) == ["deployed", "failed"]
    return workspace


def test_upgrade_that_a_webhook_refused_is_finished_by_the_next_update(
    refused: ClusterWorkspace, count: Callable[..., None]
) -> None:
    refused.up()
    assert replicas(refused, NAME) == 2
    checks.wait_until_every_pod_runs(refused.cluster.api)
    assert refused.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_refresh_takes_an_upgrade_that_a_webhook_refused_for_finished_until_its_record_is_deleted(
    refused: ClusterWorkspace, count: Callable[..., None]
) -> None:
    assert refused.up("--refresh").changes.keys() == {"unchanged"}
    assert replicas(refused, NAME) == 1, "nothing was upgraded"
    recovery.renew_releases(refused)
    assert replicas(refused, NAME) == 2
    assert refused.up().changes.keys() == {"unchanged"}
    count(faults=1)


def test_quota_that_is_too_small_is_named_by_the_events_and_the_update_goes_on_when_it_is_raised(
    living: Living, count: Callable[..., None]
) -> None:
    workspace = living("dev", warm=False)
    api = workspace.cluster.api
    workspace.edit("release.py", "_TIMEOUT_SECONDS: Final = 1200", "_TIMEOUT_SECONDS: Final = 10")
    running = len([pod for pod in api.list("v1", "Pod", NAMESPACE) if pod["status"]["phase"] == "Running"])
    quota = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "team", "namespace": NAMESPACE}}
    api.create({**quota, "spec": {"hard": {"pods": str(running)}}})
    wait_until(lambda: "used" in api.get("v1", "ResourceQuota", "team", NAMESPACE).get("status", {}))
    workspace.change("airflow", triggerers=3)
    failed = workspace.up(check=False)
    assert failed.code != 0
    assert "context deadline exceeded" in failed.output
    assert EVENTS in text_of(TROUBLESHOOTING)
    shown = workspace.kubectl(*EVENTS.split()[1:])
    assert any("exceeded quota: team, requested: pods=1" in line for line in shown), shown
    api.patch(quota, {"spec": {"hard": {"pods": str(running + 10)}}})
    workspace.up()
    checks.wait_until_every_pod_runs(api)
    assert replicas(workspace, NAME) == 3
    count(faults=1)


def _is_refused(workspace: ClusterWorkspace) -> bool:
    """Whether the API server has heard of the webhook."""
    api = workspace.cluster.api
    path = api.path("apps/v1", "Deployment", NAMESPACE, NAME)
    try:
        api.ask("PUT", path, api.ask("GET", path), {"dryRun": "All"})
    except ApiError as error:
        return webhook.NAME in error.message
    return False
