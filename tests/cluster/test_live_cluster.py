"""The one cluster of a run comes back to what it was, with its API server running on."""

from __future__ import annotations

import time

import pytest

from tests.plans import plan_of

from .api import Object
from .azure_view import AzureView
from .etcd_objects import Objects
from .live_cluster import SYSTEM_NAMESPACES, LiveCluster
from .waiting import wait_until

SPACE = "web"
DEFINITION: Object = {
    "apiVersion": "apiextensions.k8s.io/v1",
    "kind": "CustomResourceDefinition",
    "metadata": {"name": "things.example.com"},
    "spec": {
        "group": "example.com",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "plural": "things", "singular": "thing", "listKind": "ThingList"},
        "versions": [
            {"name": "v1", "served": True, "storage": True, "schema": {"openAPIV3Schema": {"type": "object"}}}
        ],
    },
}
DEPLOYMENT = {
    "apiVersion": "apps/v1",
    "kind": "Deployment",
    "metadata": {"name": "web", "namespace": SPACE},
    "spec": {
        "replicas": 2,
        "selector": {"matchLabels": {"app": "web"}},
        "template": {
            "metadata": {"labels": {"app": "web"}},
            "spec": {"containers": [{"name": "web", "image": "example.com/web:1"}]},
        },
    },
}


def thing(name: str) -> Object:
    return {"apiVersion": "example.com/v1", "kind": "Thing", "metadata": {"name": name, "namespace": SPACE}}


def ready(cluster: LiveCluster) -> int:
    found = cluster.api.find("apps/v1", "Deployment", "web", SPACE) or {}
    return int(found.get("status", {}).get("readyReplicas", 0))


def ids(cluster: LiveCluster) -> set[str]:
    return {pod["metadata"]["uid"] for pod in cluster.api.list("v1", "Pod", SPACE)}


def fill(cluster: LiveCluster) -> None:
    """A kind with an object, and a Deployment whose pods run."""
    cluster.play(AzureView.of_plan(plan_of("dev")))
    cluster.api.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": SPACE}})
    cluster.api.apply(DEFINITION)
    wait_until(lambda: cluster.api.serves("example.com/v1"))
    cluster.api.apply(thing("one"))
    cluster.api.apply(DEPLOYMENT)
    wait_until(lambda: ready(cluster) == 2)


@pytest.fixture
def filled(cluster: LiveCluster) -> Objects:
    cluster.restore(cluster.empty)
    fill(cluster)
    cluster.end_playing()
    return cluster.save()


@pytest.mark.usefixtures("filled")
def test_clearing_leaves_the_kinds_and_nothing_else(cluster: LiveCluster) -> None:
    api_server = cluster.control_plane.processes["apiserver"].pid
    cluster.clear()
    assert cluster.control_plane.processes["apiserver"].pid == api_server
    assert cluster.api.list("example.com/v1", "Thing") == []
    assert {one["metadata"]["name"] for one in cluster.api.list("v1", "Namespace")} == {*SYSTEM_NAMESPACES}
    fill(cluster)


@pytest.mark.usefixtures("filled")
def test_restoring_the_empty_cluster_takes_the_kinds_too(cluster: LiveCluster) -> None:
    cluster.restore(cluster.empty)
    wait_until(lambda: not cluster.api.serves("example.com/v1"))
    assert cluster.api.list("apps/v1", "Deployment") == []
    fill(cluster)


def test_restored_objects_have_their_ids_and_are_followed_again(cluster: LiveCluster, filled: Objects) -> None:
    before = ids(cluster)
    cluster.restore(cluster.empty)
    cluster.restore(filled)
    assert cluster.api.get("example.com/v1", "Thing", "one", SPACE)
    cluster.play(AzureView.of_plan(plan_of("dev")))
    # The garbage collector would have deleted within this time what it takes for orphans.
    time.sleep(1.0)
    assert ids(cluster) == before
    cluster.api.patch(DEPLOYMENT, {"spec": {"replicas": 3}})
    wait_until(lambda: ready(cluster) == 3)


def test_cluster_comes_back_after_its_api_server_was_started_otherwise(cluster: LiveCluster, filled: Objects) -> None:
    before = ids(cluster)
    cluster.control_plane.restart_api_server(webhooks=True)
    cluster.restore(filled)
    assert ids(cluster) == before


def test_cluster_comes_back_after_all_of_it_was_killed(cluster: LiveCluster, filled: Objects) -> None:
    cluster.control_plane.stop()
    cluster.clear()
    assert cluster.api.list("example.com/v1", "Thing") == []
    cluster.restore(filled)
    assert cluster.api.get("example.com/v1", "Thing", "one", SPACE)


def test_definition_is_applied_again_if_it_is_another_or_the_cluster_was_restored(
    cluster: LiveCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.restore(cluster.empty)
    applied: list[Object] = []
    apply = cluster.api.apply
    monkeypatch.setattr(cluster.api, "apply", lambda given, owner: applied.append(given) or apply(given, owner))
    other = {**DEFINITION, "metadata": {**DEFINITION["metadata"], "labels": {"plan": "another"}}}
    for definition in (DEFINITION, DEFINITION, other):
        cluster.clear()
        cluster.define(definition, "tests")
    assert applied == [DEFINITION, other]
    cluster.restore(cluster.empty)
    cluster.define(other, "tests")
    assert applied == [DEFINITION, other, other]
